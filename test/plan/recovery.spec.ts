import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { planStack } from "../../plan/planner";
import type { PlanDocument } from "../../plan/document";
import { repository, today } from "../support/environments";

// Proves that the plan's section about faults has the waits of the manifests that it registers, and that docs/operations.md has its rows.
describe("recovery in the plan", () => {
  const plan = async (...settings: string[]): Promise<PlanDocument> =>
    (await planStack({ directory: repository, stack: "dev", today, settings })).document;

  /** Of the leader, as the manifest has them. */
  function registered({ resources }: PlanDocument) {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const only = (type: string) => resources!.find((resource) => resource.type.endsWith(type))!.inputs as any;
    const { spec } = only(":LeaderWorkerSet").spec.leaderWorkerTemplate.leaderTemplate;
    const [container] = spec.containers;
    const { args, env, lifecycle, livenessProbe } = container;
    const { exec, periodSeconds, failureThreshold } = livenessProbe;
    return {
      stepTimeoutSeconds: Number(env.find(({ name }: { name: string }) => name === "VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS").value),
      stalledSeconds: Number(exec.command.at(-1)) + periodSeconds * failureThreshold,
      preStopSeconds: Number(lifecycle.preStop.exec.command.at(-1)),
      shutdownTimeoutSeconds: Number(args[args.indexOf("--shutdown-timeout") + 1]),
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds as number,
      deregistrationSeconds: Number(only("aws:lb/targetGroup:TargetGroup").deregistrationDelay),
    };
  }

  for (const settings of [[], ["engine.stepTimeoutSeconds=600"], ["engine.maxNumBatchedTokens=65536"]])
    it(`has the numbers of the manifests with ${settings.join(" ") || "the settings of dev"}`, async () => {
      const document = await plan(...settings);
      if (!document.recovery) return assert.fail(document.problems.map(({ message }) => message).join("\n"));
      const { faults: _faults, longestStepSeconds, ...waits } = document.recovery;
      const { deregistrationSeconds, ...manifest } = registered(document);
      assert.deepEqual(waits, manifest);
      assert.ok(longestStepSeconds! * 3 < waits.stepTimeoutSeconds);
      const margin = waits.terminationGracePeriodSeconds - waits.preStopSeconds - waits.shutdownTimeoutSeconds;
      assert.ok(margin >= 30, `${margin} s to end`);
      assert.ok(deregistrationSeconds >= waits.preStopSeconds + waits.shutdownTimeoutSeconds, "the load balancer lets answers finish");
    });

  it("has no section for a stack that serves nothing", async () => {
    assert.equal((await plan("nodeCount=0", "replicas=0")).recovery, null);
  });

  it("is the table of docs/operations.md, for dev", async () => {
    const text = fs.readFileSync(path.join(repository, "docs/operations.md"), "utf8");
    const { recovery } = await plan();
    const { stepTimeoutSeconds, stalledSeconds, longestStepSeconds } = recovery!;
    for (const { fault, noticedBy, noticedSeconds, stoppedSeconds, nodeSeconds, startSeconds, totalSeconds } of recovery!.faults) {
      const parts = [noticedSeconds, stoppedSeconds, nodeSeconds, startSeconds].map((seconds) => seconds.toFixed(0));
      const row = `| ${[fault, noticedBy, ...parts, (totalSeconds / 60).toFixed(1)].join(" | ")} |`;
      assert.ok(text.includes(row), row);
    }
    for (const words of [`${stepTimeoutSeconds} s`, `${stalledSeconds} s`, `${longestStepSeconds!.toFixed(1)} s`])
      assert.ok(text.includes(words), words);
  });
});
