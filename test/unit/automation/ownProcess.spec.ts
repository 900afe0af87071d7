import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import path from "node:path";
import type { AutomationCause } from "../../../automation/automationError";
import type { AutomationOptions, DestroyOptions } from "../../../automation/options";
import { runInOwnProcess } from "../../../automation/ownProcess";
import { atMost } from "../../../automation/pool";
import { failureOf } from "./failureOf";

// Proves the messages with an operation's process, and how it ends, with a stand-in that does nothing. test/engine/automation.spec.ts runs
// the real one.

const apiKey = "sk-own-process-4711";
const start = (stackName: string, request: DestroyOptions = {}, more: Partial<AutomationOptions> = {}) =>
  runInOwnProcess({ stackName, environment: { apiKey }, ...more }, "deploy", request, path.join(__dirname, "standInRunner.cjs"));

const cause = async (operation: Promise<unknown>): Promise<AutomationCause> => (await failureOf(operation)).cause;

describe("an operation in its own process", () => {
  it("returns the result, reports progress and output in order, and has its own variables", async () => {
    const told: unknown[] = [];
    const request = { onProgress: ({ percent }: { percent: number }) => told.push(percent), onOutput: (line: string) => told.push(line) };
    const { changes } = await start("good", request, { environmentVariables: { MARK: "acme" } });
    assert.deepEqual(changes, { create: 2 });
    assert.deepEqual(told, [10, 60, "deploy acme"]);
    assert.equal(process.env.MARK, undefined);
  });

  it("has no variable of this process that no list names", async () => {
    process.env.PLANTED_SECRET = "planted";
    try {
      const told: string[] = [];
      await start("variables", { onOutput: (line) => told.push(line) }, { environmentVariables: { MARK: "acme" } });
      assert.ok(told.includes("MARK") && told.includes("PATH"), told.join(" "));
      assert.ok(!told.includes("PLANTED_SECRET"));
    } finally {
      delete process.env.PLANTED_SECRET;
    }
  });

  it("is told which reports the caller wants, and whether to remove the stack", async () => {
    const { outputs } = await start("good", { onProgress: () => {}, remove: true });
    assert.deepEqual(outputs, { tell: { progress: true, output: false }, request: { remove: true } });
  });

  it("fails in this process with the error of the other process", async () => {
    const { cause, resources, message } = await failureOf(start("refused"));
    assert.deepEqual({ cause, resources, message }, { cause: "no-capacity", resources: ["gpu-nodes"], message: "none there" });
  });

  it("fails with its last output, without the secret, when its process dies", async () => {
    const { cause, original } = await failureOf(start("dying"));
    assert.equal(cause, "unknown");
    assert.match(original, /The operation's process ended with status 3\. it has read \[secret\]/);
  });

  it("ends its process with the error text after an unforeseen error", async () => {
    const root = path.resolve(__dirname, "../../..");
    execFileSync(process.execPath, [path.join(root, "tools/transpile.mjs")]);
    const runner = fork(path.join(root, ".build/automation/runner.js"), [], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: 20_000,
    });
    let words = "";
    runner.stderr!.setEncoding("utf8").on("data", (text: string) => (words += text));
    runner.on("message", () => runner.send({ kind: "assignment", options: null, operation: "preview", request: {}, tell: {} }));
    const status = await new Promise((resolve) => runner.on("close", resolve));
    assert.equal(status, 1);
    assert.match(words, /TypeError/);
  });

  it("passes a signal on, and does not start after one", async () => {
    const cancel = new AbortController();
    const operation = start("endless", { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 200);
    assert.equal(await cause(operation), "cancelled");
    assert.equal(await cause(start("good", { signal: cancel.signal })), "cancelled");
  });

  it("does not affect other operations when it fails", async () => {
    const results = await Promise.allSettled([start("good"), start("dying"), start("good"), start("refused")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "rejected"],
    );
  });
});

describe("a pool", () => {
  const endings: (() => void)[] = [];
  const task = (name: string, order: string[]) => () => {
    order.push(name);
    return new Promise<void>((resolve) => endings.push(resolve));
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

  it("runs as many tasks as there is room for, and the others in the order of the calls", async () => {
    const pool = atMost(2);
    const order: string[] = [];
    const all = ["a", "b", "c", "d"].map((name) => pool.run(task(name, order)));
    await turn();
    assert.deepEqual(order, ["a", "b"]);
    endings.shift()!();
    await turn();
    assert.deepEqual(order, ["a", "b", "c"]);
    for (let left = 3; left > 0; left--, await turn()) endings.shift()!();
    await Promise.all(all);
    assert.deepEqual(order, ["a", "b", "c", "d"]);
  });

  it("gives the room of a failed task to the next one", async () => {
    const pool = atMost(1);
    const failed = pool.run(() => Promise.reject(new Error("no")));
    const next = pool.run(() => Promise.resolve("yes"));
    await assert.rejects(failed, /no/);
    assert.equal(await next, "yes");
  });

  it("runs a waiting task at once when its signal is aborted, so that the task can report that it was cancelled", async () => {
    const pool = atMost(1);
    const cancel = new AbortController();
    const order: string[] = [];
    const first = pool.run(task("first", order));
    const second = pool.run(() => Promise.resolve(cancel.signal.aborted), cancel.signal);
    cancel.abort();
    assert.equal(await second, true);
    endings.shift()!();
    await first;
  });
});
