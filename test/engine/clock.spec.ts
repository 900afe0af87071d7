import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { timeline, type TimelineNode } from "../../sizing/costAndTime/timeline";
import { minutesToCreate } from "./cloud/durations";
import { ownStack } from "./support/ownStack";
import { secondsOf } from "./support/secondsOf";
import { repository } from "./support/tools";

// Proves that the real engine waits for what the plan's timeline says it waits for, and for nothing else. The account takes the catalog's
// minutes on a faster clock; Kubernetes takes real time. This proves order and waiting, not how fast AWS is.

const millisecondsPerMinute = 2500;

interface PlannedResource {
  urn: string;
  type: string;
  name: string;
  parent: string | null;
  dependsOn: string[];
}

/** What the offline plan of the same folder registers, with what the schedule needs to know about it. */
function planned(folder: string, stack: string): TimelineNode[] {
  const args = [path.join(repository, "tools/run.mjs"), "plan", "--stack", stack, "--json", "--directory", folder];
  const { resources } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as { resources: PlannedResource[] };
  const kubernetes = resources.find(({ type }) => type === "pulumi:providers:kubernetes")!.urn;
  return resources.map(({ urn, type, name, parent, dependsOn }) => ({
    ...{ urn, type, name, dependsOn },
    ...(parent !== null && { parent }),
    ...(type.startsWith("kubernetes:") && { provider: `${kubernetes}::id` }),
    custom: !/^(vllm-eks|awsx|eks):/.test(type),
    remote: /^(awsx|eks):/.test(type),
  }));
}

describe("a deployment on the clock of the catalog", () => {
  it("takes as long as the plan's timeline says, step by step, within 10%", async function () {
    this.timeout(300_000);
    const { account, stack } = await ownStack("clock", "dev", {}, { millisecondsPerMinute });
    const began = Date.now();
    const { events } = stack.succeeded(await stack.up());
    const whole = Date.now() - began;

    const measured = secondsOf(events);
    const inMinutes = (milliseconds: number) => milliseconds / millisecondsPerMinute;
    const resources = planned(stack.folder, "clock");
    const predicted = timeline(resources, (node) => {
      const isAws = /^(aws|awsx|eks):/.test(node.type);
      const minutes = isAws ? minutesToCreate(node.type, node.name) : inMinutes(1000 * (measured.get(node.urn) ?? 0));
      return { label: node.name, seconds: 60 * minutes, source: "the run", assumed: false };
    });

    // Count from the first call to the account: before it, the program only starts.
    const calls = await account.timedCalls();
    const start = Math.min(...calls.map((call) => call.began));
    const ended = (name: string) => inMinutes(Math.max(...calls.filter((call) => call.name === name).map((call) => call.ended)) - start);
    const tenth = predicted.finishMinutes / 10;
    const of = (name: string) => predicted.nodes.get(resources.find((node) => node.name === name && node.type.startsWith("aws:"))!.urn)!;
    for (const name of ["weights-file-system", "endpoint-http", "coredns", "system-nodes", "gpu-nodes"]) {
      const expected = of(name).endSeconds / 60;
      assert.ok(
        Math.abs(ended(name) - expected) < tenth,
        `${name} after ${ended(name).toFixed(1)} min, planned ${expected.toFixed(1)} of ${predicted.finishMinutes.toFixed(1)}`,
      );
    }
    assert.ok(inMinutes(whole) > predicted.finishMinutes - tenth);

    // These run one after the other on the critical path, in the run as in the plan.
    const path = predicted.criticalPath.map(({ name }) => name).filter((name) => calls.some((call) => call.name === name));
    assert.ok(path.includes("gpu-nodes") && path.length >= 3, path.join());
    const ends = path.map(ended);
    assert.deepEqual(
      [...ends].sort((a, b) => a - b),
      ends,
    );

    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
  });
});
