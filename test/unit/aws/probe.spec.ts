import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expectedOfLoadBalancer, probeCommand } from "../../aws/endpoint";
import { deployment } from "./rehearsal";

// Proves what the probe asks and reports, against a local server with the load balancer's answers. Does not prove the image and the pod.

describe("the probe inside the VPC", () => {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "without key"}`);
    request.resume().on("end", () => {
      const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
      if (!request.url?.startsWith("/v1")) return answer(404, {});
      if (request.headers.authorization !== `Bearer ${deployment.apiKey}`) return answer(401, {});
      return answer(200, { choices: [{}] });
    });
  });
  before((done) => void server.listen(0, "127.0.0.1", done));
  after(() => void server.close());

  it("asks for one completion with the key, for /health, and for /v1 without the key, and prints the answers as one line", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdin, args } = probeCommand(url, deployment);
    assert.ok(!args.join(" ").includes(deployment.apiKey));
    const child = spawn("python3", ["-"], { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stdin.end(stdin!.text);
    const status = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(out), expectedOfLoadBalancer);
    const key = `Bearer ${deployment.apiKey}`;
    assert.deepEqual(asked, [`POST /v1/chat/completions ${key}`, "GET /health without key", "GET /v1/models without key"]);
  });
});
