import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { instanceTypesWithEfa } from "../../../catalog/instanceTypes";
import { EfaGpuNodeGroup, type EfaGpuNodeGroupArgs } from "../../../components/efaGpuNodeGroup/efaGpuNodeGroup";
import { gpuNodeLabels, gpuNodeTaints } from "../../../components/gpuNodeScheduling";
import { ConfigurationError } from "../../../components/problems";
import type { RecordedResource } from "../../../plan/recordedResource";
import type { Recording } from "../../../plan/recordingMonitor";
import { comesBefore, ofType, only, recordProgram, suspectInputs, type ProgramOptions } from "../../support/record";

// Proves what is registered. Only an account can prove that EC2 launches it, that nodes join and that EFA carries traffic.
const wiring = { clusterName: "serving", clusterSecurityGroupId: "sg-cluster", vpcId: "vpc-0", subnetId: "subnet-gpu" };
const plain: EfaGpuNodeGroupArgs = { ...wiring, instanceType: "p4d.24xlarge", nodeCount: 2 };
const reserved = { type: "reservation", reservationId: "cr-0123456789abcdef0" } as const;
const block = { type: "capacityBlock", reservationId: "cr-0123456789abcdef0" } as const;

const group = (change: Partial<EfaGpuNodeGroupArgs> = {}, options: ProgramOptions = {}): Promise<Recording> =>
  recordProgram(() => new EfaGpuNodeGroup("gpu", { ...plain, ...change }), options);

/** The group wired to resources; each gives one value that is known only after its deployment. */
const wiredProgram = () => {
  const from = (source: string) => new aws.ec2.PlacementGroup(source, { strategy: "cluster" }).arn;
  const wired = Object.fromEntries(Object.keys(wiring).map((key) => [key, from(key)])) as Record<
    keyof typeof wiring,
    pulumi.Output<string>
  >;
  return new EfaGpuNodeGroup("gpu", { ...plain, ...wired, startAfter: [from("weights")] });
};

const template = (recording: Recording) => only(recording, "aws:ec2/launchTemplate:LaunchTemplate");
const nodes = (recording: Recording) => only(recording, "aws:eks/nodeGroup:NodeGroup");
const names = (recording: Recording) => recording.resources.map(({ type, name }) => `${type.split(":").pop()} ${name}`);
const interfacesOf = (recording: Recording) => template(recording).inputs.networkInterfaces as Record<string, unknown>[];
const policyAttachments = ["worker", "registry", "cni"].map((suffix) => `RolePolicyAttachment gpu-node-${suffix}`);

describe("GPU node group", () => {
  it("consists of a role, the EFA group, a placement group, a launch template and the node group", async () => {
    const recording = await group();
    assert.deepEqual(names(recording).sort(), [
      "EfaGpuNodeGroup gpu",
      "LaunchTemplate gpu-template",
      "NodeGroup gpu-nodes",
      "PlacementGroup gpu-placement",
      "Role gpu-node",
      ...[...policyAttachments].sort(),
      "SecurityGroup gpu-fabric",
      "SecurityGroupEgressRule gpu-fabric-egress",
      "SecurityGroupIngressRule gpu-fabric-ingress",
    ]);
    const [component, ...children] = recording.resources;
    assert.ok(children.every((child) => child.parent === component?.urn));
    assert.deepEqual(suspectInputs(recording), []);
  });

  it("registers the same in preview, where values of network, cluster and store are unknown", async () => {
    const urns = async (preview: boolean) => (await recordProgram(wiredProgram, { preview })).resources.map(({ urn }) => urn).sort();
    assert.deepEqual(await urns(true), await urns(false));
  });

  it("registers only plain topology, so that children do not wait for the component", async () => {
    const { inputs, secretPaths } = only(await group({ capacity: block }), "vllm-eks:index:EfaGpuNodeGroup");
    assert.deepEqual(inputs, {
      instanceType: "p4d.24xlarge",
      nodeCount: 2,
      capacityType: "capacityBlock",
      rootVolumeGiB: 200,
      placementGroup: false,
    });
    assert.deepEqual(secretPaths, []);
  });

  it("outputs labels, GPUs and EFA devices of a node for scheduling", async () => {
    const recording = await recordProgram(() => {
      const gpu = new EfaGpuNodeGroup("gpu", { ...plain, instanceType: "p5.48xlarge" });
      const { nodeGroupName, nodeRoleArn, autoscalingGroupName, labels, gpusPerNode, efaInterfacesPerNode } = gpu;
      return { nodeGroupName, nodeRoleArn, autoscalingGroupName, labels, gpusPerNode, efaInterfacesPerNode };
    });
    const { nodeGroupName, nodeRoleArn, autoscalingGroupName, ...rest } = recording.outputs as Record<string, string>;
    assert.deepEqual(rest, { labels: gpuNodeLabels(), gpusPerNode: 8, efaInterfacesPerNode: 32 });
    assert.match(nodeGroupName!, /^gpu-nodes-[0-9a-f]{7}$/);
    assert.match(nodeRoleArn!, /role\/gpu-node-[0-9a-f]{7}$/);
    assert.match(autoscalingGroupName!, /^eks-gpu-nodes-/);
  });

  describe("launch template", () => {
    for (const type of instanceTypesWithEfa().filter((each) => each.unsupportedReason === undefined)) {
      it(`of ${type.name} gives every interface the cluster's group and the EFA group`, async () => {
        const capacity = type.onDemandUsdPerHour === undefined ? { capacity: block } : {};
        const recording = await group({ instanceType: type.name, ...capacity });
        const fabricId = (only(recording, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs as { securityGroupId: string })
          .securityGroupId;
        const interfaces = interfacesOf(recording);
        assert.equal(interfaces.length, type.efaInterfaces + 1);
        for (const each of interfaces) {
          assert.deepEqual(each.securityGroups, ["sg-cluster", fabricId]);
          assert.equal(each.deleteOnTermination, "true");
          assert.equal(each.associatePublicIpAddress, each.interfaceType === "interface" ? "false" : undefined);
        }
      });
    }

    it("contains no image, subnet, profile or type: EKS would not join the nodes or would refuse the template", async () => {
      const { inputs } = template(await group());
      assert.deepEqual(Object.keys(inputs).sort(), [
        "blockDeviceMappings",
        "metadataOptions",
        "networkInterfaces",
        "placement",
        "tagSpecifications",
        "tags",
        "userData",
      ]);
      assert.deepEqual(Object.keys((inputs.networkInterfaces as object[])[0]!).sort(), [
        "associatePublicIpAddress",
        "deleteOnTermination",
        "deviceIndex",
        "interfaceType",
        "networkCardIndex",
        "securityGroups",
      ]);
    });

    it("requires IMDSv2 within one hop, an encrypted disk and user data in base64", async () => {
      const { inputs } = template(await group({ rootVolumeGiB: 300 }));
      assert.deepEqual(inputs.metadataOptions, { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 });
      const ebs = { volumeType: "gp3", volumeSize: 300, encrypted: "true", deleteOnTermination: "true" };
      assert.deepEqual(inputs.blockDeviceMappings, [{ deviceName: "/dev/xvda", ebs }]);
      assert.match(Buffer.from(inputs.userData as string, "base64").toString(), /^MIME-Version: 1\.0\n/);
    });

    it("targets the capacity that was paid for", async () => {
      const target = { capacityReservationTarget: { capacityReservationId: reserved.reservationId } };
      const onReservation = template(await group({ capacity: reserved })).inputs;
      assert.deepEqual(onReservation.capacityReservationSpecification, {
        ...target,
        capacityReservationPreference: "capacity-reservations-only",
      });
      assert.deepEqual(
        [onReservation.instanceMarketOptions, onReservation.instanceType, onReservation.placement],
        [undefined, undefined, undefined],
      );

      const onBlock = await group({ capacity: block });
      assert.deepEqual(template(onBlock).inputs.capacityReservationSpecification, target);
      assert.deepEqual(template(onBlock).inputs.instanceMarketOptions, { marketType: "capacity-block" });
      assert.equal(template(onBlock).inputs.instanceType, "p4d.24xlarge");
      assert.equal(nodes(onBlock).inputs.instanceTypes, undefined);
      assert.equal(nodes(onBlock).inputs.capacityType, "CAPACITY_BLOCK");
      assert.ok(!names(onBlock).includes("PlacementGroup gpu-placement"));
    });
  });

  it("lets the EFA group talk only to itself, in both directions", async () => {
    const recording = await group();
    const rules = recording.resources.filter(({ type }) => type.startsWith("aws:vpc/securityGroup"));
    assert.equal(rules.length, 2);
    for (const { inputs } of rules) {
      assert.equal(inputs.ipProtocol, "-1");
      assert.equal(inputs.referencedSecurityGroupId, inputs.securityGroupId);
      assert.deepEqual([inputs.cidrIpv4, inputs.fromPort, inputs.toPort], [undefined, undefined, undefined]);
    }
    const { inputs } = only(recording, "aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual([inputs.ingress, inputs.egress], [undefined, undefined]);
  });

  it("does not put the tag of the cluster on the EFA group, or the load balancer controller would find two groups", async () => {
    const tags = { "kubernetes.io/cluster/serving": "owned", team: "search" };
    const fabric = only(await group({ tags }), "aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual(fabric.inputs.tags, { Name: "gpu", team: "search" });
  });

  it("lets nodes only join, pull images and give pods addresses", async () => {
    const attached = ofType(await group(), "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(
      ({ inputs }) => String(inputs.policyArn).split("/")[1],
    );
    assert.deepEqual(attached.sort(), ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"]);
  });

  it("runs nodes with the GPU image of EKS and the labels and taints that pods match", async () => {
    const { inputs } = nodes(await group({ releaseVersion: "1.35.0-20260714" }));
    const { launchTemplate, nodeRoleArn, ...rest } = inputs;
    assert.deepEqual(rest, {
      clusterName: "serving",
      subnetIds: ["subnet-gpu"],
      amiType: "AL2023_x86_64_NVIDIA",
      capacityType: "ON_DEMAND",
      instanceTypes: ["p4d.24xlarge"],
      releaseVersion: "1.35.0-20260714",
      labels: gpuNodeLabels(),
      taints: gpuNodeTaints(),
      scalingConfig: { minSize: 0, desiredSize: 2, maxSize: 2 },
      updateConfig: { maxUnavailable: 1, updateStrategy: "DEFAULT" },
      nodeRepairConfig: { enabled: true },
      tags: { Name: "gpu" },
    });
    assert.match((launchTemplate as { id: string }).id, /^lt-/);
    assert.equal((launchTemplate as { version: string }).version, "1");
    assert.match(nodeRoleArn as string, /^arn:aws:iam::/);
  });

  it("keeps the role's policies and the EFA rules until its nodes are gone", async () => {
    const recording = await group();
    const needed = [...policyAttachments, "SecurityGroupIngressRule gpu-fabric-ingress", "SecurityGroupEgressRule gpu-fabric-egress"];
    for (const name of needed) {
      const resource = recording.resources.find((each) => names({ ...recording, resources: [each] })[0] === name);
      assert.ok(comesBefore(recording, resource!, nodes(recording)), name);
    }
  });

  it("lets each child wait only for what it uses: only the node group waits for cluster name and startAfter", async () => {
    const recording = await recordProgram(wiredProgram);
    const waiting = (source: string) => {
      const first = only(recording, "aws:ec2/placementGroup:PlacementGroup", source);
      return recording.resources.filter((each) => each.parent && comesBefore(recording, first, each)).map(({ name }) => name);
    };
    assert.deepEqual(waiting("weights"), ["gpu-nodes"]);
    assert.deepEqual(waiting("clusterName"), ["gpu-nodes"]);
    assert.deepEqual(waiting("subnetId"), ["gpu-nodes"]);
    assert.deepEqual(waiting("clusterSecurityGroupId"), ["gpu-template", "gpu-nodes"]);
    assert.deepEqual(waiting("vpcId").sort(), ["gpu-fabric", "gpu-fabric-egress", "gpu-fabric-ingress", "gpu-nodes", "gpu-template"]);
  });

  it("does not put startAfter into inputs", async () => {
    const inputs = ({ resources }: Recording) => new Map(resources.map(({ urn, inputs: given }) => [urn, given]));
    assert.deepEqual(inputs(await group({ startAfter: [pulumi.output("/models/weights")] })), inputs(await group()));
  });

  it("passes its timeouts only to the node group", async () => {
    const recording = await group({ timeouts: { create: "45m", update: "3h", delete: "40m" } });
    const limited = recording.resources.filter(({ customTimeouts }) => Object.keys(customTimeouts ?? {}).length > 0);
    assert.deepEqual(
      limited.map(({ name }) => name),
      ["gpu-nodes"],
    );
    assert.equal(nodes(recording).customTimeouts?.create, "45m");
  });

  it("lets Pulumi choose names at creation, so that a resource and its replacement can exist at the same time", async () => {
    for (const { name, inputs } of (await group()).resources) {
      const fixed = ["name", "nodeGroupName", "namePrefix", "nodeGroupNamePrefix"].filter((key) => key in inputs);
      assert.deepEqual(fixed, [], name);
    }
  });

  it("is deleted before its replacement only if there is no room for two", async () => {
    const deletedFirst = async (change: Partial<EfaGpuNodeGroupArgs>) => nodes(await group(change)).deleteBeforeReplace;
    assert.deepEqual(
      [
        await deletedFirst({}),
        await deletedFirst({ capacity: { type: "spot" } }),
        await deletedFirst({ capacity: reserved }),
        await deletedFirst({ capacity: block }),
      ],
      [false, false, true, true],
    );
  });

  it("does not replace nodes for a change of tags: the launch template keeps the tags of its first deployment", async () => {
    const seen = ({ inputs, ignoreChanges }: RecordedResource) =>
      Object.fromEntries(Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key)));
    const [before, after] = [await group({ tags: { team: "search" } }), await group({ tags: { team: "ads" } })];
    assert.deepEqual(template(after).ignoreChanges, ["tags", "tagSpecifications"]);
    assert.deepEqual(seen(template(after)), seen(template(before)));
    assert.deepEqual(nodes(after).inputs, { ...nodes(before).inputs, tags: { Name: "gpu", team: "ads" } });
    assert.deepEqual(template(before).inputs.tagSpecifications, [
      { resourceType: "instance", tags: { Name: "gpu", team: "search" } },
      { resourceType: "volume", tags: { Name: "gpu", team: "search" } },
    ]);
  });

  it("pauses by changing only the number of nodes", async () => {
    const [running, paused] = [await group(), await group({ nodeCount: 0 })];
    assert.deepEqual(nodes(paused).inputs, { ...nodes(running).inputs, scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 1 } });
    const others = ({ resources }: Recording) => resources.filter(({ custom, name }) => custom && name !== "gpu-nodes");
    assert.deepEqual(others(paused), others(running));
  });

  it("reserves huge pages only if asked", async () => {
    const userData = async (change: Partial<EfaGpuNodeGroupArgs>) =>
      Buffer.from(template(await group(change)).inputs.userData as string, "base64").toString();
    assert.doesNotMatch(await userData({}), /hugepages/);
    assert.match(await userData({ hugePagesMiB: 5120 }), /vm\.nr_hugepages = 2560/);
  });

  it("refuses every mistake at once, before anything is registered", async () => {
    const wrong = () => group({ instanceType: "p4d.24xlarg", nodeCount: -1, capacity: { type: "capacityBlock" } });
    await assert.rejects(wrong, (error: ConfigurationError) => {
      assert.ok(error instanceof ConfigurationError);
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["args.instanceType", "args.nodeCount", "args.capacity.reservationId"],
      );
      assert.match(error.message, /^EfaGpuNodeGroup "gpu" cannot be deployed as configured:\n {2}\[instance-type-unknown\]/);
      return true;
    });
  });
});
