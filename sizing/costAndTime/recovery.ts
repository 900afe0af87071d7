/** How long a group does not serve after a fault, by the waits that the manifests contain and the durations of the timeline. */
import { phaseDurations, type DurationRow } from "../../catalog/durations";
import { engineDuration } from "./durations";
import type { LoadTime } from "./storage";
import { livenessProbe, type ServingTimeouts } from "./timeouts";

export interface Recovery {
  fault: string;
  /** What notices the fault. */
  noticedBy: string;
  /** From the fault until the group is stopped. An engine without requests notices nothing: count from the next request. */
  noticedSeconds: number;
  /** Until its pods are gone. 0 if the group serves meanwhile, or if that takes no longer than the new node. */
  stoppedSeconds: number;
  /** Until there is a node for each new pod. */
  nodeSeconds: number;
  /** From the new pods to the first answer. */
  startSeconds: number;
  /** From the fault, or from the decision to stop a group that still serves, to the first answer. */
  totalSeconds: number;
}

export interface RecoveryRequest {
  timeouts: ServingTimeouts;
  load: LoadTime;
  imagePull: "parallel" | "sequential";
  /** Pods of a group. */
  groupSize: number;
  loadBalanced: boolean;
  spot: boolean;
  /** The capacity is reserved: a node can start only where another one has ended. */
  reserved: boolean;
}

/** A hook that finds its leader gone asks three times, a second apart. */
const hookSeconds = 3;

export function recoveries(request: RecoveryRequest): Recovery[] {
  const { timeouts, groupSize, spot, reserved } = request;
  const { workerEnds, leaderEnds, workerStops, nodeGone, spotNotice, gpuNodeGroup } = seconds;
  const { preStopSeconds, shutdownTimeoutSeconds, stepTimeoutSeconds, stalledSeconds } = timeouts;
  // The leader's container has started again and does not serve; its workers must notice that, and then stop.
  const crashed = hookSeconds + (groupSize > 1 ? workerStops : 0);
  // A leader that has only lost a worker accepts connections, so it waits and drains like any other: this long with requests in it.
  const drained = preStopSeconds + shutdownTimeoutSeconds;
  const again = startSeconds(request, "sameNode");
  const elsewhere = startSeconds(request, "newNode");
  const row = (fault: string, noticedBy: string, noticed: number, stopped: number, node: number, start: number): Recovery => ({
    fault,
    noticedBy,
    noticedSeconds: noticed,
    stoppedSeconds: stopped,
    nodeSeconds: node,
    startSeconds: start,
    totalSeconds: noticed + stopped + node + start,
  });
  return [
    ...(groupSize > 1 ? [row("a worker's process dies", "vLLM in the worker", workerEnds, drained, 0, again)] : []),
    row("the leader's process or its engine dies", "vLLM in the leader", leaderEnds, crashed, 0, again),
    row("a step gets no answer: a GPU or the network hangs", "vLLM's limit for a step", stepTimeoutSeconds + leaderEnds, crashed, 0, again),
    row(
      "the engine is silent with requests in it",
      "the liveness probe",
      stalledSeconds,
      livenessProbe.terminationGracePeriodSeconds + crashed,
      0,
      again,
    ),
    row("a GPU node's instance ends", "Kubernetes", nodeGone, Math.max(drained, gpuNodeGroup) - gpuNodeGroup, gpuNodeGroup, elsewhere),
    row("a node is drained, or replaced by an update", "the group drains", 0, drained, reserved ? gpuNodeGroup : 0, elsewhere),
    ...(spot ? [row("spot takes a node", "AWS's notice", 0, spotNotice, Math.max(0, gpuNodeGroup - spotNotice), elsewhere)] : []),
  ];
}

const seconds = Object.fromEntries(Object.entries(phaseDurations).map(([key, row]: [string, DurationRow]) => [key, row.seconds])) as {
  [Key in keyof typeof phaseDurations]: number;
};

/** The weights are read from the file system's disks: after days, its servers have forgotten them. */
function startSeconds({ load, imagePull, loadBalanced }: RecoveryRequest, where: "sameNode" | "newNode"): number {
  const first = engineDuration({ load, imagePull }).phases ?? [];
  const pull = first[0]?.seconds ?? 0;
  const whole = first.reduce((sum, phase) => sum + phase.seconds, 0);
  const kept = pull + seconds.engineInitCold - seconds.engineInitWarm;
  return seconds.podsPlaced + whole - (where === "sameNode" ? kept : 0) + (loadBalanced ? seconds.targetHealthy : 0);
}
