/** How Kubernetes learns that a pod serves: the probes, and the two scripts that they run. */
import type * as k8s from "@pulumi/kubernetes";
import { servingPort } from "./engineArguments";

export const probeDirectory = "/etc/vllm-eks/probes";

/**
 * Exits 0 when the engine completes one token. `/health` alone says that the API server lives: it answered 200 while every request hung
 * (https://github.com/vllm-project/vllm/issues/11996), and a first request can still meet minutes of kernel compilation.
 * The key never leaves the request's header. Standard library only: nothing is installed at start-up.
 */
const completionScript = `import json, os, sys, urllib.error, urllib.request

base_url, model, deadline_seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
headers = {"Content-Type": "application/json"}
if os.environ.get("VLLM_API_KEY"):
    headers["Authorization"] = "Bearer " + os.environ["VLLM_API_KEY"]
body = json.dumps({"model": model, "prompt": "1", "max_tokens": 1, "temperature": 0}).encode()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    request = urllib.request.Request(base_url + "/v1/completions", data=body, headers=headers)
    with opener.open(request, timeout=deadline_seconds) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    sys.exit("completion refused: HTTP %d" % error.code)
except (OSError, ValueError) as error:
    sys.exit("no completion: %s" % error)
if not (isinstance(answer, dict) and answer.get("choices")):
    sys.exit("completion without a choice")
`;

/** Exits 0 when the leader of the group answers `/health`. */
const leaderHealthScript = `import os, sys, urllib.request

port, deadline_seconds = sys.argv[1], float(sys.argv[2])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open("http://%s:%s/health" % (os.environ["LWS_LEADER_ADDRESS"], port), timeout=deadline_seconds).close()
except (OSError, ValueError) as error:
    sys.exit("leader does not serve: %s" % error)
`;

export const probeScripts = { "completion.py": completionScript, "leader_health.py": leaderHealthScript } as const;

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
