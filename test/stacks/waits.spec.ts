import assert from "node:assert/strict";
import { planStack } from "../../plan/planner";
import { downloadTimeoutSeconds } from "../../sizing/costAndTime/timeouts";
import { downloadTimeOf, timeoutsOf } from "../../environment/timeouts";
import type { Environment } from "../../environment/environment";
import { environmentOf, recordEnvironment, repository, today } from "../support/environments";
import { ofType, only } from "../support/record";

// Proves that each resource gets the limit that was computed for it. timeouts.spec.ts proves how the limits follow from size.

const engineType = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const release = "kubernetes:helm.sh/v3:Release";

describe("the waits of a deployment", () => {
  // A larger store and more nodes: no limit is the same as its default.
  const settings = ["modelStore.storageCapacityGiB=4800", "nodeCount=6", "replicas=3"];
  let environment: Environment;
  before(() => (environment = environmentOf("dev", ...settings)));

  it("last as long as size and throughput say, for file system, download, GPU nodes, engine, load balancer, Releases and add-ons", async () => {
    const recording = await recordEnvironment(environment);
    const computed = timeoutsOf(environment);
    const given = (type: string, name?: string) => only(recording, type, name).customTimeouts;
    assert.deepEqual(given("aws:fsx/lustreFileSystem:LustreFileSystem"), computed.fileSystem);
    assert.deepEqual(given("aws:eks/nodeGroup:NodeGroup", "gpu-nodes"), computed.nodeGroup);
    assert.deepEqual(given(engineType), computed.leaderWorkerSet);
    assert.deepEqual(given("aws:lb/loadBalancer:LoadBalancer"), computed.loadBalancer);
    const inSeconds = (text?: string) => parseInt(text!) * (text!.endsWith("m") ? 60 : 1);
    assert.equal(inSeconds(given("kubernetes:batch/v1:Job")?.create), inSeconds(computed.downloadJob.create));
    for (const { name, customTimeouts } of ofType(recording, release)) assert.deepEqual(customTimeouts, computed.release, name);
    for (const { name, customTimeouts } of ofType(recording, "aws:eks/addon:Addon")) assert.deepEqual(customTimeouts, computed.addon, name);
  });

  it("for a download follow from system nodes and file system, for a terabyte as well as for the minimum of an hour", async () => {
    const large = environmentOf("prod", "cluster.systemInstanceType=m6i.large");
    const { customTimeouts } = only(await recordEnvironment(large), "kubernetes:batch/v1:Job");
    const seconds = downloadTimeoutSeconds(downloadTimeOf(large).seconds);
    assert.ok(seconds > 2 * 60 * 60, String(seconds));
    assert.equal(customTimeouts?.create, `${Math.ceil(seconds / 60)}m`);
  });

  it("of Helm end before those of Pulumi, so that a failed Release is rolled back and reported, not cut off", async () => {
    for (const { name, inputs, customTimeouts } of ofType(await recordEnvironment(environment), release))
      assert.ok(Number(inputs.timeout) < 60 * parseInt(customTimeouts!.create!), name);
  });

  it("are shown in the plan", async () => {
    const { document } = await planStack({ directory: repository, stack: "dev", settings, today });
    const told = document.resources!.find(({ type }) => type === engineType)?.timeouts;
    assert.deepEqual(told, timeoutsOf(environment).leaderWorkerSet);
  });

  it("for the start of the engine follow the rate at which the configured store is read", async () => {
    const tries = async (...changes: string[]) => {
      const set = only(await recordEnvironment(environmentOf("prod", ...changes)), engineType);
      return Number(/"startupProbe":.*?"failureThreshold":(\d+)/.exec(JSON.stringify(set.inputs))?.[1]);
    };
    assert.ok((await tries("modelStore.throughputMBpsPerTiB=125")) > (await tries("modelStore.throughputMBpsPerTiB=1000")));
  });
});

describe("a paused environment", () => {
  it("keeps every resource and changes only the number of nodes and groups: weights, endpoint and cluster stay", async () => {
    const running = await recordEnvironment(environmentOf("dev"));
    const paused = await recordEnvironment(environmentOf("dev", "nodeCount=0", "replicas=0"));
    assert.deepEqual(paused.resources.map(({ urn }) => urn).sort(), running.resources.map(({ urn }) => urn).sort());
    const inputsBefore = new Map(running.resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
    const differing = paused.resources.filter(({ custom, urn, inputs }) => custom && JSON.stringify(inputs) !== inputsBefore.get(urn));
    assert.deepEqual(differing.map(({ name }) => name).sort(), ["gpu-nodes", "vllm-set"]);
  });

  it("has a price in the plan: nothing for GPU nodes, and everything else as before", async () => {
    const hourly = async (...changes: string[]) =>
      (await planStack({ directory: repository, stack: "dev", settings: changes, today })).document.cost!.hourly;
    const [running, paused] = [await hourly(), await hourly("nodeCount=0", "replicas=0")];
    assert.equal(paused.gpuNodes, 0);
    assert.deepEqual({ ...paused, gpuNodes: 0, total: 0 }, { ...running, gpuNodes: 0, total: 0 });
    assert.ok(Math.abs(running.total! - paused.total! - running.gpuNodes!) < 1e-9);
  });
});

describe("the plan", () => {
  it("names the add-ons and the AMI with a version that EKS chooses, until one is set", async () => {
    const left = async (...changes: string[]) =>
      (await planStack({ directory: repository, stack: "dev", settings: changes, today })).document.notCheckedOffline
        .filter(({ answeredBy }) => answeredBy === "creation")
        .map(({ what, detail }) => `${what}: ${detail}`);
    const open = (await left()).join("\n");
    for (const name of ["vpc-cni", "kube-proxy", "coredns", "aws-fsx-csi-driver"])
      assert.match(open, new RegExp(`add-on versions: .*${name}`));
    assert.match(open, /AMI release: the newest of that day/);
    const pinned = (await left('cluster.addonVersions={"coredns":"v1.12.1-eksbuild.2"}', "gpuNodes.releaseVersion=1.35.0-20260714")).join(
      "\n",
    );
    assert.doesNotMatch(pinned, /coredns|AMI release/);
  });

  it("names the images and charts that no digest pins, and drops the engine's once its digest is set", async () => {
    const digests = async (...changes: string[]) =>
      (await planStack({ directory: repository, stack: "dev", settings: changes, today })).document.notCheckedOffline.find(
        ({ what }) => what === "digests",
      )?.detail;
    const engine = "763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:server-cuda-v2.4";
    const lws = "registry.k8s.io/lws/lws:v0.10.0";
    const efa = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20";
    const chart = "chart oci://registry.k8s.io/lws/charts/lws 0.10.0";
    const rule = "not pinned by digest, so a tag decides:";
    assert.equal(await digests(), `${rule} ${[engine, lws, efa, chart].join(", ")}`);
    const exact = `engine.image=${engine}@sha256:${"0".repeat(64)}`;
    assert.equal(await digests(exact), `${rule} ${[lws, efa, chart].join(", ")}`);
    assert.equal(await digests(exact, "platform.leaderWorkerSet=existing", "platform.efaDevicePlugin=existing"), undefined);
  });

  it("asks about assumed zones, and not about named ones", async () => {
    const asked = async (...changes: string[]) =>
      (await planStack({ directory: repository, stack: "dev", settings: changes, today })).document.notCheckedOffline.some(
        ({ what, detail }) => what === "zones" && detail.includes("us-west-2a, us-west-2b, us-west-2c"),
      );
    assert.equal(await asked(), true);
    assert.equal(await asked("availabilityZone=us-west-2a", 'network.availabilityZones=["us-west-2a","us-west-2b"]'), false);
  });
});
