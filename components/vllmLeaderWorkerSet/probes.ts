/** How Kubernetes learns that a pod serves: the probes, and the two scripts that they run. */
import type * as k8s from "@pulumi/kubernetes";
import { scriptText } from "../scriptText";
import { servingPort } from "./engineArguments";

export const probeDirectory = "/etc/vllm-eks/probes";

/** Standard library only: nothing is installed at start-up. */
export const probeScripts = {
  /**
   * Exits 0 when the engine completes one token. `/health` alone says that the API server lives: it answered 200 while every request hung
   * (https://github.com/vllm-project/vllm/issues/11996), and a first request can still meet minutes of kernel compilation.
   * The key never leaves the request's header.
   */
  "completion.py": scriptText(__dirname, "completion.py"),
  /** Exits 0 when the leader of the group answers `/health`. */
  "leader_health.py": scriptText(__dirname, "leader_health.py"),
} as const;

const startupPeriodSeconds = 10;
/** The script ends by itself a little before the kubelet kills it, so that the event of the pod carries its reason. */
const startupDeadlineSeconds = startupPeriodSeconds - 2;

/** At most ten seconds between the first possible answer and traffic; what times out meets a warmer engine at the next try. */
export function leaderStartupProbe(servedModelName: string, startupProbeSeconds: number): k8s.types.input.core.v1.Probe {
  const url = `http://127.0.0.1:${servingPort}`;
  return {
    exec: { command: ["python3", `${probeDirectory}/completion.py`, url, servedModelName, String(startupDeadlineSeconds)] },
    periodSeconds: startupPeriodSeconds,
    timeoutSeconds: startupPeriodSeconds,
    failureThreshold: Math.ceil(startupProbeSeconds / startupPeriodSeconds),
  };
}

/** Takes a leader out of the load balancer within 15 s; it costs nothing that a running request would notice. */
export const leaderReadinessProbe: k8s.types.input.core.v1.Probe = {
  httpGet: { path: "/health", port: servingPort },
  periodSeconds: 5,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

/**
 * Four minutes of silence: a restart reloads the model on every node, so only a server that is truly stuck is worth it. A dead engine needs
 * no probe: vLLM exits by itself. The kubelet runs it only after the start-up probe has passed.
 */
export const leaderLivenessProbe: k8s.types.input.core.v1.Probe = {
  httpGet: { path: "/health", port: servingPort },
  periodSeconds: 30,
  timeoutSeconds: 10,
  failureThreshold: 8,
};

/**
 * A worker listens on no port; when its engine dies its process exits, and the controller recreates the group. So it has no start-up and no
 * liveness probe. It is ready when its leader serves: the disruption budget counts ready pods, and would take a group that still loads for
 * one that can stand in for the next.
 */
export const workerReadinessProbe: k8s.types.input.core.v1.Probe = {
  exec: { command: ["python3", `${probeDirectory}/leader_health.py`, String(servingPort), "4"] },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 3,
};
