/**
 * Stands in for `vllm`: takes its command line, starts, meets its group, loads, serves, drains and ends as it does. Behind the front
 * answers llm-d-inference-sim. No GPU is used and no model is read.
 */
import { spawn, type ChildProcess } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { Front } from "./front";
import { meetAsLeader, meetAsWorker, type Meeting, type Member } from "./rendezvous";
import { serveArguments, type ServeArguments, UsageError, value, wholeNumber } from "./serveArguments";
import * as here from "./surroundings";

/** Arguments that may differ between the ranks of one engine. */
const ofOneNode = [
  "--node-rank",
  "--headless",
  "--host",
  "--port",
  "--shutdown-timeout",
  "--disable-access-log-for-endpoints",
  "--api-key",
];
/** torch's own limit for processes that wait for each other. */
const meetingSeconds = 600;
/** vLLM's default of VLLM_ENGINE_READY_TIMEOUT_S. */
const engineReadySeconds = 600;

async function main(): Promise<void> {
  const args = serveArguments(process.argv.slice(2));
  const nodes = wholeNumber(args, "--nnodes", 1);
  const rank = wholeNumber(args, "--node-rank", 0);
  check(args, nodes, rank);
  const meeting: Meeting = {
    nodes,
    masterAddress: value(args, "--master-addr") ?? "127.0.0.1",
    masterPort: wholeNumber(args, "--master-port", 29501),
    limitSeconds: wholeNumber(args, "--distributed-timeout-seconds", meetingSeconds),
  };
  const engine = Object.fromEntries([...args].filter(([flag]) => !ofOneNode.includes(flag)));
  const own: Member = { rank, host: process.env.VLLM_HOST_IP ?? "", engine };
  if (rank > 0) await work(own, meeting);
  else await lead(args, own, meeting);
}

function check(args: ServeArguments, nodes: number, rank: number): void {
  if (args.has("--headless") !== rank > 0) throw new UsageError(`--headless belongs to node ranks above 0; this is ${rank}`);
  const world = wholeNumber(args, "--tensor-parallel-size", 1) * wholeNumber(args, "--pipeline-parallel-size", 1);
  if (world / nodes !== here.gpus)
    here.fail(`World size (${world}) over ${nodes} nodes is not the number of available GPUs (${here.gpus}) on each.`);
  const model = value(args, "model_tag") ?? "";
  if (!here.mounts.some((mount) => model.startsWith(`${mount}/`)))
    here.fail(`${model} lies on no volume of the pod, and nothing is downloaded.`);
}

/** A worker has no server. It exits at once on SIGTERM: a worker does not drain. */
async function work(own: Member, meeting: Meeting): Promise<void> {
  process.on("SIGTERM", () => process.exit(0));
  await meetAsWorker(own, meeting, (who) => here.onLostPeer === "ends" && here.fail(`lost ${who}`));
  here.say("joined");
  setInterval(() => undefined, 60_000);
}

async function lead(args: ServeArguments, own: Member, meeting: Meeting): Promise<void> {
  const serving: { front?: Front } = {};
  process.on("SIGTERM", () => void stop(args, serving.front));
  const lost = (who: string) => {
    if (here.onLostPeer === "ends") here.fail(`lost ${who}`);
    if (serving.front) serving.front.hanging = true;
  };
  if (meeting.nodes > 1) await meetAsLeader(own, meeting, lost);
  here.say("all nodes are there; loading");
  const limit = Number(process.env.VLLM_ENGINE_READY_TIMEOUT_S ?? engineReadySeconds);
  const simulatorPort = await freePort();
  simulator(args, simulatorPort);
  await here.pause(here.milliseconds(Math.min(here.loadSeconds, limit)));
  if (here.loadSeconds > limit) here.fail(`TimeoutError: Timed out waiting for engine core processes to start after ${limit} s.`);
  while (!(await answers(simulatorPort))) await here.pause(10);
  const inEnvironment = process.env.VLLM_API_KEY ? [process.env.VLLM_API_KEY] : [];
  const front = new Front({
    keys: args.get("--api-key") ?? inEnvironment,
    simulatorPort,
    keepAliveSeconds: Number(process.env.VLLM_HTTP_TIMEOUT_KEEP_ALIVE ?? 5),
  });
  await front.listen(bound(value(args, "--host")), here.localPort(wholeNumber(args, "--port", 8000)));
  serving.front = front;
  here.say("Application startup complete.");
}

/** In a pod `0.0.0.0` means the pod's addresses, not all addresses of this machine. */
const bound = (host: string | undefined) =>
  host === undefined || host === "0.0.0.0" ? here.addresses : [host === "127.0.0.1" || host === "localhost" ? here.addresses[1]! : host];

/** `--shutdown-timeout`: https://github.com/vllm-project/vllm/pull/36666. Its default, 0, cuts what is running. */
async function stop(args: ServeArguments, front: Front | undefined): Promise<void> {
  const limit = wholeNumber(args, "--shutdown-timeout", 0);
  front?.drain();
  const deadline = Date.now() + here.milliseconds(limit);
  while (front && front.running > 0 && Date.now() < deadline) await here.pause(5);
  here.say(front?.running ? `${front.running} requests are cut after ${limit} s` : "drained");
  front?.cut();
  process.exit(0);
}

/** In echo mode an answer has as many tokens as its prompt. */
function simulator(args: ServeArguments, port: number): ChildProcess {
  const [name = value(args, "model_tag")!] = args.get("--served-model-name") ?? [];
  const length = value(args, "--max-model-len");
  const child = spawn(here.simulator, [
    ...["--model", name, "--port", String(port), "--mode", "echo", "--force-dummy-tokenizer"],
    ...["--inter-token-latency", `${here.tokenMilliseconds}ms`, ...(length === undefined ? [] : ["--max-model-len", length])],
  ]);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => here.say(String(text).trimEnd()));
  child.on("exit", (code) => here.fail(`EngineDeadError: the simulator ended with status ${code}`));
  process.on("exit", () => child.kill("SIGKILL"));
  return child;
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: "/health", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });

main().catch((error: unknown) => {
  if (error instanceof UsageError) here.fail(`usage: vllm serve [model_tag] [options]\nvllm serve: error: ${error.message}`, 2);
  here.fail(String(error instanceof Error ? error.stack : error));
});
