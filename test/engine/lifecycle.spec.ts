import assert from "node:assert/strict";
import type { Account } from "./cloud/account";
import { engineRun } from "./support/engineRun";
import { scaleLoadBalancerControllers } from "./support/loadBalancerControllers";
import { ownStack } from "./support/ownStack";
import { type PulumiStack, type Step, summary } from "./support/pulumiCli";

// Proves `dev` and `prod` from an empty account to an empty account on the real engine, including network, cluster and node groups, and
// which operations a change takes. The account is simulated (test/engine/cloud): it knows names, replacements, references and limits of
// AWS, not its speed. The charts are stand-ins, and nothing runs in a container.

/** Only the steps of resources: components only record their arguments. */
const carriedOut = (steps: readonly Step[]) => summary(steps.filter(({ type }) => !type.startsWith("vllm-eks:")));
const count = (all: readonly string[], pattern: RegExp) => all.filter((each) => pattern.test(each)).length;

/** Namespaces, sets, volumes and GPU nodes of any stack. */
async function inCluster(): Promise<string[]> {
  const { api } = engineRun();
  const kinds = ["v1/Namespace", "v1/PersistentVolume", "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "v1/Node"];
  const all = await Promise.all(kinds.map(async (kind) => (await api.list(kind)).map(({ metadata }) => `${kind} ${metadata.name}`)));
  return all.flat().sort();
}

describe("dev from an empty account", () => {
  let account: Account;
  let stack: PulumiStack;
  let there: string[];

  before(async () => {
    there = await inCluster();
    ({ account, stack } = await ownStack("dev", "dev"));
  });

  it("comes up: 95 objects in the account, among them 9 subnets, one cluster, two node groups, one file system, one load balancer", async () => {
    stack.succeeded(await stack.up());
    const types = (await account.objects()).map(({ type }) => type);
    assert.equal(types.length, 95);
    const expected = {
      "ec2/subnet": 9,
      "eks/cluster": 1,
      "eks/nodeGroup": 2,
      "fsx/": 1,
      "lb/loadBalancer": 1,
      "ec2/natGateway": 1,
      "eks/addon": 7,
    };
    for (const [type, times] of Object.entries(expected)) assert.equal(count(types, new RegExp(`^aws:${type}`)), times, type);
  });

  it("changes nothing when nothing was changed, and a refresh finds nothing", async () => {
    assert.deepEqual(carriedOut(stack.succeeded(await stack.up("--expect-no-changes")).steps), []);
    stack.succeeded(await stack.refresh("--expect-no-changes"));
  });

  it("finds by a refresh what was deleted by hand, and creates it again", async () => {
    await account.fail(["lose gpu-fabric-egress"]);
    stack.succeeded(await stack.refresh());
    assert.deepEqual(carriedOut(stack.succeeded(await stack.up()).steps), ["create gpu-fabric-egress"]);
  });

  const image = "public.ecr.aws/deep-learning-containers/vllm:0.26.0-gpu-py312-cu130-ubuntu22.04-ec2";
  const changes: [what: string, settings: Record<string, string>, operations: string[]][] = [
    ["another image rolls the pods", { "engine.image": image }, ["update vllm-set"]],
    ["another argument rolls the pods", { "engine.maxModelLen": "16384" }, ["update vllm-set"]],
    [
      "a larger store grows where it is; the start-up budget, which follows its speed, rolls the pods",
      { "modelStore.storageCapacityGiB": "2400" },
      ["update vllm-set", "update weights-file-system"],
    ],
    [
      "another model is downloaded beside the first and rolls the pods",
      { model: "Qwen/Qwen3-32B" },
      ["create-replacement weights-download", "delete-replaced weights-download", "replace weights-download", "update vllm-set"],
    ],
    ["one node instead of two takes a node", { pipelineParallelSize: "1", nodeCount: "1" }, ["update gpu-nodes", "update vllm-set"]],
    [
      "a second group adds a node, and a budget that keeps one",
      { nodeCount: "2", replicas: "2" },
      ["create vllm-budget", "update gpu-nodes", "update vllm-set"],
    ],
    [
      "another instance type makes new nodes beside the old ones",
      { instanceType: "p4de.24xlarge" },
      ["create-replacement gpu-nodes", "delete-replaced gpu-nodes", "replace gpu-nodes", "update vllm-set"],
    ],
  ];
  for (const [what, settings, operations] of changes) {
    it(what, async () => {
      await stack.set(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`vllm-eks:${key}`, value])));
      assert.deepEqual(carriedOut(stack.succeeded(await stack.up()).steps), operations);
    });
  }

  it("creates a new Secret for a new key, rolls the pods to it, and deletes the old one", async () => {
    await stack.set({}, { "vllm-eks:apiKey": "sk-engine-lane-second" });
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(carriedOut(steps), ["create-replacement api-key", "delete-replaced api-key", "replace api-key", "update vllm-set"]);
  });

  it("writes another tag on everything that takes tags, and replaces or rolls nothing", async () => {
    await stack.set({ "vllm-eks:tags.team": "platform" });
    const steps = carriedOut(stack.succeeded(await stack.up()).steps);
    assert.deepEqual(
      steps.filter((step) => !step.startsWith("update ")),
      [],
    );
    for (const left of ["update gpu-template", "update system-template", "update vllm-set"]) assert.ok(!steps.includes(left), left);
    for (const tagged of ["update cluster-eksCluster", "update gpu-nodes", "update weights-file-system"])
      assert.ok(steps.includes(tagged), tagged);
  });

  it("pauses, and keeps everything except GPU nodes and pods", async () => {
    await stack.set({ "vllm-eks:nodeCount": "0", "vllm-eks:replicas": "0" });
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(carriedOut(steps), ["delete vllm-budget", "update gpu-nodes", "update vllm-set"]);
  });

  it("is destroyed although the load balancer controller is dead: account, cluster and state are empty", async () => {
    await scaleLoadBalancerControllers(0);
    const [binding] = await engineRun().api.list("elbv2.k8s.aws/v1beta1/TargetGroupBinding", "vllm-dev");
    assert.deepEqual(binding?.metadata.finalizers, ["elbv2.k8s.aws/resources"]);
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await inCluster(), there);
    assert.deepEqual(await stack.resources(), []);
  });
});

describe("prod from an empty account", () => {
  let account: Account;
  let stack: PulumiStack;

  before(async () => {
    ({ account, stack } = await ownStack("prod", "prod", {
      "vllm-eks:capacity.reservationId": "cr-0123456789abcdef0",
      "vllm-eks:ingress.hostname": "llm.acme.dev",
      "vllm-eks:ingress.hostedZoneId": "Z0123456789ABCDEFGHIJ",
    }));
  });

  it("comes up with a certificate, its validation record and an alias, and two groups in the zone of the reservation", async () => {
    stack.succeeded(await stack.up());
    const objects = await account.objects();
    const names = objects.map(({ name }) => name);
    for (const name of [
      "endpoint-certificate",
      "endpoint-certificate-proof",
      "endpoint-certificate-issued",
      "endpoint-alias",
      "endpoint-https",
    ]) {
      assert.ok(names.includes(name), name);
    }
    const { api } = engineRun();
    const pods = (await api.list("v1/Pod", "vllm-prod")).filter(
      ({ metadata }) => metadata.labels?.["leaderworkerset.sigs.k8s.io/name"] === "vllm",
    );
    assert.equal(pods.length, 4);
    const zones = await Promise.all(
      pods.map(async ({ spec }) => (await api.get("v1/Node", spec.nodeName)).metadata.labels?.["topology.kubernetes.io/zone"]),
    );
    assert.deepEqual([...new Set(zones)], ["us-west-2b"]);
  });

  it("changes nothing when nothing was changed", async () => {
    assert.deepEqual(carriedOut(stack.succeeded(await stack.up("--expect-no-changes")).steps), []);
  });

  it("refuses to be destroyed while it is protected, before anything is deleted", async () => {
    const before = (await account.objects()).length;
    const { status, text } = await stack.destroyAfterPreview();
    assert.notEqual(status, 0);
    assert.match(text, /weights-file-system.*protect/s);
    assert.equal((await account.objects()).length, before);
  });

  it("is destroyed completely once protection is off", async () => {
    await stack.set({ "vllm-eks:protect": "false" });
    assert.deepEqual(carriedOut(stack.succeeded(await stack.up()).steps), ["update cluster-eksCluster"]);
    stack.succeeded(await stack.destroyAfterPreview());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await stack.resources(), []);
  });
});
