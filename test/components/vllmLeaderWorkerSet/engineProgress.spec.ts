import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaderLivenessProbe } from "../../../components/vllmLeaderWorkerSet/probes";
import { servingTimeouts } from "../../../sizing/costAndTime/timeouts";

// Runs the script as a process against a server that repeats what the /metrics of a real vLLM said (test/data/vllmMetrics). It does not
// prove what other versions say: the script must then count the engine as working.
const script = join(__dirname, "../../../components/vllmLeaderWorkerSet/engine_progress.py");
/** What /metrics said at a moment: idle, inside a prompt, while a request generates, and after its worker process was stopped. */
function recorded(version: string, moment: string): string {
  const text = readFileSync(join(__dirname, `../../data/vllmMetrics/${version}.json`), "utf8");
  const { always, moments } = JSON.parse(text) as { always: string[]; moments: Record<string, string[]> };
  return [...always, ...moments[moment]!, ""].join("\n");
}
const limitSeconds = 300;

interface Engine {
  /** Undefined: the path does not exist. */
  metrics: string | undefined;
  health: number;
  completes: boolean;
}

describe("engine_progress.py", () => {
  let temporary: string;
  beforeEach(() => (temporary = mkdtempSync(join(tmpdir(), "vllm-eks-"))));
  afterEach(() => rmSync(temporary, { recursive: true }));

  const run = (port: number, env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn("python3", ["-I", script, `http://127.0.0.1:${port}`, "org/model", String(limitSeconds)], {
        env: { ...process.env, http_proxy: "http://127.0.0.1:9", TMPDIR: temporary, VLLM_API_KEY: "k-planted", ...env },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
      child.on("close", (code) => resolve({ code, output: output.trim() }));
    });

  /** What the script remembers, as if its first try had been that long ago and its last one just now. */
  function pass(seconds: number, sinceLastTry = 0): void {
    const path = join(temporary, "vllm-eks-progress");
    const { work, since, last } = JSON.parse(readFileSync(path, "utf8")) as { work: string; since: number; last: number };
    writeFileSync(path, JSON.stringify({ work, since: since - seconds, last: last - sinceLastTry }));
  }

  /** Tries, as the kubelet does; `change` acts on the engine before the second try, which comes after the limit. */
  async function tried(engine: Partial<Engine>, change: (engine: Engine) => void = () => undefined) {
    const state: Engine = { metrics: "", health: 200, completes: false, ...engine };
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? "");
      if (request.url === "/metrics") response.writeHead(state.metrics === undefined ? 404 : 200).end(state.metrics);
      else if (request.url === "/health") response.writeHead(state.health).end();
      else if (state.completes) response.end('{"choices": [{"text": ""}]}');
      else response.writeHead(500).end(); // without an answer the try would take its eight seconds
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const first = await run(port);
      pass(limitSeconds);
      change(state);
      const second = await run(port);
      assert.deepEqual(
        requests.includes("/v1/completions"),
        second.output.startsWith("no step"),
        "asks for a completion only when in doubt",
      );
      return { first, second, port };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const working = { code: 0, output: "" };

  for (const version of ["0.27.1", "0.32.0"]) {
    describe(`with the numbers of vLLM ${version}`, () => {
      it("ends an engine that has stopped in the middle of an answer and completes nothing", async () => {
        const { first, second } = await tried(
          { metrics: recorded(version, "hung0") },
          (engine) => (engine.metrics = recorded(version, "hung1")),
        );
        assert.deepEqual(first, working);
        assert.equal(second.code, 1);
        assert.match(second.output, /^no step of the engine for \d+ s, with requests in it\ncompletion refused: HTTP 500$/);
      });

      it("keeps an engine that works on one long prompt, in parts, without a token", async () => {
        const [before, after] = [recorded(version, "prefill0"), recorded(version, "prefill1")];
        const generated = /^vllm:(generation_tokens_total|iteration_tokens_total_count)\{.*$/gm;
        assert.deepEqual(before.match(generated), after.match(generated), "the counters stand still meanwhile");
        const { second } = await tried({ metrics: before }, (engine) => (engine.metrics = after));
        assert.deepEqual(second, working);
      });

      it("keeps an engine that generates, and one that is idle", async () => {
        for (const [before, after] of [
          ["decode0", "decode1"],
          ["idle", "idle"],
          ["after", "after"],
        ] as const) {
          const { second } = await tried({ metrics: recorded(version, before) }, (engine) => (engine.metrics = recorded(version, after)));
          assert.deepEqual(second, working, before);
        }
      });

      it("keeps an engine that is asleep", async () => {
        const asleep = recorded(version, "hung0").replace(/^(vllm:engine_sleep_state\{.*"awake".*\}) 1\.0$/m, "$1 0.0");
        assert.notEqual(asleep, recorded(version, "hung0"));
        assert.deepEqual((await tried({ metrics: asleep })).second, working);
      });

      it("keeps an engine whose numbers are stale but which completes a request", async () => {
        const { second } = await tried({ metrics: recorded(version, "hung0"), completes: true });
        assert.equal(second.code, 0);
      });

      for (const name of ["num_requests_(running|waiting)", "iteration_tokens_total", ""])
        it(`keeps an engine whose version has another name for vllm:${name}`, async () => {
          const metrics = recorded(version, "hung0").replaceAll(new RegExp(`^vllm:(?=${name})`, "gm"), "engine:");
          assert.deepEqual((await tried({ metrics })).second, working);
        });

      it("begins to count again when the container has restarted, or when it has not watched for two minutes", async () => {
        const metrics = recorded(version, "hung0");
        const { second } = await tried(
          { metrics },
          (engine) => (engine.metrics = metrics.replaceAll(/(_created\{.*\}) .*$/gm, "$1 1.8e+09")),
        );
        assert.deepEqual(second, working);
        const stopped = await tried({ metrics }, () => pass(0, 130));
        assert.deepEqual(stopped.second, working);
      });
    });
  }

  it("follows /health where there is nothing at /metrics", async () => {
    assert.deepEqual((await tried({ metrics: undefined })).second, working);
    const { second } = await tried({ metrics: undefined }, (engine) => (engine.health = 503));
    assert.deepEqual(second, { code: 1, output: "/health answers with an error" });
  });

  it("keeps an engine if it cannot remember: no folder, or a file with something else in it", async () => {
    const metrics = recorded("0.27.1", "hung0");
    for (const text of ["", "[]", "{}", '{"work": 1, "since": "x", "last": "y"}', "\u0000"]) {
      const { second } = await tried({ metrics }, () => writeFileSync(join(temporary, "vllm-eks-progress"), text));
      assert.deepEqual(second, working, JSON.stringify(text));
    }
  });

  it("says within its deadline that a server does not answer, and never the key", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const began = Date.now();
    assert.deepEqual(await run(port), { code: 1, output: "/metrics does not answer: timed out" });
    assert.ok(Date.now() - began < 10_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(await run(port), { code: 1, output: "/metrics does not answer: Connection refused" });
  });
});

describe("liveness of a leader", () => {
  it("ends a silent engine only after vLLM's own limit and a whole prompt, and leaves it no time to drain", () => {
    const timeouts = servingTimeouts({ loadSecondsCold: 277, step: { seconds: 40, answerSeconds: 120, promptSeconds: 700 } });
    const { exec, periodSeconds, failureThreshold, timeoutSeconds, terminationGracePeriodSeconds } = leaderLivenessProbe("m", timeouts) as {
      exec: { command: string[] };
    } & Record<"periodSeconds" | "failureThreshold" | "timeoutSeconds" | "terminationGracePeriodSeconds", number>;
    const silentSeconds = Number(exec.command.at(-1)) + periodSeconds * failureThreshold;
    assert.equal(silentSeconds, timeouts.stalledSeconds);
    assert.ok(silentSeconds > timeouts.stepTimeoutSeconds + 700);
    assert.ok(timeoutSeconds > 4 + 8 && timeoutSeconds < periodSeconds);
    assert.equal(periodSeconds * failureThreshold, 240, "a server that does not answer at all");
    assert.ok(terminationGracePeriodSeconds < timeouts.terminationGracePeriodSeconds);
  });
});
