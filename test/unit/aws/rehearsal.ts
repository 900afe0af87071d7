/** The cloud lane without the cloud: recorded answers replace the programs, and all output is kept. */
import assert from "node:assert/strict";
import { lane, type World } from "../../aws/lane";
import { main } from "../../aws/main";
import { makeProject } from "../../aws/project";
import { expectedOfLoadBalancer } from "../../aws/endpoint";
import { RecordedRunner, successfulRun, type Answer } from "../../aws/recordedRunner";
import type { Deployment } from "../../aws/deployment";
import { announced } from "../../aws/runner";

export const deployment: Deployment = {
  stack: "cheap-0000",
  region: "us-west-2",
  availabilityZone: "us-west-2a",
  cluster: "vllm-eks-cheap-0000",
  namespace: "vllm-cheap-0000",
  model: "Qwen/Qwen3-8B",
  instanceType: "g6.8xlarge",
  nodeCount: 2,
  usdPerHour: 4.69,
  quota: { code: "L-DB2E81BA", vcpus: 64 },
  apiKey: "sk-secret-of-this-run",
};

export const passphrase = "passphrase-of-this-run";

export const outputs = {
  endpoint: "http://internal-endpoint.us-west-2.elb.amazonaws.com",
  kubeconfig: "aws eks update-kubeconfig --region us-west-2 --name vllm-eks-cheap-0000",
  portForward: "kubectl --namespace vllm-cheap-0000 port-forward service/vllm-leader 8000:8000",
  tryIt: 'curl -s http://localhost:8000/v1/chat/completions -H "Authorization: Bearer $(pulumi config get apiKey)"',
  model: "Qwen/Qwen3-8B",
  replicas: 1,
  usdPerHour: 4.69,
};

export { expectedOfLoadBalancer };

export interface Rehearsed {
  status: number;
  /** Commands, in order. */
  lines: string[];
  said: string;
}

interface Circumstances {
  /** Answers that take precedence over those of a successful run. */
  answers?: Answer[];
  interrupted?: AbortSignal;
  expires?: World["expires"];
}

function world(runner: RecordedRunner, said: string[], { interrupted, expires }: Circumstances): World {
  const say = (line: string) => void said.push(line);
  return {
    runner: announced(runner, say),
    say,
    interrupted: interrupted ?? new AbortController().signal,
    expires: expires ?? (() => new AbortController().signal),
    pause: () => Promise.resolve(),
    clock: () => 0,
  };
}

/** Only the run, with permission given. */
export async function rehearsedLane(circumstances: Circumstances = {}): Promise<Rehearsed> {
  const runner = new RecordedRunner([...(circumstances.answers ?? []), ...successfulRun(deployment, outputs)]);
  const said: string[] = [];
  const status = await lane(deployment, { minutes: 114, firstTokenMinutes: 28 }, world(runner, said, circumstances));
  assert.equal(runner.open, 0, "a port-forward goes on");
  return { status, lines: runner.lines, said: said.join("\n") };
}

export interface RehearsedMain extends Rehearsed {
  /** How often a runner was requested. */
  runners: number;
  folder: string;
}

/** The lane from the command line on. A real run, if allowed, fails at its first command unless `answers` say otherwise. */
export async function rehearsedMain(argv: string[], environment: Record<string, string>, answers: Answer[] = []): Promise<RehearsedMain> {
  const runner = new RecordedRunner([...answers, () => ({ status: 1, stderr: "not here" })]);
  const said: string[] = [];
  let runners = 0;
  let folder = "";
  const status = await main(argv, {
    ...world(runner, said, {}),
    environment,
    today: "2026-11-24",
    apiKey: deployment.apiKey,
    project(request) {
      const project = makeProject(request, "0000", passphrase);
      folder = project.folder;
      return project;
    },
    runner() {
      runners += 1;
      return runner;
    },
  });
  return { status, lines: runner.lines, said: said.join("\n"), runners, folder };
}
