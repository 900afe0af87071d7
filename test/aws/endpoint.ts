/** The endpoint as a client in the VPC sees it, and as a user outside sees it through a port-forward. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { downloadImage } from "../../catalog/images";
import type { Deployment } from "./deployment";
import { commandFrom, type Command } from "./runner";
import type { Session } from "./session";

/**
 * The image of the download: a system node already has it. Program and key are sent on stdin, so that neither the pod nor a log shows the
 * key.
 */
export function probeCommand(url: string, { apiKey, model }: Deployment): Command {
  const program = fs.readFileSync(path.join(__dirname, "probe.py"), "utf8");
  // A JSON string is also a Python string: escapes mean the same in both.
  const question = `\n\nmain(**json.loads(${JSON.stringify(JSON.stringify({ url, key: apiKey, model }))}))\n`;
  const pod = ["run", "endpoint-probe", "--namespace", "default", `--image=${downloadImage.uri}`, "--restart=Never"];
  return {
    program: "kubectl",
    args: [...pod, "--rm", "--stdin", "--quiet", "--pod-running-timeout=5m", "--command", "--", "python", "-"],
    stdin: { text: program + question, called: "probe.py with the key" },
  };
}

export const expectedOfLoadBalancer = { health: 404, withoutKey: 401, withKey: 200, choices: 1 };

export async function checkLoadBalancer(inside: Session, url: string, deployment: Deployment): Promise<void> {
  const { stdout } = await inside.run(probeCommand(url, deployment));
  const line = stdout.split("\n").find((each) => each.startsWith("{"));
  assert.ok(line !== undefined, `the probe said: ${stdout.slice(0, 200)}`);
  assert.deepEqual(JSON.parse(line), expectedOfLoadBalancer, `the load balancer answered ${line}`);
}

/** The two commands that the stack prints, as a user would type them. */
export async function checkFromDesk(inside: Session, outputs: { portForward: string; tryIt: string }): Promise<void> {
  const forward = inside.runner.start(commandFrom(outputs.portForward, "kubectl"));
  try {
    const { stdout: status } = await inside.run({ program: "curl", args: withoutKey });
    assert.equal(status, "401", `without a key /v1/models answered ${status}`);
    const { stdout } = await inside.run({ program: "sh", args: ["-c", outputs.tryIt] });
    const { choices } = JSON.parse(stdout) as { choices?: unknown[] };
    assert.equal(choices?.length, 1, `tryIt printed ${stdout.slice(0, 200)}`);
  } finally {
    await forward.end();
  }
}

/** Waits for the port-forward to listen. */
const patiently = ["--silent", "--retry", "10", "--retry-connrefused", "--retry-delay", "2"];
const withoutKey = [...patiently, "--output", "/dev/null", "--write-out", "%{http_code}", "http://localhost:8000/v1/models"];
