import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { nodeMachine } from "../../../preflight/machine/nodeMachine";
import { ProgramFailure, runProgram } from "../../../preflight/machine/program";
import { proxyFor } from "../../../preflight/machine/proxy";
import { eventually } from "../../engine/support/eventually";
import { clusterServer, type ClusterServer } from "./clusterServer";

// Proves limits and refusals with shell scripts and servers on loopback, but not that a slow name server or network ends in time.

const machine = nodeMachine();

describe("programs of this machine", () => {
  it("are asked without a shell, and answer with standard output alone", async () => {
    assert.equal(await machine.output("echo", ["$HOME; a b", "c"]), "$HOME; a b c\n");
    assert.equal(await machine.output("sh", ["-c", "echo answer; echo warning >&2"]), "answer\n");
  });

  it("reject with ENOENT if they do not exist", async () => {
    await assert.rejects(machine.output("aws-4711", ["--version"]), { code: "ENOENT" });
  });

  it("reject with their reason if they fail: the last line that names one", async () => {
    const script = "echo Traceback >&2; echo; echo 'An error occurred (AccessDenied)' >&2; echo more >&2; exit 254";
    await assert.rejects(machine.output("sh", ["-c", script]), (error) => {
      assert.ok(error instanceof ProgramFailure);
      assert.equal(error.message, "sh: An error occurred (AccessDenied)");
      return true;
    });
    await assert.rejects(machine.output("sh", ["-c", "exit 7"]), { message: "sh ended with status 7" });
  });

  it("cannot ask the user: they have neither a terminal nor input", async () => {
    assert.equal(await machine.output("sh", ["-c", 'read -r line; (: < /dev/tty) 2>/dev/null && echo terminal; echo "<$line>"']), "<>\n");
  });

  it("are killed after their time, with everything that they started", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-program-"));
    try {
      const began = performance.now();
      const late = runProgram("sh", ["-c", `sleep 60 & echo $! > ${folder}/pid; wait`], { limitMilliseconds: 300 });
      await assert.rejects(late, { message: "sh gave no answer in 0.3 s" });
      assert.ok(performance.now() - began < 2000);
      const child = Number(fs.readFileSync(path.join(folder, "pid"), "utf8"));
      await eventually("the end of the program's child", 5, async () => !runs(child));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("are killed when they print without end", async () => {
    await assert.rejects(machine.output("yes", []), { message: "yes printed more than 1048576 bytes" });
  });
});

/** A process that ended is still listed, as a zombie, until its parent waits for it. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^State:\tZ/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("addresses asked from this machine", () => {
  let cluster: ClusterServer;
  let plain: http.Server;
  let url: string;
  const answers: Record<string, string> = { "/address": "198.51.100.7\n", "/long": "x".repeat(100_000) };

  before(async () => {
    cluster = await clusterServer();
    cluster.answers["/readyz"] = { status: 401, body: "{}" };
    cluster.answers["/address"] = { status: 200, body: "198.51.100.7\n" };
    plain = http.createServer(({ url: path = "" }, response) => {
      const body = answers[path];
      response.writeHead(body === undefined ? 500 : 200).end(body);
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  });
  after(async () => {
    await cluster.close();
    plain.closeAllConnections();
    await new Promise((resolve) => plain.close(resolve));
  });

  it("are reached with any certificate, as long as no header is sent", async () => {
    assert.equal(await machine.httpStatus(`${cluster.url}/readyz`), 401);
  });

  it("get no header, which may contain a token, if the certificate is not trusted", async () => {
    const seen = cluster.requests.length;
    await assert.rejects(machine.httpStatus(`${cluster.url}/readyz`, { authorization: "Bearer hf_test" }), {
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    await assert.rejects(machine.text(`${cluster.url}/address`), { code: "SELF_SIGNED_CERT_IN_CHAIN" });
    assert.equal(cluster.requests.length, seen);
  });

  it("answer with a text, without the line break", async () => {
    assert.equal(await machine.text(`${url}/address`), "198.51.100.7");
  });

  it("give no text if they answer with an error, or with too much", async () => {
    await assert.rejects(machine.text(`${url}/none`), { message: `${url}/none answered with status 500` });
    await assert.rejects(machine.text(`${url}/long`), { message: `${url}/long answered with more than 65536 bytes` });
  });

  it("reject if nothing answers", async () => {
    await assert.rejects(machine.httpStatus("https://127.0.0.1:1/"), { code: "ECONNREFUSED" });
  });

  it("are late after three seconds", async () => {
    cluster.answers["/silent"] = "silent";
    await assert.rejects(machine.httpStatus(`${cluster.url}/silent`), { message: `no answer from ${cluster.url.slice(8)} in 3 s` });
  });

  it("are not asked behind a proxy", async () => {
    process.env.HTTPS_PROXY = "http://proxy:3128";
    try {
      await assert.rejects(machine.httpStatus("https://cluster.example/"), {
        message: "cluster.example is behind a proxy here (HTTPS_PROXY), and the preflight does not use proxies",
      });
    } finally {
      delete process.env.HTTPS_PROXY;
    }
  });
});

describe("the proxy of an address", () => {
  for (const [address, environment, expected] of [
    ["https://a.example/", {}, undefined],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1" }, "HTTPS_PROXY"],
    ["https://a.example/", { https_proxy: "http://p:1" }, "HTTPS_PROXY"],
    ["https://a.example/", { HTTP_PROXY: "http://p:1" }, undefined],
    ["http://a.example/", { HTTP_PROXY: "http://p:1" }, "HTTP_PROXY"],
    ["https://127.0.0.1:6443/", { HTTPS_PROXY: "http://p:1" }, undefined],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "b.example, example:443" }, undefined],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: ".example" }, undefined],
    ["https://aexample/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "example" }, "HTTPS_PROXY"],
    ["https://a.example/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
    ["https://10.1.2.3/", { HTTPS_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "HTTPS_PROXY"],
  ] as const)
    it(`is ${expected ?? "none"} for ${address} with ${JSON.stringify(environment)}`, () => {
      assert.equal(proxyFor(new URL(address), environment), expected);
    });
});
