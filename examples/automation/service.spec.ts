import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type http from "node:http";
import type { AddressInfo } from "node:net";
import {
  AutomationError,
  type AutomatedStack,
  type DeployResult,
  type EnvironmentConfiguration,
  type OperationOptions,
  type Progress,
} from "../../automation";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { deployments, type Deployment, type Deployments } from "./deployments";
import { fileJournal, memoryJournal } from "./journal";
import { service } from "./service";

// Proves the service with an automation that creates nothing. test/engine/automation.spec.ts proves that the real one deploys.

const token = "service-token";
const halfWay = { operation: "deploy", state: "running", percent: 50, phase: "cluster" } as Progress;
const failure = (stackName: string, cause: AutomationError["cause"]) =>
  new AutomationError({
    cause,
    operation: "deploy",
    stackName,
    resources: ["gpu-nodes"],
    advice: "wait",
    problems: [],
    original: "",
    message: cause,
  });

/** The test controls it: an operation ends when the test calls `end`. */
class FakeStack implements AutomatedStack {
  calls: string[] = [];
  end: (error?: Error) => void = () => {};
  constructor(
    readonly stackName: string,
    readonly environment: EnvironmentConfiguration,
  ) {}
  deploy = (options: OperationOptions = {}) => this.operation("deploy", options);
  preview = (options: OperationOptions = {}) => this.operation("preview", options);
  refresh = (options: OperationOptions = {}) => this.operation("refresh", options);
  destroy = (options: OperationOptions & { remove?: boolean } = {}) =>
    this.operation(options.remove ? "destroy and remove" : "destroy", options);
  outputs = () => Promise.resolve({});

  private operation(name: string, { onProgress, signal }: OperationOptions): Promise<DeployResult> {
    this.calls.push(name);
    onProgress?.(halfWay);
    return new Promise((resolve, reject) => {
      this.end = (error) => (error ? reject(error) : resolve({ changes: {}, minutes: 1, outputs: { endpoint: "http://llm" } }));
      signal?.addEventListener("abort", () => reject(failure(this.stackName, "cancelled")));
    });
  }
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function until<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("the example service", () => {
  const stacks: FakeStack[] = [];
  let all: Deployments;
  let server: http.Server;
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

  before(async () => {
    all = deployments((stackName, environment) => {
      const stack = new FakeStack(stackName, environment);
      stacks.push(stack);
      return stack;
    });
    server = service(all, token);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server.close());

  async function ask(method: string, path: string, body?: unknown, authorization = `Bearer ${token}`, asked = server) {
    const { port } = asked.address() as AddressInfo;
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization },
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, body: (await response.json()) as Deployment & { message?: string } };
  }
  const created = async (stackName: string, environment: EnvironmentConfiguration = {}) => {
    const { body } = await ask("POST", "/deployments", { stackName, environment });
    return { id: body.id, stack: stacks.at(-1)! };
  };

  it("starts a deployment, reports its progress, and returns the endpoint when it is ready", async () => {
    const { status, body } = await ask("POST", "/deployments", { stackName: "acme", environment: { nodeCount: 4, apiKey: "sk-1" } });
    assert.deepEqual([status, body.stackName, body.state], [202, "acme", "deploying"]);
    assert.deepEqual(stacks[0]!.environment, { nodeCount: 4, apiKey: "sk-1" });
    assert.deepEqual((await ask("GET", `/deployments/${body.id}`)).body.progress, halfWay);
    stacks[0]!.end();
    await turn();
    const ready = (await ask("GET", `/deployments/${body.id}`)).body;
    assert.deepEqual([ready.state, ready.outputs], ["ready", { endpoint: "http://llm" }]);
    assert.ok(!JSON.stringify(ready).includes("sk-1"));
  });

  it("answers with the cause and the advice when a deployment fails, and can destroy what remains", async () => {
    const { id, stack } = await created("short");
    stack.end(failure("short", "no-capacity"));
    await turn();
    const { state, error } = (await ask("GET", `/deployments/${id}`)).body;
    assert.deepEqual(
      [state, error],
      ["failed", { cause: "no-capacity", message: "no-capacity", advice: "wait", resources: ["gpu-nodes"] }],
    );
    assert.equal((await ask("DELETE", `/deployments/${id}`)).status, 202);
    await turn();
    const { calls, environment, end } = stacks.at(-1)!;
    end();
    await turn();
    const { body } = await ask("GET", `/deployments/${id}`);
    assert.deepEqual([body.state, body.error, stack.calls, calls], ["destroyed", undefined, ["deploy"], ["destroy and remove"]]);
    assert.deepEqual(environment, {}, "an environment that is refused could not be destroyed");
  });

  it("stops a running deployment before it destroys it, and refuses to destroy it twice", async () => {
    const { id, stack } = await created("hasty");
    assert.equal((await ask("DELETE", `/deployments/${id}`)).body.state, "destroying");
    await turn();
    assert.deepEqual([stack.calls, stacks.at(-1)!.calls], [["deploy"], ["destroy and remove"]]);
    assert.equal((await ask("DELETE", `/deployments/${id}`)).status, 409);
    stacks.at(-1)!.end();
    await turn();
    assert.equal((await ask("GET", `/deployments/${id}`)).body.state, "destroyed");
  });

  it("refuses a second deployment with the same name until the first is gone", async () => {
    const { id } = await created("twice");
    assert.equal((await ask("POST", "/deployments", { stackName: "twice" })).status, 409);
    await ask("DELETE", `/deployments/${id}`);
    await turn();
    stacks.at(-1)!.end();
    await turn();
    assert.equal((await ask("POST", "/deployments", { stackName: "twice" })).status, 202);
  });

  it("refuses requests without the token, malformed requests, and paths that do not exist", async () => {
    const statuses = await Promise.all([
      ask("GET", "/deployments/x", undefined, "Bearer other"),
      ask("POST", "/deployments", "no JSON"),
      ask("POST", "/deployments", { environment: {} }),
      ask("POST", "/deployments", { stackName: "a", environment: { model: "x".repeat(70_000) } }),
      ask("GET", "/deployments/x"),
      ask("GET", "/other"),
      ask("PUT", "/deployments"),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 400, 400, 400, 404, 404, 405],
    );
  });

  it("refuses tokens that are longer, shorter or cut, and names that are not a stack's own", async () => {
    for (const wrong of ["", "Bearer", `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, `bearer ${token}`])
      assert.equal((await ask("GET", "/deployments/x", undefined, wrong)).status, 401, wrong);
    for (const stackName of ["x/../../y", "--help", "acme/other", "A", "a".repeat(59), ""])
      assert.equal((await ask("POST", "/deployments", { stackName })).status, 400, stackName);
    assert.equal((await ask("POST", "/deployments", { stackName: "list", environment: [] })).status, 400);
  });

  it("closes a connection that sends its headers too slowly", async () => {
    const slow = service(all, token, { headersTimeout: 50, connectionsCheckingInterval: 20 });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const socket = net.connect((slow.address() as AddressInfo).port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nx: "));
    let answer = "";
    socket.on("data", (data: Buffer) => (answer += data.toString()));
    await new Promise((resolve) => socket.on("close", resolve));
    assert.match(answer, /^HTTP\/1\.1 408 /);
    slow.close();
  });

  it("gives no client more than its time, and has a limit of connections", () => {
    assert.deepEqual([server.headersTimeout, server.requestTimeout, server.maxConnections], [10_000, 30_000, 200]);
  });

  it("refuses more operations than it may have under way, with 429", async () => {
    const few = deployments((stackName, environment) => new FakeStack(stackName, environment), { mostUnderWay: 2 });
    const busy = service(few, token);
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const statuses: number[] = [];
    for (const stackName of ["one", "two", "three"])
      statuses.push((await ask("POST", "/deployments", { stackName }, undefined, busy)).status);
    assert.deepEqual(statuses, [202, 202, 429]);
    busy.close();
  });

  it("finds after a restart what was under way, continues it by the same request, and can destroy it", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"));
    const journal = fileJournal(path.join(folder, "deployments.json"));
    const started: FakeStack[] = [];
    const start = () =>
      deployments((stackName, environment) => (started.push(new FakeStack(stackName, environment)), started.at(-1)!), { journal });
    const first = start();
    const { id } = first.create("acme", { apiKey: "sk-planted" });
    first.create("other", {});
    assert.ok(!fs.readFileSync(path.join(folder, "deployments.json"), "utf8").includes("planted"));
    const second = start();
    assert.deepEqual([second.find(id)!.state, second.find(id)!.stackName], ["interrupted", "acme"]);
    const again = second.create("acme", {});
    assert.deepEqual([again.id, again.state], [id, "deploying"]);
    started.at(-1)!.end();
    await turn();
    const third = start();
    assert.equal(third.find(id)!.state, "ready");
    assert.ok(third.destroy(id));
    await turn();
    started.findLast(({ stackName }) => stackName === "acme")!.end();
    await turn();
    assert.equal(start().find(id)!.state, "destroyed");
    assert.deepEqual(memoryJournal().read(), []);
    fs.rmSync(folder, { recursive: true });
  });

  it("goes on when the journal cannot be written, and says so", async () => {
    const said: unknown[] = [];
    const { error } = console;
    console.error = (...words: unknown[]) => void said.push(words.join(" "));
    let writes = 0;
    const write = () => assert.ok(++writes === 1, "the disk is full");
    const stack = new FakeStack("acme", {});
    const few = deployments(() => stack, { journal: { read: () => [], write } });
    const { id } = few.create("acme", {});
    stack.end();
    await few.close().finally(() => (console.error = error));
    assert.equal(few.find(id)!.state, "ready");
    assert.deepEqual(said, ["The journal cannot be written: AssertionError [ERR_ASSERTION]: the disk is full"]);
  });

  it("trusts no tenant: the real one refuses a file of its machine", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "service-"));
    const port = await freePort();
    const variables = { SERVICE_TOKEN: token, PORT: String(port), SERVICE_JOURNAL: path.join(folder, "deployments.json") };
    const main = fork(path.join(__dirname, "main.ts"), [], {
      execArgv: ["--require", path.resolve(__dirname, "../../test/support/environment.cjs")],
      env: { ...process.env, ...variables },
      stdio: "inherit",
    });
    const request = (at: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${at}`, { ...init, headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
    try {
      const body = JSON.stringify({ stackName: "acme", environment: { modelConfigFile: "/etc/passwd" } });
      const post = await until(() => request("/deployments", { method: "POST", body }));
      const { id } = (await post.json()) as Deployment;
      const failed = await until(async () => {
        const shown = (await (await request(`/deployments/${id}`))!.json()) as Deployment;
        return shown.state === "failed" ? shown : undefined;
      });
      assert.equal(failed.error!.cause, "invalid-configuration");
      assert.match(failed.error!.message, /\[untrusted-setting\] modelConfigFile/);
    } finally {
      main.kill("SIGKILL");
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("stops everything when it ends", async () => {
    const { id, stack } = await created("last");
    await all.close();
    assert.equal(all.find(id)!.error!.cause, "cancelled");
    assert.deepEqual(stack.calls, ["deploy"]);
  });
});
