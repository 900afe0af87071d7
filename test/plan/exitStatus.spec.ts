import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./commandLine";

// Proves the exit status of the command as a process, with both streams. cli.spec.ts and problems.spec.ts prove, inside one process, which
// inputs give which status.
describe("exit status of the command as a process", function () {
  this.timeout(60_000);

  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "exit-status-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const run = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/run.mjs", ...argv], { cwd: root, encoding: "utf8" });
    return { status, stdout, stderr };
  };

  it("is 0 for a plan that can be deployed, which goes to stdout alone", () => {
    const { status, stdout, stderr } = run("plan", "--stack", "local");
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.match(stdout, /^DEPLOYABLE local: /);
  });

  it("is 2 for a refused plan, with every problem in the JSON on stdout and nothing on stderr", () => {
    const { status, stdout, stderr } = run("plan", "--set", "nodeCount=1", "--set", "tags.aws:x=1", "--json");
    assert.deepEqual({ status, stderr }, { status: 2, stderr: "" });
    const { verdict, problems } = JSON.parse(stdout) as { verdict: string; problems: { code: string; severity: string }[] };
    assert.equal(verdict, "refused");
    assert.deepEqual(
      problems
        .filter(({ severity }) => severity === "error")
        .map(({ code }) => code)
        .sort(),
      ["tag-reserved", "too-few-nodes"],
    );
  });

  it("is 64 for wrong usage, which goes to stderr alone", () => {
    const { status, stdout, stderr } = run("plan", "--stack", "staging");
    assert.deepEqual({ status, stdout }, { status: 64, stdout: "" });
    assert.match(stderr, /^error: There is no environment "staging"/);
  });

  it("is 1 for an unforeseen error, which goes to stderr as a bug: here a folder instead of a file", () => {
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: vllm-eks\nruntime: nodejs\n");
    fs.mkdirSync(path.join(folder, "Pulumi.dev.yaml"));
    const { status, stdout, stderr } = run("plan", "--directory", folder, "--json");
    assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
    assert.match(stderr, /^This is a bug in vllm-eks: .*EISDIR/);
  });

  it("is 0 for help and for the version", () => {
    assert.equal(run("plan", "--help").status, 0);
    assert.match(run("--version").stdout, /^\d+\.\d+\.\d+/);
  });
});
