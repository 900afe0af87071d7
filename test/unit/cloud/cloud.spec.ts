import assert from "node:assert/strict";
import { instanceType } from "../../../catalog/instanceTypes";
import { efaNetworkInterfaces } from "../../../components/efaGpuNodeGroup/networkInterfaces";
import { Cloud, CloudError } from "../../engine/cloud/cloud";
import { cardFaults, refusals } from "../../engine/cloud/inputChecks";
import { typeRules } from "../../engine/cloud/typeRules";

// Proves the rules of the simulated account by themselves: the engine lane's specs rely on them. The sources in the tables show that AWS
// has these rules.
const vpc = "aws:ec2/vpc:Vpc";
const subnet = "aws:ec2/subnet:Subnet";
const group = "aws:ec2/securityGroup:SecurityGroup";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const nodes = "aws:eks/nodeGroup:NodeGroup";
const fileSystem = "aws:fsx/lustreFileSystem:LustreFileSystem";

const newCloud = (seen: string[] = []) =>
  new Cloud({
    nodesChanged: async ({ name, type }, change, zones) => {
      if (type === nodes) seen.push(`${change} ${name} ${zones.join()}`);
      return Promise.resolve();
    },
    clusterDeleted: () => Promise.resolve(),
    duration: () => 0,
  });
const sized = (desiredSize: number) => ({ minSize: 0, maxSize: Math.max(1, desiredSize), desiredSize });
const refused = (words: RegExp) => (error: unknown) => error instanceof CloudError && words.test(error.message);

describe("objects of the simulated account", () => {
  it("block the deletion of objects that they refer to, and are named in the error, until they are deleted themselves", async () => {
    const cloud = newCloud();
    const { id: vpcId } = await cloud.create(vpc, "network", { cidrBlock: "10.0.0.0/16" });
    const { id: subnetId } = await cloud.create(subnet, "nodes-1", { vpcId, cidrBlock: "10.0.0.0/19", availabilityZone: "us-west-2b" });
    await assert.rejects(cloud.delete(vpcId), refused(/DependencyViolation.*nodes-1/));
    await cloud.delete(subnetId);
    await cloud.delete(vpcId);
    await cloud.delete(vpcId); // already gone: counts as deleted
    assert.equal(cloud.objects.size, 0);
  });

  it("are also referred to through a launch template: a security group of running nodes stays", async () => {
    const cloud = newCloud();
    const { id: groupId } = await cloud.create(group, "fabric", { description: "EFA" });
    const { id: templateId } = await cloud.create(template, "gpu", { networkInterfaces: [{ securityGroups: [groupId] }] });
    const args = { clusterName: "c", instanceTypes: ["p4d.24xlarge"], launchTemplate: { id: templateId }, scalingConfig: sized(1) };
    const { id: nodesId } = await cloud.create(nodes, "gpu-nodes", args);
    await assert.rejects(cloud.delete(groupId), refused(/DependencyViolation.*gpu-nodes/));
    await cloud.delete(nodesId);
    await cloud.delete(groupId);
  });

  it("bring nodes in the zones of their subnets", async () => {
    const seen: string[] = [];
    const cloud = newCloud(seen);
    const { id } = await cloud.create(subnet, "nodes-2", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/19", availabilityZone: "us-west-2b" });
    await cloud.create(nodes, "gpu-nodes", { clusterName: "c", instanceTypes: ["p4d.24xlarge"], subnetIds: [id], scalingConfig: sized(2) });
    assert.deepEqual(seen, ["created gpu-nodes us-west-2b"]);
  });

  it("are unique where AWS allows only one", async () => {
    const cloud = newCloud();
    const rule = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 988, toPort: 988, cidrIpv4: "10.0.0.0/19" };
    const type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    await cloud.create(type, "one", rule);
    await assert.rejects(cloud.create(type, "two", rule), refused(/InvalidPermission\.Duplicate.*one/));
    await cloud.create(type, "three", { ...rule, fromPort: 1018 });
  });

  it("include add-ons and entries, which are deleted with their cluster", async () => {
    const cloud = newCloud();
    const { id } = await cloud.create("aws:eks/cluster:Cluster", "c-eksCluster", { name: "c", vpcConfig: { subnetIds: [] } });
    await cloud.create("aws:eks/addon:Addon", "coredns", { clusterName: "c", addonName: "coredns" });
    await cloud.delete(id);
    assert.equal(cloud.objects.size, 0);
  });

  it("are not deleted while they are protected", async () => {
    const cloud = newCloud();
    const { id } = await cloud.create("aws:eks/cluster:Cluster", "c-eksCluster", { name: "c", vpcConfig: {}, deletionProtection: true });
    await assert.rejects(cloud.delete(id), refused(/deletion protection is on/));
  });

  it("are an error when their type is not in the table", () => {
    assert.throws(() => newCloud().check("aws:s3/bucket:Bucket", "b", {}), /does not know the resource type/);
  });
});

describe("changes in the simulated account", () => {
  const diff = (type: string, before: object, after: object) =>
    newCloud().diff(type, before as Record<string, unknown>, after as Record<string, unknown>, []);

  it("replace what no API can change, including a value inside an object", () => {
    assert.deepEqual(diff(nodes, { instanceTypes: ["a"] }, { instanceTypes: ["b"] }).replaces, ["instanceTypes"]);
    assert.deepEqual(
      diff(nodes, { launchTemplate: { id: "1", version: "1" } }, { launchTemplate: { id: "1", version: "2" } }).replaces,
      [],
    );
    assert.deepEqual(diff(nodes, { launchTemplate: { id: "1" } }, { launchTemplate: { id: "2" } }).replaces, ["launchTemplate"]);
  });

  it("grow a file system without replacing it, and replace it to shrink", () => {
    assert.deepEqual(diff(fileSystem, { storageCapacity: 1200 }, { storageCapacity: 2400 }).replaces, []);
    assert.deepEqual(diff(fileSystem, { storageCapacity: 2400 }, { storageCapacity: 1200 }).replaces, ["storageCapacity"]);
  });

  it("delete first only where the provider must: attachments always, others when the program sets their name", () => {
    const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
    assert.equal(diff(attachment, { role: "a" }, { role: "b" }).deleteBeforeReplace, true);
    assert.equal(diff(group, { description: "a" }, { description: "b" }).deleteBeforeReplace, false);
    assert.equal(diff(group, { name: "x", description: "a" }, { name: "x", description: "b" }).deleteBeforeReplace, true);
  });

  it("create a new version of a launch template", async () => {
    const cloud = newCloud();
    const { id } = await cloud.create(template, "gpu", { userData: "a" });
    assert.equal((await cloud.update(id, { userData: "b" })).state.latestVersion, 2);
  });
});

describe("inputs that AWS or the provider refuses", () => {
  it("include fields that the SDK does not have", () => {
    assert.deepEqual(refusals(vpc, "network", { cidrBlock: "10.0.0.0/16", cidrBlok: "x" }), [`${vpc} has no field "cidrBlok"`]);
  });

  it("include logical names that leave no room for the provider's suffix", () => {
    const loadBalancer = "aws:lb/loadBalancer:LoadBalancer";
    assert.deepEqual(refusals(loadBalancer, "a".repeat(24), {}), []);
    assert.match(refusals(loadBalancer, "a".repeat(25), {})[0]!, /cannot be longer than 32/);
    assert.match(refusals("aws:lb/targetGroup:TargetGroup", "a".repeat(25), {})[0]!, /longer than maximum length 32/);
  });

  it("include sizes and throughputs that FSx does not sell", () => {
    const refuse = (changes: object) =>
      refusals(fileSystem, "weights", { deploymentType: "SCRATCH_2", storageCapacity: 1200, subnetIds: "subnet-1", ...changes });
    assert.deepEqual(refuse({}), []);
    assert.match(refuse({ storageCapacity: 3600 })[0]!, /3600/);
    assert.match(refuse({ perUnitStorageThroughput: 200 })[0]!, /SCRATCH_2/);
    assert.match(refuse({ deploymentType: "PERSISTENT_2" })[0]!, /125, 250, 500 or 1000/);
  });

  it("include card layouts beyond the type, but never those of this package", () => {
    for (const name of ["p4d.24xlarge", "p5.48xlarge", "p5en.48xlarge", "p6-b200.48xlarge", "p6-b300.48xlarge"]) {
      const networkInterfaces = efaNetworkInterfaces(instanceType(name));
      assert.deepEqual([...cardFaults(name, { networkInterfaces }), ...refusals(template, "gpu", { networkInterfaces })], [], name);
    }
    const five = [
      ...efaNetworkInterfaces(instanceType("p4d.24xlarge")),
      { networkCardIndex: 4, deviceIndex: 0, interfaceType: "efa-only" },
    ];
    assert.match(cardFaults("p4d.24xlarge", { networkInterfaces: five })[0]!, /no network card 4/);
    assert.match(
      cardFaults("p6-b300.48xlarge", { networkInterfaces: [{ networkCardIndex: 0, interfaceType: "efa" }] })[0]!,
      /not supported on network card 0/,
    );
  });

  it("include nodes beyond the family's quota, counting running nodes, and beyond the zone's capacity", async () => {
    const cloud = newCloud();
    const ask = (name: string, desiredSize: number) =>
      cloud.create(nodes, name, { clusterName: "c", instanceTypes: ["p4d.24xlarge"], scalingConfig: sized(desiredSize) });
    cloud.faults.set(["quota L-417A185B 192"]);
    await ask("first", 1);
    await assert.rejects(ask("second", 2), refused(/VcpuLimitExceeded.*192/));
    cloud.faults.set(["capacity p4d.24xlarge 1"]);
    await assert.rejects(ask("third", 2), refused(/InsufficientInstanceCapacity/));
    await ask("fourth", 1);
  });
});

describe("faults by script", () => {
  it("leave an object behind when a creation fails half way, and nothing when AWS refuses it", async () => {
    const cloud = newCloud();
    const ask = () => cloud.create(fileSystem, "weights", { storageCapacity: 1200, subnetIds: "subnet-1" });
    cloud.faults.set([`refuse create ${fileSystem}`]);
    await assert.rejects(ask(), refused(/ServiceLimitExceeded/));
    assert.equal(cloud.objects.size, 0);
    cloud.faults.set([`halfway create ${fileSystem}`]);
    await assert.rejects(ask(), (error: unknown) => error instanceof CloudError && cloud.objects.has(error.halfway!.id));
  });

  it("throttle calls, which the provider repeats 24 times before it gives up", async () => {
    const cloud = newCloud();
    const ask = () => cloud.create(group, "fabric", { description: "EFA" });
    cloud.faults.set([`throttle create ${group} 24`]);
    await ask();
    cloud.faults.set([`throttle create ${group} 25`]);
    await assert.rejects(ask(), refused(/maximum number of attempts, 25, .*ThrottlingException: Rate exceeded/));
    assert.equal(cloud.objects.size, 1);
    await ask();
  });
});

describe("functions of the simulated account", () => {
  it("find a cluster of the account by name, with the outputs that it was created with", async () => {
    const cloud = newCloud();
    const args = { name: "c", version: "1.34", vpcConfig: { subnetIds: [] } };
    const { state } = await cloud.create("aws:eks/cluster:Cluster", "c-eksCluster", args);
    const found = cloud.call("aws:eks/getCluster:getCluster", { name: "c" });
    assert.equal(found.version, "1.34");
    assert.equal(found.endpoint, state.endpoint);
    assert.deepEqual(found.certificateAuthorities, [state.certificateAuthority]);
    assert.equal(cloud.call("aws:eks/getCluster:getCluster", { name: "another" }).version, "1.35");
  });
});

describe("the table of types", () => {
  it("names a source in each row", () => {
    assert.equal(Object.keys(typeRules).length, 32);
    for (const [type, { source }] of Object.entries(typeRules)) assert.match(source, /\.go/, type);
  });
});
