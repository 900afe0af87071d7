import assert from "node:assert/strict";
import { defaultVllmImageTag } from "../../catalog/images";
import { gpuNodeLabel } from "../../components/gpuNodeScheduling";
import { startAccount, type Account } from "./cloud/account";
import { adoptedCluster } from "./support/adoptedCluster";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";
import type { KubernetesObject } from "./support/kubernetesApi";
import { hasCondition } from "./support/controlPlane";
import { PulumiStack, summary } from "./support/pulumiCli";

// Proves the Kubernetes half of `dev`, on an existing cluster: a real scheduler and a real LeaderWorkerSet controller place two pods of
// eight GPUs and four EFA devices, and bring them back. AWS is simulated: node groups are accepted at once and their nodes are kwok's, with
// the labels, taints and capacities of the program and the catalog. There is no GPU, EFA, Lustre or vLLM.

const namespace = "vllm-shared-dev";
/** One of them is named like the download that it belongs to. */
const networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("the Kubernetes half of dev", () => {
  let account: Account;
  let stack: PulumiStack;
  const kube = () => engineRun().api;
  const pods = async () =>
    (await kube().list("v1/Pod", namespace)).filter(({ metadata }) => metadata.labels?.["leaderworkerset.sigs.k8s.io/name"] === "vllm");
  const uids = (all: KubernetesObject[]) => all.map(({ metadata }) => metadata.uid).sort();
  const set = () => kube().get("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm", namespace);

  before(async () => {
    account = await startAccount(engineRun());
    stack = new PulumiStack(engineRun(), "shared-dev", { like: "dev", environment: { PULUMI_DEBUG_PROVIDERS: account.debugProviders } });
    await stack.init();
    await stack.set(adoptedCluster(engineRun().kubeconfig), { "vllm-eks:apiKey": "sk-engine-lane-dev" });
  });

  it("comes up in order: file system, volume, claim, download, GPU nodes, set; Service and load balancer do not wait", async () => {
    const { steps } = stack.succeeded(await stack.up());
    const made = steps.filter(({ op, type }) => op === "create" && type !== networkPolicy).map(({ name }) => name);
    const inOrder = ["weights-file-system", "weights-volume", "weights-claim", "weights-download", "gpu-nodes", "vllm-set"];
    assert.deepEqual(
      made.filter((name) => inOrder.includes(name)),
      inOrder,
    );
    // If Pulumi waited for the Service to be ready, it would wait as long as the model load and delay everything that refers to it.
    assert.ok(made.indexOf("vllm-leader") < made.indexOf("weights-download"), made.join(" "));
    // The load balancer's half neither waits for the model nor delays it.
    assert.ok(made.indexOf("endpoint-binding") >= 0 && made.indexOf("endpoint-binding") < made.indexOf("weights-download"), made.join(" "));
  });

  it("has one group on two nodes that only it uses, with eight GPUs and four EFA devices each, and is Available", async () => {
    assert.ok(hasCondition(await set(), "Available"));
    const all = await pods();
    assert.equal(all.length, 2);
    const nodes = await Promise.all(all.map(({ spec }) => kube().get("v1/Node", spec.nodeName)));
    assert.equal(new Set(nodes.map(({ metadata }) => metadata.name)).size, 2);
    for (const { metadata } of nodes) assert.equal(metadata.labels?.[gpuNodeLabel], "true");
    for (const { spec } of all) {
      const { requests } = spec.containers[0].resources;
      assert.deepEqual([requests["nvidia.com/gpu"], requests["vpc.amazonaws.com/efa"]], ["8", "4"]);
      assert.match(spec.containers[0].image, new RegExp(defaultVllmImageTag.replaceAll(".", "\\.")));
    }
    const [claim] = await kube().list("v1/PersistentVolumeClaim", namespace);
    assert.equal(claim!.status.phase, "Bound");
  });

  it("takes its name and rank from the values that the controller injects", async () => {
    const names = (await pods()).map(
      ({ metadata, spec }) => [metadata.name, spec.containers[0].env as { name: string; value?: string }[]] as const,
    );
    for (const [name, env] of names) {
      const value = (key: string) => env.find((each) => each.name === key)?.value;
      assert.equal(value("LWS_LEADER_ADDRESS"), `vllm-0.vllm.${namespace}`);
      assert.equal(value("LWS_GROUP_SIZE"), "2");
      assert.ok(name === "vllm-0" || name === "vllm-0-1", name);
    }
  });

  it("sends the Service's requests only to the leader", async () => {
    const { spec } = await kube().get("v1/Service", "vllm-leader", namespace);
    const chosen = (await pods()).filter(({ metadata }) =>
      Object.entries(spec.selector as object).every(([key, value]) => metadata.labels?.[key] === value),
    );
    assert.deepEqual(
      chosen.map(({ metadata }) => metadata.name),
      ["vllm-0"],
    );
    await eventually("the leader among the Service's endpoints", 20, async () => {
      const slices = (await kube().list("discovery.k8s.io/v1/EndpointSlice", namespace)).filter(
        ({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === "vllm-leader",
      );
      const endpoints = slices.flatMap(
        (slice) => (slice.endpoints ?? []) as { targetRef: { name: string }; conditions: { ready: boolean } }[],
      );
      return endpoints.length === 1 && endpoints[0]!.targetRef.name === "vllm-0" && endpoints[0]!.conditions.ready;
    });
  });

  it("binds the Service to the load balancer's target group, and leaves the rules to Pulumi", async () => {
    const bindings = await kube().list("elbv2.k8s.aws/v1beta1/TargetGroupBinding", namespace);
    assert.deepEqual(
      bindings.map(({ spec }) => [spec.serviceRef, spec.targetType, spec.networking]),
      [[{ name: "vllm-leader", port: 8000 }, "ip", undefined]],
    );
    assert.match(bindings[0]!.spec.targetGroupARN as string, /^arn:aws:elasticloadbalancing:[^:]+:\d+:targetgroup\//);
  });

  it("changes nothing when nothing was changed", async () => {
    const before = uids(await pods());
    assert.deepEqual(summary(stack.succeeded(await stack.up("--expect-no-changes")).steps), []);
    assert.deepEqual(uids(await pods()), before);
  });

  /** The whole group is new and available. */
  const recovered = (before: KubernetesObject[]) =>
    eventually("a new group", 60, async () => {
      const now = await pods();
      const fresh = now.length === 2 && now.every((pod) => !uids(before).includes(pod.metadata.uid) && hasCondition(pod, "Ready"));
      return fresh && hasCondition(await set(), "Available");
    });

  it("comes back as a group when one pod is deleted", async () => {
    const before = await pods();
    await kube().delete("v1/Pod", "vllm-0-1", namespace);
    await recovered(before);
  });

  it("comes back as a group when one container has restarted", async () => {
    const before = await pods();
    const worker = before.find(({ metadata }) => metadata.name === "vllm-0-1")!;
    const [status] = worker.status.containerStatuses as [Record<string, unknown>];
    await kube().patch("v1/Pod", "vllm-0-1", namespace, { status: { containerStatuses: [{ ...status, restartCount: 1 }] } }, "/status");
    await recovered(before);
  });

  it("follows a new file system: creates volume, claim, download and pods, and only then deletes the old ones", async () => {
    await stack.set({ "vllm-eks:modelStore.deploymentType": "PERSISTENT_2", "vllm-eks:modelStore.throughputMBpsPerTiB": "250" });
    const before = await pods();
    const { steps } = stack.succeeded(await stack.up());
    const carriedOut = steps.filter(({ type }) => type !== networkPolicy).map(({ op, name }) => `${op} ${name}`);
    const inOrder = [
      ...["weights-file-system", "weights-volume", "weights-claim", "weights-download"].map((name) => `create-replacement ${name}`),
      "update vllm-set",
      ...["weights-download", "weights-claim", "weights-volume", "weights-file-system"].map((name) => `delete-replaced ${name}`),
    ];
    assert.deepEqual(
      carriedOut.filter((step) => inOrder.includes(step)),
      inOrder,
    );
    assert.ok(!carriedOut.some((step) => step.includes("gpu-nodes")), carriedOut.join("\n"));
    await recovered(before);
    assert.equal((await kube().list("v1/PersistentVolumeClaim", namespace)).length, 1);
  });

  it("with two groups, replaces one group while the other stays complete", async () => {
    await stack.set({ "vllm-eks:nodeCount": "4", "vllm-eks:replicas": "2" });
    stack.succeeded(await stack.up());
    const all = await pods();
    assert.equal(all.length, 4);
    assert.equal(new Set(all.map(({ spec }) => spec.nodeName)).size, 4);
    await eventually("the budget's count", 30, async () => {
      const [budget] = await kube().list("policy/v1/PodDisruptionBudget", namespace);
      return budget?.status?.currentHealthy === 4 && budget.status.desiredHealthy === 2 && budget.status.disruptionsAllowed === 2;
    });
  });

  it("lets a drain evict one group, and refuses the other until the first serves again", async () => {
    const allowed = async () => {
      const [budget] = await kube().list("policy/v1/PodDisruptionBudget", namespace);
      return budget?.status?.disruptionsAllowed as number;
    };
    const before = await pods();
    const firstGroup = before.filter(({ metadata }) => metadata.labels?.["leaderworkerset.sigs.k8s.io/group-index"] === "0");
    await kube().evict("vllm-0", namespace);
    await eventually("the first group's end", 20, async () => (await allowed()) === 0);
    await assert.rejects(kube().evict("vllm-1", namespace), /disruption budget/);
    await eventually("a new first group", 60, async () => {
      const now = uids(await pods());
      return now.length === 4 && !uids(firstGroup).some((uid) => now.includes(uid)) && (await allowed()) === 2;
    });
    const kept = before.filter((pod) => !firstGroup.includes(pod));
    for (const uid of uids(kept)) assert.ok(uids(await pods()).includes(uid), "the second group served throughout");
  });

  it("pauses: deletes GPU nodes and pods, keeps weights and Service", async () => {
    await stack.set({ "vllm-eks:nodeCount": "0", "vllm-eks:replicas": "0" });
    stack.succeeded(await stack.up());
    await eventually("the pods' end", 30, async () => (await pods()).length === 0);
    assert.deepEqual(
      (await kube().list("v1/Node")).filter(({ metadata }) => metadata.labels?.[gpuNodeLabel]),
      [],
    );
    assert.equal((await kube().list("v1/PersistentVolumeClaim", namespace)).length, 1);
    assert.ok(await kube().get("v1/Service", "vllm-leader", namespace));
  });

  it("serves again, and is destroyed in order: set before nodes and claim, file system last; nothing is left", async () => {
    await stack.set({ "vllm-eks:nodeCount": "2", "vllm-eks:replicas": "1" });
    stack.succeeded(await stack.up());
    const { steps } = stack.succeeded(await stack.destroy());
    const gone = steps.filter(({ op, type }) => op === "delete" && type !== networkPolicy).map(({ name }) => name);
    const comesBefore = (first: string, second: string) =>
      assert.ok(gone.includes(first) && gone.indexOf(first) < gone.indexOf(second), `${first} before ${second}: ${gone.join(" ")}`);
    comesBefore("vllm-set", "gpu-nodes");
    comesBefore("vllm-set", "weights-download");
    comesBefore("weights-download", "weights-claim");
    comesBefore("weights-claim", "weights-volume");
    comesBefore("weights-volume", "weights-file-system");
    assert.deepEqual(await stack.resources(), []);
    assert.ok(!(await kube().list("v1/Namespace")).some(({ metadata }) => metadata.name === namespace));
    assert.deepEqual(
      (await kube().list("v1/PersistentVolume")).filter(({ spec }) => spec.csi),
      [],
    );
    assert.deepEqual(
      (await kube().list("v1/Node")).filter(({ metadata }) => metadata.labels?.[gpuNodeLabel]),
      [],
    );
  });
});
