import assert from "node:assert/strict";
import { apiKey } from "../support/environments";
import { only } from "../support/record";
import { Group, type GroupSettings } from "./rehearsal/group";
import { probed } from "./rehearsal/kubelet";
import type { Answer } from "./rehearsal/question";
import { servingObjects, type ServingObjects } from "./rehearsal/servingObjects";
import { eventually } from "./support/eventually";

// Proves that hooks, drain and grace period of both pods of `dev` fit together when the controller deletes the group, and what a dead pod
// does to the other. The clock of hooks, drain and grace is fifteen times faster. A stand-in replaces vLLM: it drains as vLLM documents,
// and ends with its peer or hangs. devOnCluster.spec.ts proves, with the controller's real code, that the controller then recreates the
// group.

const speed = 15;
const model = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B";

describe("a group that stops", () => {
  let objects: ServingObjects;
  let group: Group;
  before(async () => (objects = await servingObjects()));
  afterEach(() => group?.end());
  const begin = async (settings?: GroupSettings) => (group = await (await Group.of(objects, { speed, ...settings })).serve());

  const tokenSeconds = 1;
  const ask = (tokens: number, onData?: (soFar: string) => void) =>
    group.ask({
      path: "/v1/completions",
      method: "POST",
      key: apiKey,
      body: { model, prompt: Array(tokens).fill("x").join(" "), stream: true },
      ...(onData && { onData }),
    });

  /** An answer that takes so many seconds of the manifests' clock; resolves when its first token has arrived. */
  async function streaming(seconds: number): Promise<{ answer: Promise<Answer> }> {
    let begun = false;
    const answer = ask(seconds / tokenSeconds, () => (begun = true));
    await eventually("a first token", 10, async () => begun);
    return { answer };
  }
  const tokensOf = ({ text }: Answer) => text.match(/"text":"x/g)?.length ?? 0;
  const tokenMilliseconds = (tokenSeconds * 1000) / speed;
  /** The controller deletes all pods of a group at once; the worker's node starts to end its pod some seconds before the leader's node. */
  const aheadSeconds = 5;
  async function deleted(): Promise<void> {
    const worker = group.worker.terminate();
    await new Promise((resolve) => setTimeout(resolve, (aheadSeconds * 1000) / speed));
    await Promise.all([worker, group.leader.terminate()]);
  }
  const since = (began: number) => ((Date.now() - began) / 1000) * speed;

  it("finishes a running answer after SIGTERM, takes new requests during the hook, none after it, and leaves with status 0", async () => {
    await begin({ tokenMilliseconds });
    const { answer } = await streaming(80);
    const began = Date.now();
    const gone = deleted();
    await eventually("the middle of the hook", 10, async () => since(began) > aheadSeconds + 6);
    assert.equal((await ask(1)).status, 200); // load balancers still send requests for a moment
    await eventually("a refusal", 10, () => ask(1).then(({ status }) => status === 500));
    assert.deepEqual([group.leader.end, group.worker.end], [undefined, undefined]);
    const { status, complete, text } = await answer;
    assert.deepEqual({ status, complete, tokens: tokensOf(await answer) }, { status: 200, complete: true, tokens: 80 });
    assert.match(text, /data: \[DONE\]\s*$/);
    await gone;
    assert.deepEqual(group.leader.end, { code: 0, signal: null });
    assert.match(group.leader.log, /^drained$/m);
  });

  it("cuts off an answer that is longer than hook and drain together, not earlier, and ends before the grace period is over", async () => {
    await begin({ tokenMilliseconds });
    const { answer } = await streaming(400);
    const began = Date.now();
    const gone = deleted();
    const cut = await answer;
    const cutAfter = since(began) - aheadSeconds;
    // The load balancer lets running requests go on for this long; nothing behind it may end sooner.
    const promised = Number(only(objects.recording, "aws:lb/targetGroup:TargetGroup").inputs.deregistrationDelay);
    assert.equal(cut.complete, false);
    assert.ok(cutAfter >= promised - 1, `cut after ${cutAfter} s, promised ${promised} s`);
    await gone;
    assert.ok(since(began) - aheadSeconds < objects.set.spec.leaderWorkerTemplate.leaderTemplate.spec.terminationGracePeriodSeconds);
    assert.deepEqual(group.leader.end, { code: 0, signal: null }, "not killed: it ends by itself");
    assert.equal(group.worker.end?.signal, null);
  });

  for (const [dead, other] of [
    ["worker", "leader"],
    ["leader", "worker"],
  ] as const)
    it(`loses its ${other} too when its ${dead} is killed, with a status by which the controller recreates the group`, async () => {
      await begin();
      const { restartPolicy } = objects.set.spec.leaderWorkerTemplate;
      group[dead].kill();
      await eventually(`the end of the ${other}`, 10, async () => group[other].end);
      assert.deepEqual([group[dead].end?.signal, group[other].end?.code], ["SIGKILL", 1]);
      assert.match(group[other].log, /^lost (rank 1|the leader)$/m);
      await assert.rejects(group.ask({ path: "/health" }), /ECONNREFUSED/);
      assert.match(restartPolicy, /^RecreateGroup(AfterStart|OnPodRestart)$/);
    });

  it("does not wait for a leader that has died: its worker, whose engine hangs, ends long before the longest drain", async () => {
    await begin({ onLostPeer: "hangs" });
    group.leader.kill();
    await eventually("the end of the leader", 10, async () => group.leader.end);
    assert.equal(group.worker.end, undefined);
    const limitSeconds = Number(group.worker.container.lifecycle!.preStop!.exec!.command.at(-1));
    const began = Date.now();
    await group.worker.terminate();
    // The hook asks once a second on the real clock: three misses take 45 s of the faster one.
    assert.ok(since(began) < limitSeconds * 0.7, `${since(began)} s of ${limitSeconds} s`);
  });

  it("looks healthy to every probe when its worker has died and its engine hangs: only the worker's end tells the controller", async () => {
    await begin({ onLostPeer: "hangs" });
    group.worker.kill();
    await eventually("the end of the worker", 10, async () => group.worker.end);
    const answer = await Promise.race([ask(1), new Promise<"none">((resolve) => setTimeout(() => resolve("none"), 1000))]);
    assert.equal(answer, "none");
    // The liveness probe counts only a silence of minutes, and only with requests in the engine (engineProgress.spec.ts).
    for (const [probe, output] of [
      ["readinessProbe", "HTTP 200"],
      ["livenessProbe", ""],
    ] as const)
      assert.deepEqual(await probed(group.leader, group.leader.container[probe]!), { ok: true, output });
    assert.equal(group.leader.end, undefined);
    assert.match(objects.set.spec.leaderWorkerTemplate.restartPolicy, /^RecreateGroup/);
  });
});
