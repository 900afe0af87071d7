import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { processRunner } from "../../aws/processRunner";
import type { Command } from "../../aws/runner";

// Proves how programs are started, fed and ended, with shell scripts under their names. Does not prove that Pulumi writes its state on
// SIGINT.

describe("the process runner of the cloud lane", () => {
  let folder: string;
  let shown = "";
  const never = new AbortController().signal;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-runner-"));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const runner = (graceSeconds = 10) =>
    processRunner({ folder, environment: { STACK: "cheap" }, show: (text) => (shown += text), graceSeconds: () => graceSeconds });
  const script = (text: string, more: Partial<Command> = {}): Command => ({ program: "sh", args: ["-c", text], ...more });

  it("gives a program its environment, folder and input, and returns its status and both outputs", async () => {
    const command = script("read -r key; echo $STACK $key; pwd; echo bad >&2; exit 7", { stdin: { text: "sk-1\n", called: "the key" } });
    const { status, stdout, stderr } = await runner().run(command, never);
    assert.deepEqual({ status, stdout, stderr }, { status: 7, stdout: `cheap sk-1\n${fs.realpathSync(folder)}\n`, stderr: "bad\n" });
    assert.equal(shown, "");
  });

  it("shows the output of a long program as it comes", async () => {
    await runner().run(script("echo creating", { shown: true }), never);
    assert.equal(shown, "creating\n");
  });

  it("returns 127 for a program that does not exist", async () => {
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      const { status, stderr } = await runner().run({ program: "kubectl", args: [] }, never);
      assert.deepEqual({ status, stderr }, { status: 127, stderr: "spawn kubectl ENOENT" });
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("asks a program to end by SIGINT and waits for its last output", async () => {
    const abort = new AbortController();
    const running = runner().run(script("trap 'echo state written; exit 3' INT; echo up; while :; do sleep 0.05; done"), abort.signal);
    setTimeout(() => abort.abort(), 200);
    const { status, stdout } = await running;
    assert.deepEqual({ status, stdout }, { status: 3, stdout: "up\nstate written\n" });
  });

  it("kills a program that does not end in time, with the processes that it started", async () => {
    const abort = new AbortController();
    const running = runner(0.1).run(script("trap '' INT; while :; do sleep 0.05; done"), abort.signal);
    setTimeout(() => abort.abort(), 100);
    assert.equal((await running).status, -1);
  });

  it("ends a background program on request", async () => {
    const file = path.join(folder, "ended");
    const background = runner().start(script(`trap 'touch ${file}; exit' TERM; echo x >&2; while :; do sleep 0.05; done`));
    while (!shown.endsWith("x\n")) await new Promise((resolve) => setTimeout(resolve, 20));
    await background.end();
    assert.ok(fs.existsSync(file));
  });
});
