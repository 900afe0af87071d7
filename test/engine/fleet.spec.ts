import assert from "node:assert/strict";
import fs from "node:fs";
import { instanceType } from "../../catalog/instanceTypes";
import type { AutomatedStack, AutomationError, DeployResult, Progress } from "../../automation";
import { automationOptions, automationPackage } from "./support/automated";
import { engineRun, systemZone } from "./support/engineRun";
import { nodeObject } from "./support/nodes";
import { volumes } from "./support/volumes";

// Proves that one program works on ten environments at once, with one process for each operation and a limit on processes, that a failing
// environment does not harm the others, and how much memory the processes take. The environments are like `local`: small, without AWS. The
// memory of AWS providers is not measured.

const names = Array.from({ length: 10 }, (_, index) => `tenant-${index}`);
const refused = "tenant-4";
const atOnce = 4;

interface Sample {
  processes: number;
  /** The largest resident set size of an operation's process so far, MiB. */
  largestMiB: number;
}

/** The operations' processes that run now: children of this process, with the runner among their arguments. */
function runners(): number[] {
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (!fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("automation/runner.js")) return [];
      const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
      if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== process.pid) return [];
      return [Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024];
    } catch {
      return []; // the process has ended meanwhile
    }
  });
}

describe("ten environments at once", function () {
  this.timeout(300_000);
  const told = new Map<string, Progress[]>();
  let stacks: AutomatedStack[];
  let most: Sample;
  let sampling: NodeJS.Timeout;

  before(async () => {
    const { automate, atMost } = automationPackage();
    const pool = atMost(atOnce);
    for (const name of names) {
      await volumes(engineRun().api, name, 1);
      // A laptop's node has room for two of them.
      await engineRun().api.create(nodeObject({ name: `node-of-${name}`, type: instanceType("cpu"), zone: systemZone }));
    }
    const cluster = { kubeconfig: engineRun().kubeconfig };
    stacks = names.map((name) =>
      automate(
        automationOptions(name, "local", { cluster, apiKey: `sk-${name}`, ...(name === refused && { tensorParallelSize: 3 }) }),
        pool,
      ),
    );
    most = { processes: 0, largestMiB: 0 };
    sampling = setInterval(() => {
      const found = runners();
      most = { processes: Math.max(most.processes, found.length), largestMiB: Math.max(most.largestMiB, ...found) };
    }, 50);
  });
  after(async () => {
    clearInterval(sampling);
    for (const name of names) await engineRun().api.delete("v1/Node", `node-of-${name}`);
  });

  it("are created, except the one that is refused, each with its own progress", async () => {
    const results = await Promise.allSettled(
      stacks.map((stack) => {
        const progress: Progress[] = [];
        told.set(stack.stackName, progress);
        return stack.deploy({ onProgress: (each) => progress.push(each) });
      }),
    );
    const failures = results.flatMap((result, index) =>
      result.status === "rejected" ? [[names[index], (result.reason as AutomationError).cause]] : [],
    );
    assert.deepEqual(failures, [[refused, "invalid-configuration"]]);
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") continue;
      assert.match(
        String((result as PromiseFulfilledResult<DeployResult>).value.outputs.portForward),
        new RegExp(`--namespace vllm-${names[index]} `),
      );
      assert.equal(told.get(names[index]!)!.at(-1)!.percent, 100);
    }
    const sets = await engineRun().api.list("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet");
    assert.equal(sets.filter(({ metadata }) => metadata.namespace?.startsWith("vllm-tenant-")).length, 9);
  });

  it("never ran in more processes than allowed, none of them larger than half a gigabyte, and none is left", () => {
    console.log(
      `      at most ${most.processes} processes, the largest ${most.largestMiB.toFixed(0)} MiB, this one ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
    );
    assert.equal(most.processes, atOnce);
    assert.ok(most.largestMiB > 50 && most.largestMiB < 512, String(most.largestMiB));
    assert.deepEqual(runners(), []);
  });

  it("are destroyed again, including the stacks", async () => {
    await Promise.all(stacks.map((stack) => stack.destroy({ remove: true })));
    const namespaces = await engineRun().api.list("v1/Namespace");
    assert.deepEqual(
      namespaces.filter(({ metadata }) => metadata.name?.startsWith("vllm-tenant-") && !metadata.deletionTimestamp),
      [],
    );
  });
});
