import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type * as automation from "../../automation";
import type { AutomatedStack, AutomationError, EnvironmentConfiguration, Progress } from "../../automation";
import { startAccount, type Account } from "./cloud/account";
import { automationOptions, automationPackage } from "./support/automated";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";

// Proves that `vllm-eks/automation` takes `dev` from an empty account to an empty one on the real engine, with one process for each
// operation, and that a lock, a signal, a refusal by AWS and a wrong configuration end in the right error, with a stack that can go on. The
// account and its speed are simulated.

const apiKey = "sk-automation-lane-0123456789";
const charts = path.join(__dirname, "charts");

describe("dev by vllm-eks/automation", function () {
  this.timeout(240_000);
  let account: Account;
  let dev: (environment?: EnvironmentConfiguration) => AutomatedStack;
  /** Every progress report that the caller received. */
  const told: Progress[] = [];
  /** Of the first deployment. */
  const creation: Progress[] = [];
  let phases: typeof automation.phases;
  const printed: string[] = [];
  const listening = { onProgress: (progress: Progress) => void told.push(progress), onOutput: (line: string) => void printed.push(line) };

  before(async () => {
    const { automate, ...more } = automationPackage();
    phases = more.phases;
    account = await startAccount(engineRun(), 300);
    const own = { apiKey, cluster: { publicAccessCidrs: ["100.20.30.40/32"] }, platform: { chartRepository: charts } };
    dev = (environment = {}) =>
      automate(automationOptions("automated", "dev", { ...own, ...environment }, { PULUMI_DEBUG_PROVIDERS: account.debugProviders }));
  });
  beforeEach(async () => {
    told.length = 0;
    printed.length = 0;
    await account.fail([]);
  });

  async function failure(operation: Promise<unknown>): Promise<AutomationError> {
    const error = await operation.then(
      () => assert.fail("It succeeded."),
      (thrown: unknown) => thrown as AutomationError,
    );
    assert.equal(error.name, "AutomationError", String(error));
    assert.ok(!JSON.stringify(error).includes(apiKey));
    return error;
  }

  it("previews what it then creates", async () => {
    const { changes } = await dev().preview(listening);
    assert.deepEqual(changes, { create: 124 });
    assert.equal(told.at(-1)!.percent, 100);
    assert.equal(account.calls.length, 0);
  });

  it("reports what is wrong with a configuration as data, and creates nothing", async () => {
    const { cause, problems, resources } = await failure(dev({ tensorParallelSize: 16, pipelineParallelSize: 1 }).deploy());
    assert.equal(cause, "invalid-configuration");
    assert.ok(problems.some(({ code, path: setting }) => code === "heads-not-divisible" && setting === "tensorParallelSize"));
    assert.deepEqual(resources, []);
    assert.equal(account.calls.length, 0);
  });

  it("calls a zone without GPUs no-capacity, names the node group, and says what is billed", async () => {
    await account.fail(["capacity p4d.24xlarge 1"]);
    const error = await failure(dev().deploy(listening));
    assert.equal(error.cause, "no-capacity");
    assert.deepEqual(error.resources, ["gpu-nodes"]);
    assert.match(error.advice, /Still billed until you act: 2 × p4d\.24xlarge, \$43\.96 an hour/);
    assert.match(error.original, /InsufficientInstanceCapacity: We currently do not have sufficient p4d\.24xlarge capacity/);
    assert.deepEqual(told.at(-1)!.failed, ["gpu-nodes"]);
    creation.push(...told);
  });

  it("reported one phase after the other, with growing progress, and no cost before the GPU nodes", () => {
    const order = creation.map(({ phase }) => phases.indexOf(phase!));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.deepEqual([creation[0]!.phase, creation.at(-1)!.phase], ["network", "gpuNodes"]);
    const percents = creation.map(({ percent }) => percent);
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => a - b),
    );
    assert.ok(creation[0]!.percent < 5 && creation.at(-1)!.percent < 100);
    const began = creation.findIndex(({ running }) => running.some(({ name }) => name === "gpu-nodes"));
    assert.ok(began > 0 && creation.slice(0, began).every(({ gpuUsd }) => gpuUsd === 0));
    const cluster = creation.filter(({ running }) =>
      running.some(({ name, phase }) => name === "cluster-eksCluster" && phase === "cluster"),
    );
    assert.ok(cluster.length > 1);
    assert.ok(creation.every(({ total }) => total === creation[0]!.total));
  });

  it("is cancelled by a signal while it waits for the set, and releases the lock", async () => {
    const cancel = new AbortController();
    const onProgress = ({ running }: Progress) => running.some(({ name }) => name === "vllm-set") && cancel.abort();
    const { cause } = await failure(dev().deploy({ onProgress, signal: cancel.signal }));
    assert.equal(cause, "cancelled");
  });

  it("goes on from there: keeps what exists, creates the rest, and returns the endpoint", async () => {
    const { changes, outputs } = await dev().deploy(listening);
    assert.deepEqual(changes, { create: 1, same: 123 });
    assert.match(String(outputs.endpoint), /^http:\/\/internal-/);
    assert.deepEqual(await dev().outputs(), outputs);
    const set = await engineRun().api.get("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm", "vllm-automated");
    assert.ok(set);
  });

  it("reports the lock when another process works on the stack, and does not disturb that process", async () => {
    await account.fail(["slow update aws:eks/nodeGroup:NodeGroup 15000"]);
    const first = dev({ nodeCount: 4, replicas: 2 }).deploy();
    await eventually("the update", 60, () => Promise.resolve(account.calls.includes("update gpu-nodes")));
    const { cause, advice } = await failure(dev().deploy());
    assert.equal(cause, "locked");
    assert.match(advice, /pulumi cancel -s \S+, then repeat/);
    await first;
    assert.equal(account.calls.filter((call) => call === "update gpu-nodes").length, 1);
  });

  it("refuses to destroy a protected environment before anything is deleted, and destroys it once it is not protected", async () => {
    await dev({ protect: true }).deploy();
    const before = await account.objects();
    const { cause, resources, advice } = await failure(dev({ protect: true }).destroy());
    assert.equal(cause, "protected");
    assert.deepEqual(resources.sort(), ["cluster-eksCluster", "weights-file-system"]);
    assert.match(advice, /pulumi config set -s \S+ protect false; pulumi up -s \S+\), then destroy \(pulumi destroy -s /);
    assert.deepEqual(await account.objects(), before);
    await dev().deploy();
  });

  it("deletes nothing with expired credentials", async () => {
    const before = (await account.objects()).length;
    await account.fail(["expired credentials"]);
    assert.equal((await failure(dev().destroy())).cause, "expired-credentials");
    assert.equal((await account.objects()).length, before);
  });

  it("destroys everything, including the stack, with the phases in reverse order", async () => {
    await dev().destroy({ ...listening, remove: true });
    assert.deepEqual(await account.objects(), []);
    assert.equal(told.at(-1)!.percent, 100);
    const stacks = fs.readdirSync(path.join(engineRun().keeper.folder, "automated-automated/state/.pulumi/stacks/vllm-eks"));
    assert.deepEqual(
      stacks.filter((file) => file.endsWith(".json")),
      [],
    );
    const order = told.map(({ phase }) => (phase === null ? -1 : phases.indexOf(phase)));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => b - a),
    );
    assert.ok(!printed.join("\n").includes(apiKey) && !JSON.stringify(told).includes(apiKey));
  });
});
