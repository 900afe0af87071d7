// Proves what is registered, in which order and with which inputs. Does not prove that FSx accepts it, nor that mount and download work.
import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LustreModelStore, StoreDeploymentType, type LustreModelStoreArgs } from "../../../components";
import type { RecordedResource } from "../../../plan/recordedResource";
import type { Recording } from "../../../plan/recordingMonitor";
import { ancestors, comesBefore, ofType, only, recordProgram, suspectInputs } from "../../support/record";

type Changes = Partial<LustreModelStoreArgs>;
type Tree = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const component = "vllm-eks:index:LustreModelStore";
const fileSystemType = "aws:fsx/lustreFileSystem:LustreFileSystem";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const groupType = "aws:ec2/securityGroup:SecurityGroup";
const volumeType = "kubernetes:core/v1:PersistentVolume";
const claimType = "kubernetes:core/v1:PersistentVolumeClaim";
const jobType = "kubernetes:batch/v1:Job";
const configMapType = "kubernetes:core/v1:ConfigMap";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** The store with a stand-in for the cluster: a security group, a kubeconfig made from it, and an add-on. */
function program(changes: Changes = {}, clusterDelayMs = 0, options: pulumi.ComponentResourceOptions = {}) {
  return () => {
    const cluster = new aws.ec2.SecurityGroup("cluster", { vpcId: "vpc-1" });
    const known = cluster.id.apply(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, clusterDelayMs));
      return id;
    });
    const kubernetes = new k8s.Provider("kubernetes", { kubeconfig: pulumi.interpolate`cluster: ${known}` });
    const account = new aws.Provider("account", { region: "us-west-2" });
    const addon = new aws.eks.Addon("csi", { clusterName: known, addonName: "aws-fsx-csi-driver" });
    const args: LustreModelStoreArgs = {
      deploymentType: StoreDeploymentType.Scratch2,
      storageCapacityGiB: 1200,
      clientCidrBlocks: ["10.0.0.0/19", "10.0.32.0/19"],
      model: "acme/large",
      modelRevision: "a".repeat(40),
      neededGiB: 62,
      availabilityZone: "us-west-2b",
      subnetId: "subnet-1",
      vpcId: "vpc-1",
      clusterSecurityGroupId: known,
      namespace: "inference",
      huggingFaceTokenSecretName: "hugging-face",
      startAfter: [addon.id],
      tags: { team: "serving" },
      ...changes,
    };
    const store = new LustreModelStore("models", args, { providers: [account, kubernetes], ...options });
    const group = new aws.ec2.PlacementGroup("gpu-nodes", { strategy: "cluster", tags: { after: store.modelPath } });
    const { fileSystemId, dnsName, mountName, claimName, modelPath, readMBps } = store;
    return { fileSystemId, dnsName, mountName, claimName, modelPath, readMBps, groupId: group.id };
  };
}

const children = (recording: Recording) => recording.resources.filter((resource) => resource.parent === only(recording, component).urn);
const inputs = (resource: RecordedResource) => resource.inputs as Tree;

describe("LustreModelStore", () => {
  let recording: Recording;
  before(async () => (recording = await recordProgram(program())));

  it("creates exactly these children, all directly below itself", () => {
    const names = children(recording).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    const peers = ["self", "10-0-0-0-19", "10-0-32-0-19"];
    const rules = (kind: string, direction: string) =>
      peers.flatMap((peer) => [988, 1018].map((port) => `SecurityGroup${kind}Rule models-${direction}-${port}-${peer}`));
    const others = [
      "SecurityGroup models-lustre",
      "LustreFileSystem models-file-system",
      "SecurityGroupIngressRule models-callback-988",
      "SecurityGroupIngressRule models-callback-1018",
      "PersistentVolume models-volume",
      "PersistentVolumeClaim models-claim",
      "ConfigMap models-scripts",
      "NetworkPolicy models-download",
      "Job models-download",
    ];
    assert.deepEqual(names.sort(), [...rules("Ingress", "ingress"), ...rules("Egress", "egress"), ...others].sort());
  });

  it("registers the same resources in preview and update, without suspect inputs in either", async () => {
    const preview = await recordProgram(program(), { preview: true });
    assert.deepEqual(preview.resources.map(({ urn }) => urn).sort(), recording.resources.map(({ urn }) => urn).sort());
    assert.deepEqual([...suspectInputs(recording), ...suspectInputs(preview)], []);
  });

  it("opens 988 and 1018–1023 in both directions, to itself and to every client range", () => {
    const group = only(recording, groupType, "models-lustre");
    for (const type of [ingressType, egressType]) {
      const rules = ofType(recording, type)
        .filter(({ name }) => !name.includes("callback"))
        .map(inputs);
      const peers = new Set(rules.map((rule) => rule.cidrIpv4 ?? rule.referencedSecurityGroupId));
      assert.equal(rules.length, 6);
      assert.equal(peers.size, 3);
      assert.deepEqual(
        [...new Set(rules.map((rule) => `${rule.ipProtocol} ${rule.fromPort}-${rule.toPort}`))],
        ["tcp 988-988", "tcp 1018-1023"],
      );
      assert.equal(new Set(rules.map((rule) => rule.securityGroupId)).size, 1);
      assert.ok(comesBefore(recording, group, ofType(recording, type)[0]!));
    }
  });

  it("creates the file system after all rules of its group, because FSx needs them", () => {
    const before = ancestors(recording, only(recording, fileSystemType));
    const own = [...ofType(recording, ingressType), ...ofType(recording, egressType)].filter(({ name }) => !name.includes("callback"));
    assert.equal(own.length, 12);
    assert.deepEqual(
      own.filter(({ urn }) => !before.has(urn)),
      [],
    );
  });

  it("registers the file system before the cluster is known, although a Kubernetes provider is given", async () => {
    const slow = await recordProgram(program({}, 300));
    const order = slow.resources.map(({ type }) => type);
    assert.ok(order.indexOf(fileSystemType) < order.indexOf("pulumi:providers:kubernetes"), order.join("\n"));
    assert.ok(!comesBefore(slow, only(slow, groupType, "cluster"), only(slow, fileSystemType)));
    assert.ok(!comesBefore(slow, only(slow, "aws:eks/addon:Addon"), only(slow, fileSystemType)));
  });

  it("opens the nodes to callbacks with rules for which the download waits but the file system does not", () => {
    const callbacks = ofType(recording, ingressType).filter(({ name }) => name.includes("callback"));
    assert.deepEqual(
      callbacks.map(inputs).map(({ fromPort, toPort }) => [fromPort, toPort]),
      [
        [988, 988],
        [1018, 1023],
      ],
    );
    const own = inputs(ofType(recording, ingressType).find(({ name }) => name.endsWith("988-self"))!).securityGroupId;
    for (const callback of callbacks) {
      assert.equal(inputs(callback).referencedSecurityGroupId, own);
      assert.notEqual(inputs(callback).securityGroupId, own);
      assert.ok(!comesBefore(recording, callback, only(recording, fileSystemType)));
      assert.ok(comesBefore(recording, callback, only(recording, jobType)));
    }
  });

  it("gives SCRATCH_2 neither a throughput nor metadata settings, which FSx would refuse", () => {
    const { subnetIds, securityGroupIds, tags, ...rest } = inputs(only(recording, fileSystemType));
    assert.deepEqual(rest, {
      deploymentType: "SCRATCH_2",
      storageType: "SSD",
      storageCapacity: 1200,
      fileSystemTypeVersion: "2.15",
      skipFinalBackup: true,
    });
    assert.deepEqual([subnetIds, securityGroupIds.length, tags], ["subnet-1", 1, { Name: "models", team: "serving" }]);
  });

  it("gives PERSISTENT_2 its throughput, and metadata with a size that follows the capacity", async () => {
    const changes: Changes = { deploymentType: StoreDeploymentType.Persistent2, storageCapacityGiB: 2400, throughputMBpsPerTiB: 500 };
    const persistent = await recordProgram(program(changes));
    const fileSystem = inputs(only(persistent, fileSystemType));
    assert.deepEqual(
      [
        fileSystem.deploymentType,
        fileSystem.storageCapacity,
        fileSystem.perUnitStorageThroughput,
        fileSystem.metadataConfiguration,
        fileSystem.fileSystemTypeVersion,
      ],
      ["PERSISTENT_2", 2400, 500, { mode: "AUTOMATIC" }, "2.15"],
    );
    assert.equal(persistent.outputs.readMBps, (500 * 2400) / 1024);
  });

  it("keeps the size of the file system out of volume and claim, because a claim of a static volume cannot be resized", async () => {
    const larger = await recordProgram(program({ storageCapacityGiB: 2400 }));
    for (const each of [recording, larger]) {
      assert.deepEqual(inputs(only(each, volumeType)).spec.capacity, { storage: "1200Gi" });
      assert.deepEqual(inputs(only(each, claimType)).spec.resources, { requests: { storage: "1200Gi" } });
    }
  });

  it("protects only the file system, so that Pulumi can still replace a Job", async () => {
    const guarded = await recordProgram(program({ protect: true }));
    assert.deepEqual(
      guarded.resources.filter((each) => each.protect).map(({ name }) => name),
      ["models-file-system"],
    );
    assert.deepEqual(
      recording.resources.filter((each) => each.protect),
      [],
    );
  });

  it("fixes no name of volume, claim, scripts or policy, so that a change makes a new one and replaces the pods", () => {
    for (const type of [volumeType, claimType, configMapType, policyType])
      assert.equal(inputs(only(recording, type)).metadata?.name, undefined, type);
    assert.match(inputs(only(recording, jobType)).metadata.name, /^download-[0-9a-f]{10}$/);
    for (const type of [groupType, fileSystemType])
      for (const resource of ofType(recording, type)) assert.equal(resource.inputs.name, undefined);
  });

  it("binds the claim to a static volume that is mounted with flock under its random mount name", () => {
    const volume = inputs(only(recording, volumeType)).spec;
    const { fileSystemId, dnsName, mountName } = recording.outputs;
    assert.deepEqual(volume.mountOptions, ["flock"]);
    const volumeAttributes = { dnsname: dnsName, mountname: mountName };
    assert.deepEqual(volume.csi, { driver: "fsx.csi.aws.com", volumeHandle: fileSystemId, volumeAttributes });
    assert.equal(volume.persistentVolumeReclaimPolicy, "Retain");
    const claim = inputs(only(recording, claimType));
    assert.match(claim.spec.volumeName, /^models-volume-/);
    assert.equal(claim.metadata.namespace, "inference");
    for (const { accessModes, storageClassName } of [volume, claim.spec])
      assert.deepEqual([accessModes, storageClassName], [["ReadWriteMany"], ""]);
    assert.deepEqual([volume.capacity.storage, claim.spec.resources.requests.storage], ["1200Gi", "1200Gi"]);
  });

  it("creates claim and download after the CSI driver, so that destroy unmounts while the driver still runs", () => {
    const addon = only(recording, "aws:eks/addon:Addon");
    for (const type of [claimType, jobType]) assert.ok(comesBefore(recording, addon, only(recording, type)), type);
    assert.ok(comesBefore(recording, only(recording, policyType), only(recording, jobType)));
  });

  it("lets resources that use the model path start after the download", () => {
    assert.equal(recording.outputs.modelPath, `/models/acme/large/${"a".repeat(40)}`);
    assert.ok(comesBefore(recording, only(recording, jobType), only(recording, "aws:ec2/placementGroup:PlacementGroup")));
    assert.deepEqual(only(recording, jobType).customTimeouts, { create: "60m", update: "60m", delete: "10m" });
  });

  it("uses the given Kubernetes provider for every object in the cluster and the given account for every AWS resource", () => {
    for (const { type, provider } of children(recording))
      assert.match(provider ?? "", type.startsWith("kubernetes:") ? /::kubernetes::/ : /::account::/, type);
  });

  it("does not pass deletedWith to the file system, which does not disappear with the cluster", async () => {
    const withCluster = await recordProgram(() => {
      const cluster = new aws.ec2.SecurityGroup("control-plane", { vpcId: "vpc-1" });
      program({}, 0, { deletedWith: cluster })();
    });
    assert.equal(only(withCluster, component).deletedWith, undefined);
    const marked = withCluster.resources.filter((each) => each.deletedWith).map(({ type }) => type);
    assert.deepEqual(marked.sort(), [jobType, configMapType, volumeType, claimType, policyType].sort());
  });

  it("reports all its problems at once, before anything is registered", () => {
    const changes: Changes = {
      storageCapacityGiB: 1500,
      throughputMBpsPerTiB: 500,
      clientCidrBlocks: ["10.0.0.5/19"],
      model: "../etc",
      modelRevision: "a..b",
      timeouts: { delete: "5" },
      downloadTimeouts: { create: "soon", update: "90m" },
      huggingFaceEndpoint: "ftp://hub",
    };
    assert.throws(program(changes), (error: { problems: { code: string; path: string }[] }) => {
      assert.deepEqual(
        error.problems.map(({ code, path }) => `${code} ${path}`),
        [
          "store-throughput-invalid args.throughputMBpsPerTiB",
          "store-size-step args.storageCapacityGiB",
          "cidr-invalid args.clientCidrBlocks[0]",
          "model-unknown args.model",
          "wrong-type args.modelRevision",
          "wrong-type args.huggingFaceEndpoint",
          "wrong-type args.timeouts.delete",
          "wrong-type args.downloadTimeouts.create",
        ],
      );
      return true;
    });
  });
});
