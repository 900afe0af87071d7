/** Probes as a kubelet runs them: the start-up probe first and alone, then the other two until the container ends. */
import { spawn } from "node:child_process";
import http from "node:http";
import type { Container, PodTemplate, Probe } from "./servingObjects";

export interface ProbeResult {
  ok: boolean;
  output: string;
}

/** A pod as far as a kubelet needs it. */
export interface ProbedPod {
  readonly template: PodTemplate;
  readonly container: Container;
  /** Waits of the manifests pass this many times faster. */
  readonly speed: number;
  /** Set when the container has ended. */
  readonly end: unknown;
  /** Runs a command in the container. */
  execute(command: string[], timeoutSeconds: number): Promise<ProbeResult>;
  /** Where requests to a port of the pod go. */
  endpoint(port: number): { host: string; port: number };
  /** Whether the container ends within this number of seconds of the manifests. */
  ended(seconds: number): Promise<boolean>;
  /** Sends a signal to process 1 of the container. */
  signal(signal: NodeJS.Signals): void;
}

/** Runs a probe once, by its real command or request, within its real time limit. */
export function probed(pod: ProbedPod, probe: Probe): Promise<ProbeResult> {
  if (probe.exec) return pod.execute(probe.exec.command, probe.timeoutSeconds);
  if (probe.httpGet) return requested(pod, probe.httpGet, probe.timeoutSeconds);
  throw new Error(`A probe of a kind that is not rehearsed: ${Object.keys(probe).join(", ")}`);
}

export function executed(words: string[], env: Record<string, string>, timeoutSeconds: number): Promise<ProbeResult> {
  const [program = "", ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, timeout: timeoutSeconds * 1000, killSignal: "SIGKILL" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    child.on("error", (error) => resolve({ ok: false, output: String(error) }));
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}

/** Resolves when the hook before SIGTERM is over: at the latest with the container, or with the grace period. */
export async function preStopped(pod: ProbedPod): Promise<void> {
  const { sleep, exec } = pod.container.lifecycle?.preStop ?? {};
  const { terminationGracePeriodSeconds } = pod.template.spec;
  if (sleep) await pod.ended(Math.min(sleep.seconds, terminationGracePeriodSeconds));
  if (!exec) return;
  // Its last word is a limit, in seconds of the manifests.
  const command = exec.command.map((word, index, { length }) => (index === length - 1 ? String(Number(word) / pod.speed) : word));
  const hook = pod.execute(command, terminationGracePeriodSeconds / pod.speed);
  const { ok, output } = await Promise.race([hook, pod.ended(600).then(() => ({ ok: true, output: "" }))]);
  if (!ok && !pod.end) throw new Error(`FailedPreStopHook: ${output}`);
}

/** What a kubelet does when a pod is deleted: the hook, SIGTERM to process 1, and SIGKILL when the grace period is over. */
export async function terminated(pod: ProbedPod): Promise<void> {
  const { terminationGracePeriodSeconds } = pod.template.spec;
  const began = Date.now();
  await preStopped(pod);
  if (pod.end) return;
  pod.signal("SIGTERM");
  const hookSeconds = ((Date.now() - began) * pod.speed) / 1000;
  if (await pod.ended(terminationGracePeriodSeconds - hookSeconds)) return;
  pod.signal("SIGKILL");
  await pod.ended(600);
}

function requested(pod: ProbedPod, { path, port }: NonNullable<Probe["httpGet"]>, timeoutSeconds: number): Promise<ProbeResult> {
  const number = typeof port === "number" ? port : pod.container.ports?.find(({ name }) => name === port)?.containerPort;
  const target = { ...pod.endpoint(number!), path, agent: false };
  return new Promise((resolve) => {
    const request = http.get({ ...target, timeout: timeoutSeconds * 1000 }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve({ ok: status >= 200 && status < 400, output: `HTTP ${status}` });
    });
    request.on("timeout", () => request.destroy(new Error("timed out")));
    request.on("error", (error) => resolve({ ok: false, output: String(error) }));
  });
}

export interface Watch {
  startup: ProbeResult[];
  liveness: ProbeResult[];
  /** Last answer of the readiness probe; false until the start-up probe has passed. */
  ready: boolean;
  /** Why the kubelet killed the container. */
  killed?: string;
}

/** Watches until the container ends. */
export function watch(pod: ProbedPod): Watch {
  const seen: Watch = { startup: [], liveness: [], ready: false };
  const { startupProbe, readinessProbe, livenessProbe } = pod.container;
  const run = async () => {
    if (startupProbe && !(await repeat(pod, startupProbe, seen, "startup", true))) return;
    await Promise.all([
      readinessProbe && repeat(pod, readinessProbe, seen, "readiness", false),
      livenessProbe && repeat(pod, livenessProbe, seen, "liveness", false),
    ]);
  };
  void run();
  return seen;
}

type Kind = "startup" | "readiness" | "liveness";

async function repeat(pod: ProbedPod, probe: Probe, seen: Watch, kind: Kind, untilPassed: boolean): Promise<boolean> {
  const period = (probe.periodSeconds * 1000) / pod.speed;
  let failures = 0;
  while (!pod.end) {
    const began = Date.now();
    const result = await probed(pod, probe);
    if (pod.end) break;
    if (kind !== "readiness") seen[kind].push(result);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + period - Date.now())));
    // A script takes as long here as elsewhere. On the faster clock that can be several periods, which count as several tries.
    failures = result.ok ? 0 : failures + Math.max(1, Math.floor((Date.now() - began) / period));
    if (kind === "readiness") seen.ready = result.ok || (seen.ready && failures < probe.failureThreshold);
    else if (failures >= probe.failureThreshold) {
      seen.killed = `${kind} probe failed ${failures} times: ${result.output}`;
      pod.signal("SIGKILL");
      return false;
    }
    if (result.ok && untilPassed) return true;
  }
  return false;
}
