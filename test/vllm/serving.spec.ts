import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import { apiKey } from "../support/environments";
import { forwardedPaths, unforwardedPaths } from "../engine/rehearsal/enginePaths";
import { probed } from "../engine/rehearsal/kubelet";
import { forwarded, routed } from "../engine/rehearsal/routes";
import { servingObjectsOf } from "../engine/rehearsal/servingObjects";
import { eventually } from "../engine/support/eventually";
import { deleted } from "./support/controller";
import { VllmGroup } from "./support/group";
import { LoadBalancer } from "./support/loadBalancer";
import { addresses } from "./support/network";
import { skipIfNotStarted } from "./support/sharedGroup";
import { streamed, tokensIn, tokensOf } from "./support/streams";
import { versions } from "./versions.json";

// Proves that the two pods of `dev` become one engine with the vLLM of the default image, whichever starts first; who reaches it and with
// what; what it may write; and that no request is cut while the group is deleted. One group serves all cases, in this order.
// Nothing is proved about GPUs, NCCL, EFA, the image's own files, or how fast anything is.

const model = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B";

describe("the group of dev", () => {
  let group: VllmGroup;
  before(async () => {
    group = await VllmGroup.of({ stack: "dev", vllmVersion: versions[0]!, tensorParallelSize: 1, pipelineParallelSize: 2 });
  });
  after(() => group?.end());
  skipIfNotStarted(() => group);

  const completion = (key?: string, more = {}) =>
    group.ask({ path: "/v1/completions", method: "POST", key, body: { model, prompt: "a b c", max_tokens: 3, ignore_eos: true, ...more } });

  describe("that starts", () => {
    it("waits in the launch script while cluster DNS does not know the leader, the worker first and then the leader", async () => {
      await group.start(group.worker);
      assert.equal(await group.worker.ended(5), false);
      const { ok, output } = await probed(group.worker, group.worker.container.readinessProbe!);
      assert.deepEqual({ ok, output }, { ok: false, output: "leader does not serve: the name does not resolve" });
      await group.start(group.leader);
      assert.equal(await group.leader.ended(5), false);
      assert.deepEqual([group.leader.log, group.worker.log], ["", ""]);
    });

    it("serves when DNS knows the leader: the kubelet finds both pods ready, without a restart", async () => {
      group.publish();
      await group.ready();
      for (const { log } of group.pods) assert.match(log, /^Group leader vllm-0\.vllm\.vllm-dev is 10\.0\.64\.10\.$/m);
      for (const { liveness } of group.watches) assert.ok(liveness.every(({ ok }) => ok));
    });
  });

  describe("that serves", () => {
    it("completes for the key of the Secret, and answers 401 without it, with another, or with the beginning of it", async () => {
      const { status, text } = await completion(apiKey);
      assert.equal(status, 200, text);
      assert.equal((JSON.parse(text) as { usage: { completion_tokens: number } }).usage.completion_tokens, 3);
      for (const key of [undefined, "sk-other", apiKey.slice(0, -1)]) assert.equal((await completion(key)).status, 401, key ?? "no key");
    });

    it("names its model as the environment does", async () => {
      const { text } = await group.ask({ path: "/v1/models", key: apiKey });
      assert.deepEqual(
        (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id),
        [model],
      );
    });

    it("answers no path without the key that the load balancer forwards, of the paths that vLLM itself lists", async () => {
      const { text } = await group.ask({ path: "/openapi.json" });
      const listed = Object.keys((JSON.parse(text) as { paths: object }).paths).map((path) => path.replace(/\{\w+\}/g, "x"));
      assert.ok(listed.length > 20, `${listed.length} paths`);
      const { recording: controller } = await servingObjectsOf("dev", "ingress.mode=controller");
      const open: string[] = [];
      for (const path of new Set([...listed, ...unforwardedPaths, ...forwardedPaths]))
        if ((await group.ask({ path, method: "POST", body: {} })).status !== 401) open.push(path);
      for (const path of ["/health", "/metrics", "/tokenize"]) assert.ok(open.includes(path), path);
      const bare = open.map((path) => path.split("?")[0]!);
      assert.deepEqual(
        bare.filter((path) => forwarded(group.registered.recording, path) || routed(controller, path)),
        [],
      );
      assert.deepEqual(
        forwardedPaths.filter((path) => !forwarded(group.registered.recording, path)),
        [],
      );
    });

    it("has every metric that the probes, autoscaling and dashboards read", async () => {
      const { text } = await group.ask({ path: "/metrics" });
      const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
      const scripts = [...group.registered.configMaps.values()].flatMap((files) => Object.values(files));
      const read = scripts
        .flatMap((script) => [...script.matchAll(/vllm:[a-z_]+/g)].map(([name]) => name))
        .filter((name) => !name.endsWith("_"));
      const documented = ["vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"];
      const counters = ["prompt_tokens", "generation_tokens", "request_success", "num_preemptions"].map((name) => `vllm:${name}_total`);
      const known = (name: string) =>
        [name, name.replace(/_(total|sum|count|bucket|created)$/, ""), `${name}_total`].some((each) => names.has(each));
      assert.deepEqual(
        [...read, ...documented, ...counters].filter((name) => !known(name)),
        [],
      );
    });
  });

  describe("in its container", () => {
    it("is process 1 with the capability to pin memory and no other, can get no more, and shows the key nowhere", () => {
      for (const pod of group.pods) {
        const status = fs.readFileSync(`/proc/${pod.init}/status`, "utf8");
        const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1];
        assert.deepEqual([field("CapEff"), field("CapBnd"), field("NoNewPrivs")], ["0000000000004000", "0000000000004000", "1"]);
        const words = fs.readFileSync(`/proc/${pod.init}/cmdline`, "utf8");
        assert.match(words, /vllm\0serve\0/);
        assert.equal(words.includes(apiKey) || pod.log.includes(apiKey), false);
      }
      assert.equal(Object.values(group.worker.environment).includes(apiKey), false);
    });

    it("writes to the volumes of the manifest, and finds everything else read-only", async () => {
      for (const pod of group.pods) {
        const writable = pod.container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
        const readOnly = pod.container.volumeMounts.filter((mount) => mount.readOnly).map(({ mountPath }) => mountPath);
        for (const folder of writable) assert.deepEqual(await pod.execute(["touch", `${folder}/written`], 10), { ok: true, output: "" });
        for (const folder of ["/", "/root", "/etc", "/usr/local", "/var/tmp", ...readOnly])
          assert.match((await pod.execute(["touch", `${folder}/written`], 10)).output, /Read-only file system/, folder);
      }
    });
  });

  describe("under its NetworkPolicies", () => {
    const connects = (localAddress: string, host: string, port: number) =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect({ host, port, localAddress, timeout: 700 });
        const done = (reached: boolean) => () => resolve((socket.destroy(), reached));
        socket.on("connect", done(true)).on("timeout", done(false)).on("error", done(false));
      });
    /** In the network namespace of that process, also on sockets of IPv6, which take IPv4 too. */
    const listening = (pid: number): number[] => {
      const tables = ["tcp", "tcp6"].map((table) => fs.readFileSync(`/proc/${pid}/net/${table}`, "utf8")).join("\n");
      return [...new Set([...tables.matchAll(/^ *\d+: \w+:(\w{4}) 0+:0000 0A/gm)].map(([, port]) => parseInt(port!, 16)))];
    };

    it("is reached by a stranger on no port, and by the load balancer on the API's only", async () => {
      const open = async (from: string) => {
        const found: string[] = [];
        for (const pod of group.pods) {
          const ports = listening(pod.init);
          const reached = await Promise.all(ports.map((port) => connects(from, pod.address, port)));
          found.push(...ports.filter((_, index) => reached[index]).map((port) => `${pod.name}:${port}`));
        }
        return found;
      };
      assert.ok(listening(group.leader.init).includes(29501) && listening(group.worker.init).length > 3);
      for (const stranger of addresses.strangers) assert.deepEqual(await open(stranger), []);
      assert.deepEqual(await open(group.network.loadBalancer!), ["vllm-0:8000"]);
    });

    it("reaches its own pods and cluster DNS, and nothing else", async () => {
      const server = net.createServer().listen(4711, "0.0.0.0");
      const connect = (host: string, port: number) =>
        group.leader.execute(
          ["python3", "-c", "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)", host, String(port)],
          10,
        );
      try {
        assert.deepEqual(await connect("vllm-0.vllm.vllm-dev", 8000), { ok: true, output: "" });
        for (const outside of [...addresses.strangers, addresses.node])
          assert.match((await connect(outside, 4711)).output, /[Tt]ime|timed out/);
      } finally {
        server.close();
      }
    });
  });

  describe("that is deleted during a stream", () => {
    it("cuts nothing off: the hook covers deregistration, the drain covers the stream; then both pods end by themselves", async () => {
      const { sleep, exec } = group.leader.container.lifecycle?.preStop ?? {};
      const hookSeconds = sleep?.seconds ?? Number(exec?.command.at(-1) ?? 0);
      const tokens = await tokensIn(group, model, hookSeconds + 20);
      const balancer = new LoadBalancer((question) => group.ask(question));
      const stream = await streamed(group, model, tokens);
      const short = { model, prompt: "a", max_tokens: 2 };
      const others: { from: string; status: number }[] = [];
      balancer.deregister();
      const gone = deleted(group);
      const sending = (async () => {
        while (!group.leader.stopping || others.at(-1)?.from === "engine") {
          const { from, status } = await balancer.send({ path: "/v1/completions", method: "POST", key: apiKey, body: short });
          others.push({ from, status });
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      })();
      await eventually("SIGTERM", hookSeconds + 10, async () => group.leader.stopping);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const late = await completion(apiKey);
      const answer = await stream.answer;
      assert.deepEqual(
        { status: answer.status, complete: answer.complete, tokens: tokensOf(answer) },
        { status: 200, complete: true, tokens },
      );
      await sending;
      const refused = others.filter(({ from, status }) => from === "engine" && status !== 200);
      assert.deepEqual(refused, []);
      assert.ok(others.filter(({ from }) => from === "engine").length > 3);
      assert.equal(late.status, 500, "after SIGTERM vLLM refuses: only the hook keeps clients from seeing it");
      const seconds = await gone;
      console.log(`      the group ended ${seconds.toFixed(0)} s after its deletion`);
      assert.deepEqual(
        group.pods.map(({ end }) => end?.code),
        [0, 0],
        group.logs,
      );
      assert.ok(seconds < group.leader.template.spec.terminationGracePeriodSeconds);
    });
  });
});
