import assert from "node:assert/strict";
import { failureAdvice, failureMessage } from "../../stacks/failureAdvice";
import { environmentOf, recordEnvironment } from "../support/environments";

// Proves what a failed wait would say and which resources say it. The engine lane shows that an engine calls the hook.

describe("a failed wait", () => {
  it("says what still costs money and how to stop it, for file system, download, nodes, engine, Releases and add-ons", async () => {
    const { resources } = await recordEnvironment(environmentOf("dev"));
    const advised = resources.filter(({ errorHooks }) => errorHooks.length > 0);
    for (const { name, errorHooks } of advised) assert.deepEqual(errorHooks, [`${name}-failed`]);
    const platform = resources.filter(({ type }) => type === "aws:eks/addon:Addon" || type === "kubernetes:helm.sh/v3:Release");
    assert.equal(platform.length, 7 + 4);
    const expected = [
      "weights-file-system",
      "weights-download",
      "gpu-nodes",
      "system-nodes",
      "vllm-set",
      ...platform.map(({ name }) => name),
    ];
    assert.deepEqual(advised.map(({ name }) => name).sort(), expected.sort());
  });

  it("names the GPU nodes with their price, and the commands that stop them, once they may run", () => {
    const text = failureMessage("vllm-set", "create", failureAdvice(environmentOf("dev"), "gpuNodesMayRun"));
    assert.match(
      text,
      /^vllm-set: create failed\. Still billed until you act: 2 × p4d\.24xlarge, \$43\.\d\d an hour, and \$0\.\d\d for the rest\./,
    );
    assert.match(text, /pulumi config set -s dev nodeCount 0 && pulumi config set -s dev replicas 0 && pulumi up -s dev\./);
  });

  it("says that no GPU node is launched when the download fails and nodes wait for it, and that earlier ones still run", () => {
    const text = failureAdvice(environmentOf("dev"), "beforeGpuNodes");
    assert.match(text, /^No GPU node is launched before this step is done; the rest is billed at \$0\.\d\d an hour\./);
    assert.match(
      text,
      /GPU nodes of an earlier deployment, if there are any, keep running: 2 × p4d\.24xlarge, \$43\.\d\d an hour\. To stop the GPUs/,
    );
    assert.match(failureAdvice(environmentOf("prod"), "beforeGpuNodes"), /^Still billed until you act: 4 × p5en\.48xlarge/);
  });
});
