/** The probes that tell Kubernetes whether a pod serves, the hook that lets a leader finish, and the scripts that they run. */
import type * as k8s from "@pulumi/kubernetes";
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
   * Ends when the leader accepted no connection three times in a row, or at the limit. vLLM keeps its port open until the last running
   * request has ended (entrypoints/launcher.py), so a closed port means that the leader has drained or died. Without an address the group
   * never served.
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
 * Allows four minutes of silence: a restart reloads the model on every node, so only a server that is really stuck should restart. A dead
 * engine does not need a probe, because vLLM exits. The kubelet runs this probe only after the start-up probe has passed.
 */
export const leaderLivenessProbe: k8s.types.input.core.v1.Probe = {
  httpGet: { path: "/health", port: servingPort },
  periodSeconds: 30,
  timeoutSeconds: 10,
  failureThreshold: 8,
};

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

/**
 * The controller deletes all pods of a group together. A worker that stopped at the first signal would end every request that its leader is
 * finishing; a worker that always waited for the limit would keep a crashed group from coming back for that long.
 */
export const waitForLeader = (limitSeconds: number): k8s.types.input.core.v1.Lifecycle => ({
  preStop: { exec: { command: ["python3", `${probeDirectory}/wait_for_leader.py`, String(servingPort), String(limitSeconds)] } },
});
