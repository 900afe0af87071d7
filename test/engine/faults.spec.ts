import assert from "node:assert/strict";
import type { Account } from "./cloud/account";
import { hasCondition } from "./support/controlPlane";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";
import { ownStack } from "./support/ownStack";
import { type PulumiStack, summary } from "./support/pulumiCli";

// Proves what a user of `dev` reads when AWS refuses, and that the next command completes what the failed one began, on the real engine.
// The account and its refusals are simulated (test/engine/cloud/faults.ts). The exact words and timing of AWS are not proved.

const named = async (account: Account, name: string) => (await account.objects()).filter((object) => object.name === name).length;
const available = async (namespace: string) =>
  hasCondition(await engineRun().api.get("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm", namespace), "Available");

describe("an account that refuses", () => {
  let account: Account;
  let stack: PulumiStack;

  before(async () => {
    ({ account, stack } = await ownStack("refused", "dev"));
  });
  beforeEach(() => account.fail([]));

  /** The step that made `up` fail, and what is billed meanwhile. */
  async function fails(faults: string[], ...says: RegExp[]): Promise<void> {
    await account.fail(faults);
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    for (const words of says) assert.match(text, words);
    assert.match(text, /To continue: pulumi up -s refused\./);
  }

  it("says that no GPU runs when the file system cannot be created, and has launched none", async () => {
    await fails(
      ["refuse create aws:fsx/lustreFileSystem:LustreFileSystem"],
      /weights-file-system: create failed\. No GPU node is launched before this step is done/,
      /ServiceLimitExceeded/,
    );
    assert.equal(await named(account, "gpu-nodes"), 0);
  });

  it("is empty after a destroy, even of a half-created stack", async () => {
    assert.ok((await account.objects()).length > 60);
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await stack.resources(), []);
  });

  it("passes on AWS's message about the quota, with the limit, and says how to stop what is billed", async () => {
    await fails(
      ["quota L-417A185B 96"],
      /VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 96/,
      /gpu-nodes: create failed\. Still billed until you act: 2 × p4d\.24xlarge/,
      /To stop the GPUs and keep the weights: pulumi config set -s \S+ nodeCount 0/,
    );
    assert.equal(await named(account, "gpu-nodes"), 0);
  });

  it("passes on that the zone has no capacity, and creates no set", async () => {
    await fails(["capacity p4d.24xlarge 1"], /InsufficientInstanceCapacity: We currently do not have sufficient p4d\.24xlarge capacity/);
    assert.deepEqual(await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm-refused"), []);
  });

  it("says that it is throttled once the provider has asked 25 times, and what is billed meanwhile", async () => {
    await fails(
      ["throttle create aws:eks/nodeGroup:NodeGroup 25"],
      /exceeded maximum number of attempts, 25, .*ThrottlingException: Rate exceeded/,
      /gpu-nodes: create failed\. Still billed until you act: 2 × p4d\.24xlarge/,
    );
    assert.equal(await named(account, "gpu-nodes"), 0);
  });

  it("keeps a node group in the state when its nodes did not come: it is billed", async () => {
    await fails(["halfway create aws:eks/nodeGroup:NodeGroup"], /gpu-nodes: create failed/);
    assert.equal(await named(account, "gpu-nodes"), 1);
    assert.ok((await stack.resources()).some((urn) => urn.endsWith("::gpu-nodes")));
  });

  it("goes on where it stopped once AWS agrees, throttled or not: repairs the node group without a second one, and serves", async () => {
    await account.fail(["throttle update aws:eks/nodeGroup:NodeGroup 5"]);
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(summary(steps), ["create vllm-set", "update gpu-nodes"]);
    assert.equal(await named(account, "gpu-nodes"), 1);
    assert.ok(await available("vllm-refused"));
  });

  it("loses the provider's process half way, and creates the rest when the process is back", async () => {
    await account.fail(["die update aws:eks/nodeGroup:NodeGroup"]);
    await stack.set({ "vllm-eks:nodeCount": "4", "vllm-eks:replicas": "2" });
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /gpu-nodes: update failed/);
    await account.restart();
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(summary(steps.filter(({ type }) => !type.startsWith("vllm-eks:"))), ["update gpu-nodes", "update vllm-set"]);
    assert.ok(await available("vllm-refused"));
  });

  it("loses a node, and gets its complete group back when the node group has replaced the node", async () => {
    const { api } = engineRun();
    const [pod] = (await api.list("v1/Pod", "vllm-refused")).filter(({ metadata }) => metadata.name === "vllm-0-1");
    const node = await api.get("v1/Node", pod!.spec.nodeName);
    await api.delete("v1/Node", node.metadata.name);
    await api.delete("v1/Pod", "vllm-0-1", "vllm-refused", { gracePeriodSeconds: 0 });
    await eventually("a group that waits for a node", 60, async () => !(await available("vllm-refused")));
    const { labels, annotations } = node.metadata;
    await api.create({ ...node, metadata: { name: `${node.metadata.name}-again`, labels: labels!, ...(annotations && { annotations }) } });
    await eventually("the whole group", 60, () => available("vllm-refused"));
  });

  it("deletes nothing with expired credentials, says so, and finishes with new ones", async () => {
    const before = (await account.objects()).length;
    await account.fail(["expired credentials"]);
    const { status, text } = await stack.destroy();
    assert.notEqual(status, 0);
    assert.match(text, /ExpiredToken/);
    assert.equal((await account.objects()).length, before);
    await account.fail([]);
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
  });
});

describe("an engine that is killed", () => {
  let account: Account;
  let stack: PulumiStack;
  const called = (call: string) => eventually(call, 90, async () => Promise.resolve(account.calls.includes(call)));

  before(async () => {
    ({ account, stack } = await ownStack("killed", "dev"));
  });

  it("leaves a lock behind, and the message names it with the command that removes it", async () => {
    const first = stack.up();
    await called("create gpu-nodes");
    // Pulumi is waiting for the set: in a real deployment this takes longest.
    await eventually("the set", 60, async () =>
      (await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm-killed")).some(
        ({ metadata }) => metadata.name === "vllm",
      ),
    );
    stack.kill();
    assert.notEqual((await first).status, 0);
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /the stack is currently locked by 1 lock.*`pulumi cancel`/s);
  });

  it("is followed by an up that adopts the existing set, and creates nothing twice", async () => {
    await stack.cancel();
    const { steps } = stack.succeeded(await stack.up());
    assert.deepEqual(summary(steps), ["create vllm-set"]);
    assert.equal(await named(account, "gpu-nodes"), 1);
    assert.ok(await available("vllm-killed"));
  });

  it("does not keep the set from being changed afterwards", async () => {
    await stack.set({ "vllm-eks:engine.maxModelLen": "16384" });
    assert.deepEqual(summary(stack.succeeded(await stack.up()).steps.filter(({ type }) => !type.startsWith("vllm-eks:"))), [
      "update vllm-set",
    ]);
  });

  it("while one update runs, refuses a second and names the lock", async () => {
    await account.fail(["slow update aws:eks/nodeGroup:NodeGroup 15000"]);
    await stack.set({ "vllm-eks:nodeCount": "4", "vllm-eks:replicas": "2" });
    const first = stack.up();
    await called("update gpu-nodes");
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /currently locked/);
    stack.succeeded(await first);
    await account.fail([]);
  });

  it("in the middle of a destroy, is followed by a destroy that leaves nothing", async () => {
    await account.fail(["slow delete aws:eks/cluster:Cluster 4000"]);
    const first = stack.destroy();
    await called("delete cluster-eksCluster");
    stack.kill();
    assert.notEqual((await first).status, 0);
    await account.fail([]);
    await stack.cancel();
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await stack.resources(), []);
  });
});
