import assert from "node:assert/strict";
import { apiKey } from "../support/environments";
import { preStopped, probed } from "../engine/rehearsal/kubelet";
import type { Probe } from "../engine/rehearsal/servingObjects";
import { eventually } from "../engine/support/eventually";
import { deleted, firstEnd } from "./support/controller";
import { VllmGroup } from "./support/group";
import { skipIfNotStarted } from "./support/sharedGroup";
import { streamed, tokensIn } from "./support/streams";
import { versions } from "./versions.json";

// Proves what a real engine over two pods does when one of them hangs or dies: who notices, after how many seconds, and that the pods that
// are left end soon, so that the controller can make the group again. The limit of an engine step is 40 s instead of the manifest's, and
// the liveness probe is asked with three seconds of patience instead of its minutes.

const model = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B";
const seconds = (since: number) => (Date.now() - since) / 1000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const say = (text: string) => console.log(`      ${text}`);

describe("a group that computes each layer on two nodes", () => {
  const stepSeconds = 40;
  let group: VllmGroup;
  before(async () => {
    const environment = { VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS: String(stepSeconds) };
    const settings = ['engine.extraArguments=["--enforce-eager"]']; // it starts sooner
    const sizes = { tensorParallelSize: 2, pipelineParallelSize: 1 };
    group = await VllmGroup.of({ stack: "dev", settings, vllmVersion: versions[0]!, ...sizes, environment });
  });
  after(() => group?.end());
  skipIfNotStarted(() => group);
  const completion = () =>
    group.ask({ path: "/v1/completions", method: "POST", key: apiKey, body: { model, prompt: "a b c", max_tokens: 3, ignore_eos: true } });

  it("serves, the leader started first", async () => {
    await group.serve();
    assert.equal((await completion()).status, 200);
  });

  /** Undefined where liveness only asks whether the server answers. */
  const impatientLiveness = (): Probe | undefined => {
    const probe = group.leader.container.livenessProbe!;
    const command = probe.exec?.command;
    return command && { ...probe, exec: { command: [...command.slice(0, -1), "3"] } };
  };

  // The numbers of an idle engine do not show the request at which it stops: only the limit of a step ends that one.
  it("is alive for an impatient liveness probe while it computes", async function () {
    const probe = impatientLiveness();
    if (!probe) return this.skip();
    const { answer } = await streamed(group, model, await tokensIn(group, model, 15));
    for (let tries = 0; tries < 4; tries++) {
      assert.equal((await probed(group.leader, probe)).ok, true);
      await pause(3000);
    }
    assert.equal((await answer).status, 200);
  });

  it("ends its leader when its worker hangs during an answer, after the limit of a step; until then /health says 200", async () => {
    const stream = await streamed(group, model, 20_000);
    group.worker.signalAll("SIGSTOP");
    const began = Date.now();
    const answer = completion();
    const probe = impatientLiveness();
    if (probe) {
      const stalled = async () => !(await probed(group.leader, probe)).ok;
      await eventually("a failed liveness probe", stepSeconds - 5, stalled);
      say(`an impatient liveness probe failed after ${seconds(began).toFixed(0)} s`);
    }
    assert.equal((await group.ask({ path: "/health" })).status, 200);
    assert.equal((await answer).status, 500);
    await stream.answer;
    const answered = seconds(began);
    assert.equal(await firstEnd(group, 30), group.leader.name);
    say(`the request failed after ${answered.toFixed(0)} s, the leader ended after ${seconds(began).toFixed(0)} s`);
    assert.ok(answered >= stepSeconds - 1 && answered < stepSeconds + 20, `${answered} s`);
  });

  it("does not keep its worker waiting for a leader that has died: the hook is over in seconds", async () => {
    group.worker.signalAll("SIGCONT");
    const began = Date.now();
    await preStopped(group.worker);
    const hook = seconds(began);
    group.worker.signal("SIGTERM");
    // Seen: 12 to 24 s when the worker hung before an answer, more than 60 s when it hung during one. The grace period bounds it.
    const ended = await group.worker.ended(60);
    say(`the hook took ${hook.toFixed(0)} s, the worker ${ended ? "ended" : "still ran"} after ${seconds(began).toFixed(0)} s`);
    assert.ok(hook < 20, `${hook} s`);
  });
});

describe("a group of the newest vLLM", () => {
  let group: VllmGroup;
  before(async () => {
    const version = versions.at(-1)!;
    const settings = [`engine.vllmVersion=${version}`, "engine.image=registry.example.com/vllm:newest", "engine.cudaVersion=13.0"];
    group = await VllmGroup.of({ stack: "dev", settings, vllmVersion: version, tensorParallelSize: 1, pipelineParallelSize: 2 });
  });
  after(() => group?.end());
  skipIfNotStarted(() => group);
  const completion = () =>
    group.ask({ path: "/v1/completions", method: "POST", key: apiKey, body: { model, prompt: "a b c", max_tokens: 3, ignore_eos: true } });

  it("takes every argument that the manifest has for it, and serves", async () => {
    await group.serve();
    const { status, text } = await completion();
    assert.equal(status, 200, text);
    assert.equal((await group.ask({ path: "/v1/models" })).status, 401);
    const { version } = JSON.parse((await group.ask({ path: "/version" })).text) as { version: string };
    assert.equal(version.replace("+cpu", ""), versions.at(-1));
  });

  it("loses its worker's pod when the engine's process in it dies, although /health of the leader still says 200", async () => {
    const began = Date.now();
    const engine = group.worker.processes().filter((pid) => pid !== group.worker.init);
    for (const pid of engine) process.kill(pid, "SIGKILL");
    assert.equal(await firstEnd(group, 60), group.worker.name);
    say(`the worker's container ended ${seconds(began).toFixed(0)} s after its engine`);
    assert.deepEqual(
      await probed(group.leader, { httpGet: { path: "/health", port: 8000 }, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 1 }),
      {
        ok: true,
        output: "HTTP 200",
      },
    );
  });

  it("is gone soon after the controller deletes it: after the leader's hook and some seconds", async () => {
    const { sleep, exec } = group.leader.container.lifecycle?.preStop ?? {};
    const hookSeconds = sleep?.seconds ?? Number(exec?.command.at(-1) ?? 0);
    const took = await deleted(group);
    say(`all pods had ended ${took.toFixed(0)} s after their deletion`);
    assert.ok(group.pods.every(({ end }) => end));
    assert.ok(took < hookSeconds + 60, `${took} s`);
  });
});
