import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { PassThrough } from "node:stream";
import { progressBar, progressText } from "../../../automation/terminal";
import type { Progress } from "../../../automation/progress";
import { repository } from "../../support/environments";

// Proves the text of the bar. It does not prove how cli-progress draws it on a terminal.

const progress: Progress = {
  operation: "deploy",
  state: "running",
  percent: 42,
  phase: "cluster",
  running: [
    { urn: "u1", name: "weights-file-system", type: "t", phase: "weights", action: "create", seconds: 300 },
    { urn: "u2", name: "cluster-eksCluster", type: "t", phase: "cluster", action: "create", seconds: 252 },
  ],
  failed: [],
  done: 12,
  total: 95,
  elapsedMinutes: 15,
  expectedMinutes: 35.5,
  gpuUsd: 0,
};

describe("the progress bar", () => {
  it("shows the phase, the resource it waits for, the minutes, and dollars once there are any", () => {
    assert.equal(progressText(progress), "cluster: cluster-eksCluster 4.2 min · 15 of 36 min");
    assert.equal(progressText({ ...progress, phase: "gpuNodes", running: [], gpuUsd: 2.5 }), "GPU nodes · 15 of 36 min · $2.50 of GPUs");
    assert.equal(
      progressText({ ...progress, phase: null, running: [], expectedMinutes: null, failed: ["a", "b"] }),
      "15.0 min · failed: a, b",
    );
  });

  it("writes the percentage and the text to its stream", () => {
    const stream = new PassThrough();
    const bar = progressBar(stream);
    bar.update({ ...progress, percent: 10 });
    bar.update(progress);
    bar.stop();
    assert.match(String(stream.read()), /42% cluster: cluster-eksCluster 4\.2 min · 15 of 36 min/);
  });

  it("is not loaded with the library; neither is Pulumi, until an operation runs in this process", () => {
    execFileSync(process.execPath, [path.join(repository, "tools/transpile.mjs")]);
    const program = `require(${JSON.stringify(path.join(repository, ".build/automation"))});
      console.log(Object.keys(require.cache).filter((file) => /node_modules.(cli-progress|@pulumi)/.test(file)).length);`;
    assert.equal(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }).trim(), "0");
  });
});
