import assert from "node:assert/strict";
import type { CheckedResource, RuleSettings } from "../../policy";
import { broken, resource, rulesBroken } from "./ownResources";

// Proves that a rule sees what it forbids in whatever resource it is written. It does not prove that there is no other resource: the table
// of docs/policy.md says what a policy cannot see.

describe("GPUs beyond the ceiling", () => {
  const ceiling = { "gpu-spend-ceiling": { usdPerHour: 100 } };
  const group = "aws:eks/nodeGroup:NodeGroup";
  const only = (type: string, inputs: Record<string, unknown>) =>
    rulesBroken([resource(type, inputs)], {
      ...ceiling,
      encryption: "disabled",
      "instance-metadata": "disabled",
      "required-tags": "disabled",
    });
  const cases: Record<string, [string, Record<string, unknown>]> = {
    "a maximum of 100 nodes": [group, { instanceTypes: ["p4d.24xlarge"], scalingConfig: { desiredSize: 1, maxSize: 100 } }],
    "one cheap and one dear type": [group, { instanceTypes: ["g5.xlarge", "p5.48xlarge"], scalingConfig: { desiredSize: 3, maxSize: 3 } }],
    "a family that the catalog does not have": [
      group,
      { instanceTypes: ["p3dn.24xlarge"], scalingConfig: { desiredSize: 50, maxSize: 50 } },
    ],
    "an auto-scaling group": [
      "aws:autoscaling/group:Group",
      { maxSize: 5, mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: "p5.48xlarge" }] } } },
    ],
    "a node group of the EKS component": [
      "eks:index:ManagedNodeGroup",
      { instanceTypes: ["p5.48xlarge"], scalingConfig: { desiredSize: 5 } },
    ],
    "reserved capacity": ["aws:ec2/capacityReservation:CapacityReservation", { instanceType: "p5.48xlarge", instanceCount: 4 }],
    "a fleet": [
      "aws:ec2/fleet:Fleet",
      {
        launchTemplateConfigs: [{ overrides: [{ instanceType: "g5.xlarge" }, { instanceType: "p5.48xlarge" }] }],
        targetCapacitySpecification: { totalTargetCapacity: 8 },
      },
    ],
  };
  for (const [what, [type, inputs]] of Object.entries(cases))
    it(`are seen in ${what}`, () => assert.deepEqual(only(type, inputs), ["gpu-spend-ceiling"]));

  it("are counted over lone instances, and by a launch template's type", () => {
    const lone = Array.from({ length: 5 }, (_, index) =>
      resource("aws:ec2/instance:Instance", { instanceType: "p4d.24xlarge", launchTemplate: {} }, `lone-${index}`),
    );
    assert.deepEqual(rulesBroken(lone, { ...ceiling }), ["gpu-spend-ceiling"]);
    const off: RuleSettings = { ...ceiling, encryption: "disabled", "instance-metadata": "disabled", "required-tags": "disabled" };
    const template = resource("aws:ec2/launchTemplate:LaunchTemplate", { instanceType: "p5.48xlarge" }, "template");
    const scaling = resource("aws:autoscaling/group:Group", { maxSize: 5 }, "group", [template.urn]);
    assert.deepEqual(rulesBroken([template, scaling], off), ["gpu-spend-ceiling"]);
  });

  it("are counted once where a node group launches into a reservation of the same stack", () => {
    const reserved = (instanceCount: number) =>
      resource("aws:ec2/capacityReservation:CapacityReservation", { instanceType: "p4d.24xlarge", instanceCount }, "reservation");
    const template = resource("aws:ec2/launchTemplate:LaunchTemplate", { instanceType: "p4d.24xlarge" }, "template", [reserved(1).urn]);
    const nodes = resource(group, { scalingConfig: { desiredSize: 3, maxSize: 3 } }, "nodes", [template.urn]);
    const judge = (...resources: CheckedResource[]) =>
      rulesBroken(resources, { ...ceiling, encryption: "disabled", "instance-metadata": "disabled", "required-tags": "disabled" });
    assert.deepEqual(judge(reserved(3), template, nodes), []);
    assert.deepEqual(judge(reserved(5), template, nodes), ["gpu-spend-ceiling"]);
    assert.deepEqual(judge(reserved(3), { ...template, dependsOn: [] }, nodes), ["gpu-spend-ceiling"]);
  });

  it("are not seen below it, in other types, or in a paused group", () => {
    assert.deepEqual(only(group, { instanceTypes: ["p4d.24xlarge"], scalingConfig: { desiredSize: 1, maxSize: 4 } }), []);
    assert.deepEqual(only(group, { instanceTypes: ["m6i.large"], scalingConfig: { desiredSize: 500, maxSize: 500 } }), []);
    assert.deepEqual(only(group, { instanceTypes: ["p5.48xlarge"], scalingConfig: { desiredSize: 0, maxSize: 1 } }), []);
  });
});

describe("a lone instance", () => {
  const safe = { httpTokens: "required", httpPutResponseHopLimit: 1 };
  for (const type of [
    "aws:ec2/instance:Instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
  ])
    it(`needs IMDSv2 and an encrypted disk (${type.split(":").at(-1)})`, () => {
      assert.deepEqual(broken(type, { instanceType: "m6i.large" }), ["encryption", "instance-metadata"]);
      assert.deepEqual(broken(type, { metadataOptions: safe, rootBlockDevice: { encrypted: false } }), ["encryption"]);
      const further = { metadataOptions: safe, rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ deviceName: "/dev/sdb" }] };
      assert.deepEqual(broken(type, further), ["encryption"]);
      assert.deepEqual(broken(type, { metadataOptions: safe, rootBlockDevice: { encrypted: true } }), []);
    });
  it("may leave both to its launch template", () =>
    assert.deepEqual(broken("aws:ec2/instance:Instance", { launchTemplate: { id: "[output]" } }), []));
  it("is not the only plain disk: a storage class of EBS and a file system of EFS are seen", () => {
    assert.deepEqual(broken("kubernetes:storage.k8s.io/v1:StorageClass", { provisioner: "ebs.csi.aws.com", parameters: { type: "gp3" } }), [
      "encryption",
    ]);
    assert.deepEqual(broken("aws:efs/fileSystem:FileSystem", {}), ["encryption"]);
  });
});

describe("a tag without a value", () => {
  for (const value of ["", "  ", null])
    it(`counts as missing (${JSON.stringify(value)})`, () =>
      assert.deepEqual(broken("aws:ec2/eip:Eip", { tags: { "vllm-eks/environment": value } }), ["required-tags"]));
  it("is fine in the provider's default tags if those have a value", () =>
    assert.deepEqual(broken("aws:ec2/eip:Eip", { tags: { "vllm-eks/environment": "" }, tagsAll: { "vllm-eks/environment": "dev" } }), []));
});
