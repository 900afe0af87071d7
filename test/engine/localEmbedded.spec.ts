import assert from "node:assert/strict";
import { embeddedStack, type EmbeddedStack } from "./support/embeddedStack";
import { engineRun } from "./support/engineRun";
import { volumes } from "./support/volumes";

// Proves that the environments work as an inline program of the Automation API, as the README shows it, on the real engine and cluster.
// No container runs, as in the other specs.

describe("local by the Automation API", () => {
  const namespace = "vllm-embedded";
  let embedded: EmbeddedStack;

  before(async function () {
    this.timeout(60_000);
    await volumes(engineRun().api, "embedded", 1);
    embedded = await embeddedStack("embedded", "local", { "vllm-eks:cluster": { kubeconfig: engineRun().kubeconfig } });
  });

  it("previews what it then creates, and returns its outputs", async () => {
    const { stack, options } = embedded;
    const preview = await stack.preview(options);
    const announced = preview.changeSummary.create;
    const { outputs, summary } = await stack.up(options);
    assert.equal(summary.resourceChanges?.create, announced);
    assert.equal(outputs.model!.value, "Qwen/Qwen3-0.6B");
    assert.match(outputs.portForward!.value as string, /--namespace vllm-embedded port-forward service\/vllm-leader 8000:8000/);
    assert.equal((await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", namespace)).length, 1);
  });

  it("changes nothing the second time", async () => {
    const { stack, options, changes } = embedded;
    changes.length = 0;
    await stack.up({ ...options, expectNoChanges: true });
    assert.deepEqual(changes, []);
  });

  it("is gone after destroy", async () => {
    const { stack, options } = embedded;
    await stack.destroy(options);
    const { deployment } = await stack.exportStack();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
    assert.ok(!(await engineRun().api.list("v1/Namespace")).some(({ metadata }) => metadata.name === namespace));
  });
});
