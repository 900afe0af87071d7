/** What the engine has reported so far: one record for each resource, so that the state does not grow with the number of events. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { isGpuNodeGroup } from "./phases";

export interface ResourceRun {
  urn: string;
  type: string;
  /** The engine's name for it: create, update, delete, same, … */
  action: string;
  /** False for components: their children do the work. */
  custom: boolean;
  /** Start of the latest step: Unix time, seconds. */
  began: number;
  /** Absent while the step runs. */
  ended?: number;
  /** Whether an earlier step of it finished: a second step (a replacement) does not count as new work. */
  endedBefore: boolean;
  failed: boolean;
}

export interface ProgressState {
  /** Unix time of the first event, seconds. */
  startedAt?: number;
  runs: ReadonlyMap<string, ResourceRun>;
  /** When the creation of the GPU node group began, and when its deletion ended; Unix time, seconds. */
  gpuNodesFrom?: number;
  gpuNodesUntil?: number;
  result: "running" | "succeeded" | "failed";
}

export const noEvents: ProgressState = { runs: new Map(), result: "running" };

const deletes = (action: string) => action.startsWith("delete") || action === "discard-replaced";

/** The state after the next event. Pure: the event brings its own time. */
export function afterEvent(state: ProgressState, event: EngineEvent): ProgressState {
  const at = event.timestamp;
  const started = state.startedAt === undefined ? { ...state, startedAt: at } : state;
  if (event.resourcePreEvent) return beginStep(started, event.resourcePreEvent.metadata, at);
  if (event.resOutputsEvent) return endStep(started, event.resOutputsEvent.metadata, at, false);
  if (event.resOpFailedEvent) return endStep(started, event.resOpFailedEvent.metadata, at, true);
  if (event.summaryEvent) {
    // The SDK's type lacks this field.
    const { result } = event.summaryEvent as { result?: string };
    return { ...started, result: result === "failed" ? "failed" : "succeeded" };
  }
  return started;
}

type Step = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function beginStep(state: ProgressState, { urn, type, op, new: created, old }: Step, at: number): ProgressState {
  const custom = (created ?? old)?.custom === true;
  const endedBefore = state.runs.get(urn)?.ended !== undefined;
  const runs = new Map(state.runs).set(urn, { urn, type, action: op, custom, began: at, endedBefore, failed: false });
  if (!isGpuNodeGroup(urn) || !op.startsWith("create")) return { ...state, runs };
  const { gpuNodesUntil: _gone, ...rest } = state;
  return { ...rest, runs, gpuNodesFrom: state.gpuNodesFrom ?? at };
}

function endStep(state: ProgressState, { urn, op }: Step, at: number, failed: boolean): ProgressState {
  const run = state.runs.get(urn);
  if (!run) return state;
  const runs = new Map(state.runs).set(urn, { ...run, ended: at, failed: failed || run.failed });
  const deleted = isGpuNodeGroup(urn) && deletes(op) && !failed;
  return { ...state, runs, ...(deleted && { gpuNodesUntil: at }) };
}
