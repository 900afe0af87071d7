import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSocketServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  leaderReadinessProbe,
  leaderStartupProbe,
  probeScripts,
  workerReadinessProbe,
} from "../../../components/vllmLeaderWorkerSet/probes";

// Runs the scripts as processes against a small server. Does not prove that the kubelet runs them or that vLLM answers in this form.
describe("probe scripts", () => {
  const folder = join(__dirname, "../../../components/vllmLeaderWorkerSet");

  async function serving<T>(listener: RequestListener, use: (port: number) => Promise<T>): Promise<T> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await use((server.address() as AddressInfo).port);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const run = (script: keyof typeof probeScripts, args: string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      // The script must not use a proxy from the environment: the engine is on the same host.
      const child = spawn("python3", ["-I", join(folder, script), ...args], {
        env: { ...process.env, http_proxy: "http://127.0.0.1:9", ...env },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
      child.on("close", (code) => resolve({ code, output: output.trim() }));
    });

  const complete = (port: number, env?: Record<string, string>, deadline = "2") =>
    run("completion.py", [`http://127.0.0.1:${port}`, "org/model", deadline], env);

  const bodyOf = async (request: IncomingMessage) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    return JSON.parse(text) as unknown;
  };

  it("asks for one token of the served model, with the key from its environment", async () => {
    const seen: unknown[] = [];
    const listener: RequestListener = (request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body });
        response.end(JSON.stringify({ choices: [{ text: "" }] }));
      });
    };
    const { code, output } = await serving(listener, (port) => complete(port, { VLLM_API_KEY: "k-123" }));
    assert.deepEqual({ code, output }, { code: 0, output: "" });
    const body = { model: "org/model", prompt: "1", max_tokens: 1, temperature: 0 };
    assert.deepEqual(seen, [{ method: "POST", url: "/v1/completions", authorization: "Bearer k-123", body }]);
  });

  it("sends no authorization without a key", async () => {
    let authorization: string | undefined = "none seen";
    const listener: RequestListener = (request, response) => {
      authorization = request.headers.authorization;
      response.end(JSON.stringify({ choices: [{ text: "x" }] }));
    };
    assert.equal((await serving(listener, (port) => complete(port))).code, 0);
    assert.equal(authorization, undefined);
  });

  it("fails on a refused key and does not print the key", async () => {
    const listener: RequestListener = (_, response) => response.writeHead(401).end('{"error":"Unauthorized"}');
    const { code, output } = await serving(listener, (port) => complete(port, { VLLM_API_KEY: "k-123" }));
    assert.deepEqual({ code, output }, { code: 1, output: "completion refused: HTTP 401" });
  });

  for (const [what, key] of [
    ["a trailing CR", "k-planted\r"],
    ["a trailing newline", "k-planted\n"],
    ["a header after a line break", "k-planted\r\nX-Other: 1"],
    ["an escape character", "k-planted\u001b[2J"],
    ["a letter outside Latin-1", "k-planted\u0142"],
    ["a letter of Latin-1", "k-planted\u00e9"],
    ["a space at its end", "k-planted "],
  ] as const) {
    it(`never prints a key with ${what}, and says what is wrong with it`, async () => {
      let requests = 0;
      const { code, output } = await serving(
        (_, response) => {
          requests++;
          response.end('{"choices": [{}]}');
        },
        (port) => complete(port, { VLLM_API_KEY: key }),
      );
      assert.equal(code, 1);
      assert.doesNotMatch(output, /planted/);
      assert.match(output, /^no completion: the API key has .* that an HTTP header cannot hold$/);
      assert.equal(requests, 0);
    });
  }

  for (const [what, answer] of [
    ["its status line", "HTTP/1.1 5x0 k-planted\r\n\r\n"],
    ["no HTTP at all", "k-planted\r\n\r\n"],
    ["its reason phrase", "HTTP/1.1 500 k-planted\r\nContent-Length: 0\r\n\r\n"],
    ["a body that is not JSON", "HTTP/1.1 200 OK\r\n\r\nk-planted"],
  ] as const) {
    it(`does not print the key if the server repeats it in ${what}`, async () => {
      for (const script of ["completion.py", "leader_health.py"] as const) {
        const server = createSocketServer((socket) => socket.on("data", () => socket.end(answer)).on("error", () => undefined));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const args = script === "completion.py" ? [`http://127.0.0.1:${port}`, "m", "2"] : [String(port), "2"];
        const { output } = await run(script, args, { VLLM_API_KEY: "k-planted", LWS_LEADER_ADDRESS: "127.0.0.1" });
        server.close();
        assert.doesNotMatch(output, /planted|Traceback/, script);
      }
    });
  }

  it("fails within its deadline if the server accepts the request and never answers", async () => {
    const began = Date.now();
    const { code, output } = await serving(
      () => undefined,
      (port) => complete(port, {}, "0.5"),
    );
    assert.deepEqual({ code, output }, { code: 1, output: "no completion: timed out" });
    assert.ok(Date.now() - began < 3000);
  });

  it("fails while nothing listens", async () => {
    const port = await serving(
      () => undefined,
      async (free) => free,
    );
    const { code, output } = await complete(port);
    assert.equal(code, 1);
    assert.match(output, /^no completion: .*refused/i);
  });

  for (const [what, answer] of [
    ["an empty body", ""],
    ["no choice", '{"choices": []}'],
    ["a list", "[1]"],
    ["HTML", "<html></html>"],
  ] as const) {
    it(`fails if a 200 has ${what}`, async () => {
      assert.equal(
        (
          await serving(
            (_, response) => response.end(answer),
            (port) => complete(port),
          )
        ).code,
        1,
      );
    });
  }

  it("reports a worker as ready only if its leader answers /health", async () => {
    const at = (status: number) =>
      serving(
        (request, response) => response.writeHead(request.url === "/health" ? status : 404).end(),
        (port) => run("leader_health.py", [String(port), "2"], { LWS_LEADER_ADDRESS: "127.0.0.1" }),
      );
    assert.equal((await at(200)).code, 0);
    assert.equal((await at(503)).code, 1);
  });

  describe("wait_for_leader.py", () => {
    /** How long it waits, and that it says nothing. */
    async function seconds(port: number, limitSeconds: number, address?: string, itself: string[] = []): Promise<number> {
      const temporary = mkdtempSync(join(tmpdir(), "vllm-eks-"));
      if (address !== undefined) writeFileSync(join(temporary, "vllm-eks-leader"), `${address}\n`);
      const began = Date.now();
      const { code, output } = await run("wait_for_leader.py", [String(port), ...itself, String(limitSeconds)], { TMPDIR: temporary });
      rmSync(temporary, { recursive: true });
      assert.deepEqual({ code, output }, { code: 0, output: "" });
      return (Date.now() - began) / 1000;
    }
    const ignore = () => undefined;
    const freePort = () => serving(ignore, async (port) => port);

    it("waits for its limit while the leader accepts connections", async () => {
      const waited = await serving(ignore, (port) => seconds(port, 4.5, "127.0.0.1"));
      assert.ok(waited >= 4.5, `${waited} s`);
    });

    it("ends after three misses if the leader is dead", async () => {
      const waited = await seconds(await freePort(), 60, "127.0.0.1");
      assert.ok(waited >= 3 && waited < 30, `${waited} s`);
    });

    it("waits in a leader while it serves itself, also in a group of one node, and not after a crash", async () => {
      const waited = await serving(ignore, (port) => seconds(port, 4.5, undefined, ["127.0.0.1"]));
      assert.ok(waited >= 4.5, `${waited} s`);
      const crashed = await seconds(await freePort(), 60, undefined, ["127.0.0.1"]);
      assert.ok(crashed >= 3 && crashed < 30, `${crashed} s`);
    });

    it("does not wait if no leader was ever found", async () => {
      assert.ok((await seconds(await freePort(), 60)) < 30);
    });
  });

  it("imports only the standard library", () => {
    const imported = Object.values(probeScripts).map((text) => text.match(/^(?:import|from) .*$/gm)?.map((line) => line.split(" ")[1]));
    assert.deepEqual(imported, [
      ["http.client", "json", "os", "sys", "urllib.error", "urllib.request"],
      ["http.client", "os", "sys", "urllib.error", "urllib.request"],
      ["hashlib", "http.client", "json", "os", "re", "sys", "time", "urllib.error", "urllib.request"],
      ["os", "socket", "sys", "time"],
    ]);
  });
});

describe("probes", () => {
  it("give the start-up exactly its budget, rounded up to whole tries", () => {
    const { periodSeconds, failureThreshold, exec, timeoutSeconds } = leaderStartupProbe("org/model", 905) as Record<string, unknown>;
    assert.deepEqual({ periodSeconds, failureThreshold, timeoutSeconds }, { periodSeconds: 10, failureThreshold: 91, timeoutSeconds: 10 });
    assert.deepEqual(exec, { command: ["python3", "/etc/vllm-eks/probes/completion.py", "http://127.0.0.1:8000", "org/model", "8"] });
  });

  it("take a leader out of service within 15 s", () => {
    const { periodSeconds, failureThreshold } = leaderReadinessProbe as Record<string, unknown>;
    assert.equal(Number(periodSeconds) * Number(failureThreshold), 15);
  });

  it("never send HTTP requests to a worker, because it has no server", () => {
    assert.deepEqual(Object.keys(workerReadinessProbe), ["exec", "periodSeconds", "timeoutSeconds", "failureThreshold"]);
  });
});
