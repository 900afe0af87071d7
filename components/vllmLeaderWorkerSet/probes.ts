/** The probes that tell Kubernetes whether a pod serves, the hooks that let a leader finish, and the scripts that they run. */
import type * as k8s from "@pulumi/kubernetes";
import { livenessProbe, type ServingTimeouts } from "../../sizing/costAndTime/timeouts";
import { scriptText } from "../scriptText";
import { servingPort } from "./engineArguments";

export const probeDirectory = "/etc/vllm-eks/probes";

/** The scripts use only the standard library, so start-up does not install anything. */
export const probeScripts = {
  /**
   * Exits 0 when the engine completes one token. `/health` only shows that the API server runs: it answered 200 while every request hung
   * (https://github.com/vllm-project/vllm/issues/11996), and a first request can still wait minutes for kernel compilation.
   * The script uses the key only in the header of the request.
   */
  "completion.py": scriptText(__dirname, "completion.py"),
  /** Exits 0 when the leader of the group answers `/health`. */
  "leader_health.py": scriptText(__dirname, "leader_health.py"),
  /**
   * Exits 0 while the engine works, and asks completion.py once it has been silent for the given seconds with requests in it.
   *
   * `/health` answers 200 while an engine hangs (v1/engine/async_llm.py reads a flag). Silent means that no number of vLLM in `/metrics`
   * has changed: every step sets `vllm:kv_cache_usage_perc`, also one that computes a part of a prompt; counters of tokens and steps move
   * only when a request gets a token (v1/engine/async_llm.py and v1/metrics/loggers.py of 0.27.1 and 0.32.0). Rejections are left out,
   * because the API server counts them without its engine. An engine without requests, asleep, or without these numbers counts as working.
   * A number can be stale, so an answered completion overrules all of them. The numbers of the last try are in a file; the monotonic clock
   * is that of the node, so the next try, another process, can compare.
   */
  "engine_progress.py": scriptText(__dirname, "engine_progress.py"),
  /**
   * Ends when the leader accepted no connection three times in a row, or at the limit. vLLM keeps its port open until the last running
   * request has ended (entrypoints/launcher.py), so a closed port means that the leader has drained or died, or still loads. Without an
   * address the group never served.
   */
  "wait_for_leader.py": scriptText(__dirname, "wait_for_leader.py"),
} as const;

const startupPeriodSeconds = 10;
/** The script ends shortly before the kubelet would kill it, so that the event of the pod contains the reason. */
const startupDeadlineSeconds = startupPeriodSeconds - 2;

/** Traffic starts at most ten seconds after the first possible answer. If a try times out, the engine is warmer at the next one. */
export function leaderStartupProbe(servedModelName: string, startupProbeSeconds: number): k8s.types.input.core.v1.Probe {
  const url = `http://127.0.0.1:${servingPort}`;
  return {
    exec: { command: ["python3", `${probeDirectory}/completion.py`, url, servedModelName, String(startupDeadlineSeconds)] },
    periodSeconds: startupPeriodSeconds,
    timeoutSeconds: startupPeriodSeconds,
    failureThreshold: Math.ceil(startupProbeSeconds / startupPeriodSeconds),
  };
}

/** Takes a leader out of the load balancer within 15 s. It does not slow running requests noticeably. */
export const leaderReadinessProbe: k8s.types.input.core.v1.Probe = {
  httpGet: { path: "/health", port: servingPort },
  periodSeconds: 5,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

/**
 * A restart reloads the model on every node, so only a server that is really stuck should restart: one that does not answer at all for four
 * minutes, or an engine that is silent for longer than the longest step or prompt. A dead engine does not need a probe, because vLLM exits.
 * A stuck engine has nothing to drain, so it does not get the grace period of the pod. The kubelet runs this probe only after the start-up
 * probe has passed, and not in a pod that must stop.
 */
export function leaderLivenessProbe(servedModelName: string, timeouts: ServingTimeouts): k8s.types.input.core.v1.Probe {
  const { periodSeconds, failureThreshold, terminationGracePeriodSeconds } = livenessProbe;
  // The kubelet waits for all its tries after the first failed one.
  const silentSeconds = timeouts.stalledSeconds - periodSeconds * failureThreshold;
  const url = `http://127.0.0.1:${servingPort}`;
  return {
    exec: { command: ["python3", `${probeDirectory}/engine_progress.py`, url, servedModelName, String(silentSeconds)] },
    periodSeconds,
    timeoutSeconds: 15, // four seconds for the numbers, eight for a completion
    failureThreshold,
    terminationGracePeriodSeconds,
  };
}

/**
 * A worker does not listen on a port. When its engine dies, its process exits and the controller recreates the group, so it does not need
 * start-up and liveness probes. It is ready when its leader serves: the disruption budget counts ready pods and must not count a group that
 * still loads.
 */
export const workerReadinessProbe: k8s.types.input.core.v1.Probe = {
  exec: { command: ["python3", `${probeDirectory}/leader_health.py`, String(servingPort), "4"] },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

const waitCommand = (...words: string[]): k8s.types.input.core.v1.Lifecycle => ({
  preStop: { exec: { command: ["python3", `${probeDirectory}/wait_for_leader.py`, String(servingPort), ...words] } },
});

/**
 * The load balancer still sends requests for a moment, and vLLM refuses them after SIGTERM with 500 while `/health` answers 200. A
 * container that does not serve has nothing to wait for: after a crash the controller deletes a pod whose container has just started again.
 */
export const waitForDeregistration = (limitSeconds: number) => waitCommand("127.0.0.1", String(limitSeconds));

/**
 * The controller deletes all pods of a group together. A worker that stopped at the first signal would end every request that its leader is
 * finishing; a worker that always waited for the limit would keep a crashed group from coming back for that long.
 */
export const waitForLeader = (limitSeconds: number) => waitCommand(String(limitSeconds));
