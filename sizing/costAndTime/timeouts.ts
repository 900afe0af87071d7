/** How long each wait may last: probes and draining of the pods, and create, update and delete of the resources. */
import { phaseDurations } from "../../catalog/durations";
import { problem, type Problem } from "../problem";
import type { LongestStep } from "./longestStep";

export interface ServingTimeouts {
  /** From the start of the container to the first answered completion; then the kubelet kills the pod. */
  startupProbeSeconds: number;
  /** `VLLM_ENGINE_READY_TIMEOUT_S`: how long the API server waits for its engine. */
  engineReadySeconds: number;
  /** Idle time after which the load balancer closes a connection. */
  idleTimeoutSeconds: number;
  /** `VLLM_HTTP_TIMEOUT_KEEP_ALIVE`: how long the server keeps an idle connection. */
  keepAliveSeconds: number;
  deregistrationDelaySeconds: number;
  preStopSeconds: number;
  /** `--shutdown-timeout`: how long running requests may finish. */
  shutdownTimeoutSeconds: number;
  /** Longest wait of a worker for its leader: both are deleted together, and the worker must outlive the leader's drain. */
  workerPreStopSeconds: number;
  terminationGracePeriodSeconds: number;
  /** `VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS`: how long the leader waits for the answer to a step; then its process ends. */
  stepTimeoutSeconds: number;
  /** Silence of an engine with requests in it, after which the liveness probe ends the leader. */
  stalledSeconds: number;
  /** `--distributed-timeout-seconds`: how long a rank waits for another one. */
  distributedTimeoutSeconds: number;
}

export type WaitedOn = "fileSystem" | "downloadJob" | "leaderWorkerSet" | "nodeGroup" | "release" | "addon" | "loadBalancer";

/** Pulumi custom timeouts, for example `45m`. */
export interface DeploymentTimeout {
  create: string;
  update: string;
  delete: string;
}

/** NCCL, profiling, torch.compile and CUDA graphs after the weights: 60 to 120 s recorded; we count 180 s. */
const engineStartSeconds = 180;
/** A load may take this many times its computed duration before it counts as failed. */
const loadMargin = 3;
/** With less time, a slow disk, a busy file system or a first compilation would get the pod killed half way, again and again. */
const shortestStartupSeconds = 15 * 60;

/** How long requests still arrive after Kubernetes has decided that a pod must stop: through the load balancer, or inside the cluster. */
const lateRequestSeconds = { loadBalancer: phaseDurations.targetDeregistered.seconds, cluster: 15 };
/** Time after draining for the engine to free the GPUs. */
const exitSeconds = 30;

/** How long a connection may wait without a byte: a completion without streaming takes that long. The load balancer's default is 60 s. */
const defaultIdleTimeoutSeconds = 600;
const defaultDrainSeconds = 120;

/** Pull and unpack of a 15 to 20 GB image on a node that never had it: 2 to 6 min recorded, 5 to 15 in the AWS walk-through. */
const imagePullSeconds = 20 * 60;
/**
 * An update of a managed node group gives up on a node if its pods have not left by then.
 * https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
 */
const nodeDrainLimitSeconds = 15 * 60;

/** The liveness probe of a leader. Its tries take the last minutes of a silence; a stuck process then gets the short grace period. */
export const livenessProbe = { periodSeconds: 30, failureThreshold: 8, terminationGracePeriodSeconds: 30 } as const;

/** All tries of the probe, and at least one before them. */
const shortestStallSeconds = livenessProbe.periodSeconds * (livenessProbe.failureThreshold + 2);

/** vLLM's default. Less would end an engine whose kernels are compiled on first use, and save a minute of a rare outage. */
const shortestStepTimeoutSeconds = 300;
/** A longer step is a mistake, and an engine that hangs for half an hour should not be waited for. */
const longestStepTimeoutSeconds = 30 * 60;

export interface ServingTimeoutRequest {
  loadSecondsCold: number;
  idleTimeoutSeconds?: number;
  drainSeconds?: number;
  /** Whether requests come through a load balancer. @default true */
  loadBalanced?: boolean;
  /** Undefined on nodes without GPUs: no law says how long they compute. */
  step?: LongestStep | undefined;
  /** What the user wants instead of the computed limit. */
  stepTimeoutSeconds?: number;
}

export function servingTimeouts(request: ServingTimeoutRequest): ServingTimeouts {
  const { loadSecondsCold, idleTimeoutSeconds = defaultIdleTimeoutSeconds, drainSeconds = defaultDrainSeconds, step } = request;
  const startupProbeSeconds = startupSeconds(loadSecondsCold);
  const preStopSeconds = lateRequestSeconds[(request.loadBalanced ?? true) ? "loadBalancer" : "cluster"];
  const stepTimeoutSeconds = request.stepTimeoutSeconds ?? computedStepTimeout(step);
  return {
    startupProbeSeconds,
    // Longer than the probe, so that one rule decides when a start has failed.
    engineReadySeconds: startupProbeSeconds + 60,
    idleTimeoutSeconds,
    // If the server closes first, it resets a request that is already under way, and the load balancer turns that into a 502.
    keepAliveSeconds: idleTimeoutSeconds + 15,
    deregistrationDelaySeconds: preStopSeconds + drainSeconds,
    preStopSeconds,
    shutdownTimeoutSeconds: drainSeconds,
    // The kubelets of a group do not start in the same second: a worker that stops early would cut off the last requests of the leader.
    workerPreStopSeconds: preStopSeconds + drainSeconds + exitSeconds / 2,
    terminationGracePeriodSeconds: preStopSeconds + drainSeconds + exitSeconds,
    stepTimeoutSeconds,
    // Longer than vLLM's own limit, whose log says more; a prompt that shows no progress before its end is not a stall either.
    stalledSeconds: Math.max(shortestStallSeconds, wholeMinutes(stepTimeoutSeconds + (step?.promptSeconds ?? 0) + 60)),
    // A rank may find its node without the image while another one's has it. Shorter, as vLLM's 10 min for NCCL, a slow pull would end the
    // waiting ranks and restart the group again and again; longer than the start-up probe allows, that probe decides.
    distributedTimeoutSeconds: imagePullSeconds + startupProbeSeconds,
  };
}

/** A kernel may be compiled inside a step: the start-up probe's short prompt does not use all of them. */
function computedStepTimeout(step: LongestStep | undefined): number {
  const seconds = wholeMinutes(phaseDurations.firstUseOfKernel.seconds + (step?.answerSeconds ?? 0));
  return Math.min(longestStepTimeoutSeconds, Math.max(shortestStepTimeoutSeconds, seconds));
}

const wholeMinutes = (seconds: number) => 60 * Math.ceil(seconds / 60);

function startupSeconds(loadSecondsCold: number): number {
  return Math.max(shortestStartupSeconds, wholeMinutes(loadMargin * (loadSecondsCold + engineStartSeconds)));
}

/**
 * Never below the provider's defaults, and long enough that a wait gives up only after the thing it waits for has given up.
 * Groups are rolled out one after the other, and nodes are replaced one after the other.
 */
export function deploymentTimeouts(request: {
  loadSecondsCold: number;
  downloadSeconds: number;
  terminationGracePeriodSeconds: number;
  storageCapacityGiB?: number;
  replicas?: number;
  nodes?: number;
}): Record<WaitedOn, DeploymentTimeout> {
  const {
    loadSecondsCold,
    downloadSeconds,
    terminationGracePeriodSeconds: drain,
    storageCapacityGiB = 0,
    replicas = 1,
    nodes = 1,
  } = request;
  const start = imagePullSeconds + startupSeconds(loadSecondsCold) + 5 * 60;
  const download = downloadTimeoutSeconds(downloadSeconds);
  const growing = 60 * Math.ceil(storageCapacityGiB / 2400);
  const nodeReplacement = nodeDrainLimitSeconds + 15 * 60;
  return {
    // Creation takes 5 to 10 min, the provider waits 30; after growing, a file system must redistribute its data.
    fileSystem: timeout(45 * 60 + growing, 2 * 60 * 60 + 30 * growing, 45 * 60),
    downloadJob: timeout(download, download, 10 * 60),
    leaderWorkerSet: timeout(start, Math.max(1, replicas) * (start + drain), drain + 10 * 60),
    nodeGroup: timeout(60 * 60, Math.max(60 * 60, nodes * nodeReplacement), 60 * 60 + drain),
    release: timeout(15 * 60, 15 * 60, 10 * 60),
    addon: timeout(20 * 60, 20 * 60, 40 * 60),
    loadBalancer: timeout(15 * 60, 15 * 60, 15 * 60),
  };
}

/** Hugging Face at a third of its usual rate, and never less than an hour. */
export const downloadTimeoutSeconds = (downloadSeconds: number) => Math.ceil(Math.max(60 * 60, loadMargin * downloadSeconds + 15 * 60));

const timeout = (create: number, update: number, remove: number): DeploymentTimeout => ({
  create: minutes(create),
  update: minutes(update),
  delete: minutes(remove),
});
export const minutes = (seconds: number) => `${Math.ceil(seconds / 60)}m`;

/**
 * With two groups or more the disruption budget lets one group go at a time: the next node can be emptied only when the previous group has
 * drained and loaded again.
 */
export function drainExceedsUpdate(request: {
  loadSecondsCold: number;
  terminationGracePeriodSeconds: number;
  replicas: number;
}): Problem[] {
  const { loadSecondsCold, terminationGracePeriodSeconds, replicas } = request;
  const seconds = loadSecondsCold + terminationGracePeriodSeconds;
  if (replicas < 2 || seconds <= nodeDrainLimitSeconds) return [];
  const inMinutes = (value: number) => (value / 60).toFixed(1);
  return [
    problem({
      code: "drain-exceeds-update",
      severity: "warning",
      path: "engine",
      message: `Draining (${inMinutes(terminationGracePeriodSeconds)} min) and loading again (${inMinutes(loadSecondsCold)} min) take ${inMinutes(seconds)} min for each of ${replicas} groups, but an EKS node group update gives up on a node after 15 min.`,
      fix: "Make the model store faster (modelStore.throughputMBpsPerTiB or modelStore.storageCapacityGiB), or update the GPU nodes by replacing their node group.",
    }),
  ];
}
