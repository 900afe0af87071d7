import assert from "node:assert/strict";
import { failureMessage } from "../../components/failureAdvice";
import { failureAdvice } from "../../stacks/failureAdvice";
import { environmentOf, recordEnvironment } from "../support/environments";

// Proves what a failed wait would say and which resources say it. That an engine calls the hook is shown by the engine lane.

describe("a failed wait", () => {
  it("says what still costs money and how to stop it, for download, GPU nodes and engine", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    assert.deepEqual(
      recording.resources.filter(({ errorHooks }) => errorHooks.length > 0).map(({ name, errorHooks }) => [name, errorHooks]),
      [
        ["weights-download", ["weights-download-failed"]],
        ["gpu-nodes", ["gpu-nodes-failed"]],
        ["vllm-set", ["vllm-set-failed"]],
      ],
    );
  });

  it("names the GPU nodes with their price, and the commands that stop them, once they may run", () => {
    const text = failureMessage("vllm-set", "create", failureAdvice(environmentOf("dev"), "gpuNodesMayRun"));
    assert.match(
      text,
      /^vllm-set: the create has failed\. Still billed while you look: 2 × p4d\.24xlarge, \$43\.\d\d an hour, and \$0\.\d\d for the rest\./,
    );
    assert.match(text, /pulumi config set nodeCount 0; pulumi config set replicas 0; pulumi up\./);
  });

  it("says that no GPU node was launched when the download fails and nodes wait for it", () => {
    assert.match(
      failureAdvice(environmentOf("dev"), "beforeGpuNodes"),
      /^No GPU node was launched; the rest is billed at \$0\.\d\d an hour\./,
    );
    assert.match(failureAdvice(environmentOf("prod"), "beforeGpuNodes"), /^Still billed while you look: 4 × p5en\.48xlarge/);
  });
});
