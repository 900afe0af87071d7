import assert from "node:assert/strict";
import path from "node:path";
import { startAccount, type Account } from "./cloud/account";
import { embeddedStack, type EmbeddedStack } from "./support/embeddedStack";
import { engineRun } from "./support/engineRun";

// Proves that an environment on AWS, remote components included, works as an inline program of the Automation API: from an empty simulated
// account to an empty one. The account is simulated as in the other specs.

describe("dev by the Automation API", () => {
  let account: Account;
  let embedded: EmbeddedStack;

  before(async function () {
    this.timeout(60_000);
    account = await startAccount(engineRun());
    embedded = await embeddedStack(
      "inline",
      "dev",
      {
        "vllm-eks:cluster": { publicAccessCidrs: ["100.20.30.40/32"] },
        "vllm-eks:preflight": false,
        "vllm-eks:platform": { chartRepository: path.join(__dirname, "charts") },
      },
      { PULUMI_DEBUG_PROVIDERS: account.debugProviders },
    );
  });

  it("creates network, cluster and set, and returns the endpoint", async () => {
    const { stack, options } = embedded;
    const { outputs } = await stack.up(options);
    assert.match(outputs.endpoint!.value as string, /^http:\/\/internal-/);
    assert.equal((await account.objects()).length, 95);
    assert.equal((await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm-inline")).length, 1);
  });

  it("changes nothing the second time", async () => {
    const { stack, options, changes } = embedded;
    changes.length = 0;
    await stack.up({ ...options, expectNoChanges: true });
    assert.deepEqual(changes, []);
  });

  it("is destroyed completely", async () => {
    const { stack, options } = embedded;
    await stack.destroy(options);
    assert.deepEqual(await account.objects(), []);
    const { deployment } = await stack.exportStack();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
  });
});
