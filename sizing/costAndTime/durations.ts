/** How long each resource of a program takes: recorded by type, computed where it depends on sizes. */
import { phaseDurations, resourceDuration, type DurationRow } from "../../catalog/durations";
import type { DownloadTime } from "./download";
import type { LoadTime } from "./storage";
import type { Duration, DurationOf, Phase } from "./timeline";

/** Recorded durations by type; `overrides` by URN come first. A type without a record (a component, a provider) takes no time. */
export function durationsByType(overrides: ReadonlyMap<string, Duration> = new Map()): DurationOf {
  return (node) => overrides.get(node.urn) ?? recordedOrNone(node.type);
}

function recordedOrNone(type: string): Duration {
  const row = resourceDuration(type);
  return row ? recorded(row) : { label: type, seconds: 0, source: "takes no time", assumed: false };
}

export function recorded({ label, seconds, source }: DurationRow): Phase {
  const assumed = source.confidence === "low";
  return { label, seconds, source: assumed ? "assumed" : source.url, assumed };
}

export const gpuNodeGroupDuration = (): Duration => recorded(phaseDurations.gpuNodeGroup);

export function downloadJobDuration(download: DownloadTime): Duration {
  const source = `computed, limited by ${download.limitedBy}`;
  const weights: Phase = { label: "model download", seconds: download.seconds, source, assumed: download.limitedBy === "Hugging Face" };
  return whole("model download", [recorded(phaseDurations.downloadImagePull), weights]);
}

/** From the pod's creation to its first completion. `imagePull`: how the nodes pull the layers of the image. */
export function engineDuration(request: { load: LoadTime; imagePull: "parallel" | "sequential" }): Duration {
  const { load, imagePull } = request;
  const weights: Phase = {
    label: "weights to GPUs",
    seconds: load.cold,
    source: load.source === "assumed" ? "assumed" : `computed, limited by ${load.limitedBy}`,
    assumed: load.source === "assumed",
  };
  return whole("vLLM start", [
    recorded(imagePull === "parallel" ? phaseDurations.imagePullParallel : phaseDurations.imagePullSequential),
    weights,
    recorded(phaseDurations.engineInitCold),
    recorded(phaseDurations.firstCompletion),
  ]);
}

function whole(label: string, phases: Phase[]): Duration {
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  return { label, seconds, source: "sum of its phases", assumed: phases.some((phase) => phase.assumed), phases };
}
