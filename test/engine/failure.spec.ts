import assert from "node:assert/strict";
import { adoptedCluster } from "./support/adoptedCluster";
import { startAccount, type Account } from "./cloud/account";
import { engineRun } from "./support/engineRun";
import { impatient } from "./support/impatient";
import { PulumiStack, summary } from "./support/pulumiCli";

// Proves what a user reads when a deployment stops half way on the real engine, and that the next command goes on from there. The refusing
// account and the cluster without nodes are simulated.

describe("a deployment that stops half way", () => {
  let account: Account;
  let stack: PulumiStack;

  before(async () => {
    account = await startAccount(engineRun());
    stack = new PulumiStack(engineRun(), "failing", {
      like: "dev",
      environment: { PULUMI_DEBUG_PROVIDERS: account.debugProviders },
      program: impatient("create", ":LeaderWorkerSet"),
    });
    await stack.init();
    await stack.set(adoptedCluster(engineRun().kubeconfig), { "vllm-eks:apiKey": "sk-engine-lane-failing" });
  });

  it("is refused for a wrong setting before anything is created, with the command to type", async () => {
    await stack.set({ "vllm-eks:tensorParallelSize": "16", "vllm-eks:pipelineParallelSize": "1" });
    const { status, text, steps } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /\[heads-not-divisible\] tensorParallelSize/);
    assert.match(text, /pulumi config set/);
    assert.deepEqual(summary(steps), []);
    await stack.set({ "vllm-eks:tensorParallelSize": "8", "vllm-eks:pipelineParallelSize": "2" });
  });

  it("says what is billed and how to stop it when AWS has no GPU nodes, and creates no set", async () => {
    await account.fail(["refuse create aws:eks/nodeGroup:NodeGroup"]);
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /InsufficientInstanceCapacity/);
    assert.match(text, /gpu-nodes: create failed\. Still billed until you act: 2 × p4d\.24xlarge, \$43\.\d\d an hour/);
    assert.match(text, /To stop everything: pulumi destroy -s \S+\. To continue: pulumi up -s \S+\./);
    assert.deepEqual(await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm-failing"), []);
  });

  it("gives up on a set that does not serve within its limit, and says the same", async () => {
    await account.fail(["join nodes"]);
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /vllm-set: create failed\. Still billed until you act: 2 × p4d\.24xlarge, \$43\.\d\d an hour/);
  });

  it("goes on where it stopped once there are nodes", async () => {
    await account.fail([]);
    stack.succeeded(await stack.up());
    stack.succeeded(await stack.up("--expect-no-changes"));
  });

  it("is gone after destroy", async () => {
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await stack.resources(), []);
  });
});
