/** Turns the engine's events into progress: how far the operation is, what it works on, how long it will take, and what it costs. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { timeline, type TimelineNode } from "../sizing/costAndTime/timeline";
import { nameOf, phaseOf, phases, type Phase } from "./phases";
import { afterEvent, noEvents, type ProgressState, type ResourceRun } from "./progressState";

export type Operation = "deploy" | "preview" | "refresh" | "destroy";

export interface ExpectedResource extends TimelineNode {
  /** How long its creation takes, seconds; `null` when unknown. */
  seconds: number | null;
}

/** What an operation is expected to touch. */
export interface ExpectedProgress {
  operation: Operation;
  resources: readonly ExpectedResource[];
  /** Price of all GPU nodes, USD an hour; `null` when unknown. */
  gpuUsdPerHour: number | null;
  /** Whether GPU nodes of an earlier deployment run when the operation begins. */
  gpuNodesRun: boolean;
}

export interface RunningResource {
  urn: string;
  name: string;
  type: string;
  phase: Phase;
  /** create, update, delete, … */
  action: string;
  /** Since its step began. */
  seconds: number;
}

export interface Progress {
  operation: Operation;
  state: "running" | "succeeded" | "failed";
  /** 0 to 100; 100 only when everything has succeeded. Measured in time when durations are known, else in resources. Never falls. */
  percent: number;
  /** The first unfinished phase, in a destroy the last one; `null` when nothing is left. */
  phase: Phase | null;
  /** The longest-running resource comes first. */
  running: RunningResource[];
  /** Names of the resources that failed. */
  failed: string[];
  done: number;
  total: number;
  elapsedMinutes: number;
  /** From the first event to the last; `null` when no durations are known. */
  expectedMinutes: number | null;
  /**
   * Spent on GPU nodes since the operation began, at the price that `plan` prints. It counts from the start of their creation, or from the
   * beginning of the operation if they already ran. An upper bound while they are being created. `null` when no price is known.
   */
  gpuUsd: number | null;
}

/**
 * The whole progress at one moment. Pure: it reads no clock.
 * @param at Unix time, seconds. Default: the time of the last event.
 * @example
 *     const { percent, expectedMinutes } = progressOf(events, expected, Date.now() / 1000);
 */
export function progressOf(events: readonly EngineEvent[], expected: ExpectedProgress, at?: number): Progress {
  return progressAt(events.reduce(afterEvent, noEvents), expected, at ?? events.at(-1)?.timestamp ?? 0);
}

/** The same from a state that `afterEvent` built. `at`: Unix time, seconds. */
export function progressAt(state: ProgressState, expected: ExpectedProgress, at: number): Progress {
  const { operation, resources } = expected;
  const startedAt = state.startedAt ?? at;
  const elapsed = Math.max(0, at - startedAt);
  const counted = resources.filter(({ custom, remote }) => custom || remote);
  const isDone = ({ urn }: ExpectedResource) => hasEnded(state.runs.get(urn));
  const done = counted.filter(isDone).length;
  const remaining = state.result === "succeeded" ? 0 : remainingSeconds(state, expected, at);
  const share = remaining === null ? done / Math.max(1, counted.length) : elapsed / Math.max(1, elapsed + remaining);
  const runs = [...state.runs.values()];
  return {
    operation,
    state: state.result,
    percent: state.result === "succeeded" ? 100 : Math.min(99, Math.floor(100 * share)),
    phase:
      state.result === "succeeded"
        ? null
        : findPhase(
            counted.filter((resource) => !isDone(resource)),
            operation,
          ),
    running: runs
      .filter(isRunning)
      .map((run) => describeRun(run, at))
      .sort((a, b) => b.seconds - a.seconds),
    failed: runs.filter(({ failed }) => failed).map(({ urn }) => nameOf(urn)),
    done,
    total: counted.length,
    elapsedMinutes: elapsed / 60,
    expectedMinutes: remaining === null ? null : (elapsed + remaining) / 60,
    gpuUsd: gpuUsd(state, expected, startedAt, at),
  };
}

const hasEnded = (run: ResourceRun | undefined) => run !== undefined && !run.failed && (run.ended !== undefined || run.endedBefore);
const isRunning = ({ custom, ended, action }: ResourceRun) => custom && ended === undefined && action !== "same";

const describeRun = ({ urn, type, action, began }: ResourceRun, at: number): RunningResource => ({
  urn,
  name: nameOf(urn),
  type,
  phase: phaseOf(urn),
  action,
  seconds: Math.max(0, at - began),
});

function findPhase(left: readonly ExpectedResource[], operation: Operation): Phase | null {
  const open = new Set(left.map(({ urn }) => phaseOf(urn)));
  return (operation === "destroy" ? [...phases].reverse() : phases).find((phase) => open.has(phase)) ?? null;
}

/** The remaining timeline: finished resources take no time, running ones the rest of their duration. `null` when a duration is unknown. */
function remainingSeconds(state: ProgressState, { operation, resources }: ExpectedProgress, at: number): number | null {
  if (operation !== "deploy" || resources.length === 0 || resources.some(({ seconds }) => seconds === null)) return null;
  const left = new Map(resources.map((node) => [node.urn, secondsLeft(node, state, resources, at)]));
  const { finishMinutes } = timeline(resources, ({ urn }) => ({
    label: urn,
    seconds: left.get(urn) ?? 0,
    source: "progress",
    assumed: false,
  }));
  return finishMinutes * 60;
}

function secondsLeft(node: ExpectedResource, { runs }: ProgressState, resources: readonly ExpectedResource[], at: number): number {
  const run = runs.get(node.urn);
  const seconds = node.seconds ?? 0;
  if (node.remote) {
    // The engine reports a remote component as soon as it is registered. It is complete when a resource that waits for it has begun.
    const waiting = resources.filter(({ custom, dependsOn }) => custom && dependsOn.includes(node.urn));
    if (waiting.length > 0 ? waiting.some(({ urn }) => runs.has(urn)) : hasEnded(run)) return 0;
  } else if (hasEnded(run)) {
    return 0;
  }
  return run ? Math.max(0, seconds - (at - run.began)) : seconds;
}

function gpuUsd({ gpuNodesFrom, gpuNodesUntil }: ProgressState, expected: ExpectedProgress, startedAt: number, at: number): number | null {
  if (expected.gpuUsdPerHour === null) return null;
  const from = expected.gpuNodesRun ? startedAt : gpuNodesFrom;
  if (from === undefined || expected.operation === "preview") return 0;
  return (expected.gpuUsdPerHour * Math.max(0, (gpuNodesUntil ?? at) - from)) / 3600;
}
