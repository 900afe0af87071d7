/** Listens to one engine: turns events into progress and lines into output, and keeps what an error needs. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { OperationOptions } from "./options";
import { progressAt, type Progress, type ExpectedProgress } from "./progress";
import { afterEvent, noEvents, type ProgressState } from "./progressState";
import { nameOf } from "./phases";
import type { Redact } from "./redaction";

/** A bar that does not move looks dead, and the engine may be silent for ten minutes. */
const tickMilliseconds = 5000;
/** Enough for the first error and its consequences. */
const mostDiagnostics = 50;

export interface EngineListener {
  /** Resolves at the engine's first event: from then on it handles an interrupt. */
  begun: Promise<void>;
  onEvent: (event: EngineEvent) => void;
  onOutput: (chunk: string) => void;
  /** The engine's first error messages. */
  diagnostics: string[];
  /** Names of the resources with a failed step. */
  failed(): string[];
  gpuNodesMayRun(): boolean;
  progress(): Progress;
  /** Prints the last partial line, and stops the clock. */
  end(): void;
}

export function listenToEngine(expected: ExpectedProgress, { onProgress, onOutput }: OperationOptions, redact: Redact): EngineListener {
  let state: ProgressState = noEvents;
  let pending = "";
  const diagnostics: string[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const now = () => Date.now() / 1000;
  const report = () => onProgress?.(progressAt(state, expected, now()));
  const clock = onProgress && setInterval(report, tickMilliseconds);
  // A secret may span two chunks, but never two lines.
  const print = (lines: string[]) => lines.forEach((line) => onOutput?.(redact(line)));
  return {
    begun,
    diagnostics,
    onEvent(event) {
      begin();
      const message = event.diagnosticEvent?.severity === "error" ? event.diagnosticEvent.message : undefined;
      if (message !== undefined && diagnostics.length < mostDiagnostics) diagnostics.push(message);
      const before = state;
      state = afterEvent(state, event);
      if (state !== before) report();
    },
    onOutput(chunk) {
      const lines = (pending + chunk).split("\n");
      pending = lines.pop() ?? "";
      print(lines);
    },
    failed: () => [...state.runs.values()].filter(({ failed }) => failed).map(({ urn }) => nameOf(urn)),
    gpuNodesMayRun: () => expected.gpuNodesRun || state.gpuNodesFrom !== undefined,
    progress: () => progressAt(state, expected, now()),
    end() {
      clearInterval(clock);
      if (pending !== "") print([pending]);
      pending = "";
    },
  };
}
