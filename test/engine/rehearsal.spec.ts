import assert from "node:assert/strict";
import { apiKey } from "../support/environments";
import { Group, type GroupSettings } from "./rehearsal/group";
import { probed, watch } from "./rehearsal/kubelet";
import { servingObjects, type ServingObjects } from "./rehearsal/servingObjects";
import { eventually } from "./support/eventually";

// Proves that both pods of `dev`, as the program registers them, start in any order and at any speed: their commands, arguments, variables,
// scripts, probes and ports run as processes. A stand-in that takes vLLM's arguments and waits as vLLM does replaces vLLM, a loop on a
// faster clock replaces the kubelet, and a file replaces DNS. Nothing is proved about images, GPUs, NCCL, EFA or the model.

describe("a group that starts", () => {
  let objects: ServingObjects;
  let group: Group;
  before(async () => (objects = await servingObjects()));
  afterEach(() => group?.end());
  const begin = async (settings?: GroupSettings) => (group = await Group.of(objects, settings));

  const bothReady = async () => {
    for (const pod of [group.leader, group.worker])
      await eventually(`${pod.name} ready`, 10, async () => (await probed(pod, pod.container.readinessProbe!)).ok);
  };
  const models = async () => {
    const { status, text } = await group.ask({ path: "/v1/models", key: apiKey });
    assert.equal(status, 200);
    return (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  const isLoading = (what = /all nodes are there/) => eventually("the leader", 10, async () => what.test(group.leader.log));

  it("waits for its worker when the leader starts first, and serves the model under its name when both run", async () => {
    await begin();
    group.publish();
    group.leader.start();
    await isLoading(/master port 29501 is open; waiting for 1 of 2 nodes/);
    await assert.rejects(group.ask({ path: "/health" }), /ECONNREFUSED/);
    group.worker.start();
    await group.serving();
    await bothReady();
    assert.deepEqual(await models(), ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"]);
  });

  it("waits for its leader when the worker starts first, longer than its own start takes, and does not give up", async () => {
    await begin();
    group.publish();
    group.worker.start();
    await eventually("the launch script", 10, async () => /Group leader .* is 127/.test(group.worker.log));
    assert.equal(await group.worker.ended(30), false);
    group.leader.start();
    await group.serving();
    await bothReady();
  });

  it("stays in the launch script in both pods while the leader has no address, and starts by itself when DNS has the address", async () => {
    await begin();
    for (const pod of [group.leader, group.worker]) pod.start();
    for (const pod of [group.leader, group.worker]) assert.equal(await pod.ended(15), false);
    assert.deepEqual([group.leader.log, group.worker.log], ["", ""]);
    const { ok, output } = await probed(group.worker, group.worker.container.readinessProbe!);
    assert.deepEqual({ ok, output }, { ok: false, output: "leader does not serve: the name does not resolve" });
    group.publish();
    await group.serving();
    await bothReady();
    assert.match(group.worker.log, /^Group leader vllm-0\.vllm\.vllm-dev is 127\.0\.0\.2\.$/m);
  });

  it("survives a late worker and a load that takes longer than the limits of vLLM and the liveness probe", async () => {
    // 11 minutes of load: vLLM's default limit is 10, liveness would kill after 4, the start-up probe of dev allows 23.
    await begin({ speed: 120, loadSeconds: 660 });
    group.publish();
    const [leader, worker] = [watch(group.leader.start()), watch(group.worker)];
    assert.equal(await group.leader.ended(120), false);
    group.worker.start();
    await isLoading();
    const failedBefore = leader.startup.length;
    assert.ok(failedBefore > 0 && leader.startup.every(({ ok }) => !ok));
    await eventually("a passed start-up probe", 20, async () => group.leader.end ?? leader.startup.at(-1)?.ok);
    assert.equal(group.leader.end, undefined, `${leader.killed}\n${group.leader.log}`);
    assert.equal(leader.startup.filter(({ ok }) => ok).length, 1);
    assert.match(leader.startup[0]!.output, /^no completion: .*Connection refused/);
    await eventually("readiness of both", 10, async () => leader.ready && worker.ready && leader.liveness.length > 0);
    assert.ok(leader.liveness.every(({ ok }) => ok));
    assert.equal(group.leader.end ?? group.worker.end, undefined);
  });

  it("is ended by the start-up probe, after its whole budget, when it hangs and nothing else ends it", async () => {
    await begin({ speed: 500 });
    const { periodSeconds, failureThreshold } = group.leader.container.startupProbe!;
    const leader = watch(group.leader.start()); // DNS never gets its address
    assert.equal(await group.leader.ended(periodSeconds * (failureThreshold - 40)), false);
    assert.equal(await group.leader.ended(periodSeconds * 400), true);
    assert.match(leader.killed ?? "not killed", /^startup probe failed \d+ times: no completion: /);
  });

  it("names an argument that vLLM does not know, and its pod ends instead of serving with another configuration", async () => {
    const misspelt = structuredClone({ ...objects, recording: undefined }) as unknown as ServingObjects;
    misspelt.set.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0]!.args.push("--shutdown-timout", "3");
    group = await Group.of(misspelt);
    group.publish();
    group.leader.start();
    await eventually("the end", 10, async () => group.leader.end);
    assert.deepEqual(group.leader.end, { code: 2, signal: null });
    assert.match(group.leader.log, /vllm serve: error: unrecognized arguments: --shutdown-timout 3/);
  });

  it("refuses a worker that describes a different engine from its leader's", async () => {
    const unequal = structuredClone({ ...objects, recording: undefined }) as unknown as ServingObjects;
    unequal.set.spec.leaderWorkerTemplate.workerTemplate.spec.containers[0]!.args.push("--max-num-seqs", "7");
    group = await Group.of(unequal);
    group.publish();
    for (const pod of [group.leader, group.worker]) pod.start();
    await eventually("the end", 10, async () => group.leader.end && group.worker.end);
    assert.match(group.leader.log, /rank 1 describes another engine: --max-num-seqs/);
  });
});
