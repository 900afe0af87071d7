/** `vllm-eks/automation/terminal`: progress as a bar. It is separate, so that the library does not load the bar's package. */
import { SingleBar } from "cli-progress";
import type { Phase } from "./phases";
import type { Progress } from "./progress";

const phaseNames: Readonly<Record<Phase, string>> = {
  network: "network",
  cluster: "cluster",
  platform: "platform",
  weights: "weights",
  gpuNodes: "GPU nodes",
  engine: "engine",
  endpoint: "endpoint",
};

export interface ProgressBar {
  /** Pass it as `onProgress`. */
  update(progress: Progress): void;
  /** Leaves the last state on the screen. */
  stop(): void;
}

/** Seconds between lines when the stream is not a terminal. */
const lineEverySeconds = 30;

/**
 * A bar on standard error; in a log without a terminal, a line every 30 seconds.
 * @example
 *     const bar = progressBar();
 *     await stack.deploy({ onProgress: bar.update }).finally(bar.stop);
 */
export function progressBar(stream: NodeJS.WritableStream = process.stderr): ProgressBar {
  const bar = new SingleBar({
    format: "{bar} {percentage}% {text}",
    barsize: 20,
    hideCursor: true,
    stream,
    noTTYOutput: true,
    notTTYSchedule: lineEverySeconds * 1000,
    linewrap: false,
  });
  let started = false;
  return {
    update(progress) {
      const payload = { text: progressText(progress) };
      if (started) bar.update(progress.percent, payload);
      else bar.start(100, progress.percent, payload);
      started = true;
    },
    stop: () => bar.stop(),
  };
}

/** `cluster: cluster-eksCluster 4.2 min · 12 of 36 min · $0.00 of GPUs`. */
export function progressText({ phase, running, elapsedMinutes, expectedMinutes, gpuUsd, failed }: Progress): string {
  const [longest] = running.filter((resource) => resource.phase === phase);
  const at = longest && `${longest.name} ${(longest.seconds / 60).toFixed(1)} min`;
  const parts = [
    [phase && phaseNames[phase], at].filter(Boolean).join(": "),
    expectedMinutes === null ? `${elapsedMinutes.toFixed(1)} min` : `${elapsedMinutes.toFixed(0)} of ${expectedMinutes.toFixed(0)} min`,
    ...(gpuUsd ? [`$${gpuUsd.toFixed(2)} of GPUs`] : []),
    ...(failed.length > 0 ? [`failed: ${failed.join(", ")}`] : []),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
