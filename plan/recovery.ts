/** The section of a plan about faults: when the engine counts as hung, and how long a group is away after what. */
import type { AwsEnvironment, Environment } from "../environment/environment";
import { loadTimeOf, longestStepOf, servingTimeoutsOf } from "../environment/timeouts";
import { recoveries, type Recovery } from "../sizing/costAndTime/recovery";
import { imagePullOf } from "./durations";
import { table } from "./table";
import { number, paragraph, type Paint } from "./text";

export interface DocumentRecovery {
  /** The longest step at the slow end. */
  longestStepSeconds: number | null;
  /** `VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS`. */
  stepTimeoutSeconds: number;
  /** Silence after which the liveness probe ends the engine. */
  stalledSeconds: number;
  /** Between the decision to stop a leader and SIGTERM: the load balancer must have forgotten it by then. */
  preStopSeconds: number;
  shutdownTimeoutSeconds: number;
  terminationGracePeriodSeconds: number;
  faults: Recovery[];
}

export function documentRecovery(environment: Environment, { ingress, capacity }: AwsEnvironment): DocumentRecovery {
  const timeouts = servingTimeoutsOf(environment);
  const { stepTimeoutSeconds, stalledSeconds, preStopSeconds, shutdownTimeoutSeconds, terminationGracePeriodSeconds } = timeouts;
  return {
    longestStepSeconds: longestStepOf(environment)?.seconds ?? null,
    ...{ stepTimeoutSeconds, stalledSeconds, preStopSeconds, shutdownTimeoutSeconds, terminationGracePeriodSeconds },
    faults: recoveries({
      timeouts,
      load: loadTimeOf(environment),
      imagePull: imagePullOf(environment.instance),
      groupSize: environment.layout.nodesPerGroup,
      loadBalanced: ingress.mode !== "none",
      spot: capacity.type === "spot",
      reserved: capacity.type === "reservation" || capacity.type === "capacityBlock",
    }),
  };
}

export function recoveryLines(recovery: DocumentRecovery | null, paint: Paint): string[] {
  if (!recovery) return [];
  const { longestStepSeconds, stepTimeoutSeconds, stalledSeconds, faults } = recovery;
  const rows = faults.map(({ fault, noticedBy, noticedSeconds, stoppedSeconds, nodeSeconds, startSeconds, totalSeconds }) => [
    fault,
    noticedBy,
    ...[noticedSeconds, stoppedSeconds, nodeSeconds, startSeconds].map((seconds) => number(seconds)),
    number(totalSeconds / 60, 1),
  ]);
  const step = longestStepSeconds === null ? "" : ` (the longest takes ${number(longestStepSeconds, 1)} s at a tenth of the GPUs' peak)`;
  const head = ["fault", "noticed by", "noticed, s", "stopped, s", "node, s", "start, s", "total, min"];
  return [
    table(rows, { head, right: [2, 3, 4, 5, 6], widths: { 0: 22, 1: 13 }, paint }),
    paragraph(
      `The leader ends if a step${step} gets no answer for ${number(stepTimeoutSeconds)} s, or if an engine with requests in it is silent for ${number(stalledSeconds)} s.`,
      "  ",
    ),
  ];
}
