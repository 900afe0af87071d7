/** Messages between the process that runs an operation and the process that started it. */
import type { AutomationFailure } from "./automationError";
import type { AutomationOptions, DeployResult, DestroyOptions } from "./options";
import type { Operation, Progress } from "./progress";

export interface Assignment {
  kind: "assignment";
  options: AutomationOptions;
  operation: Operation | "outputs";
  request: Pick<DestroyOptions, "remove">;
  /** Which reports the caller wants. */
  tell: { progress: boolean; output: boolean };
}

/** Sent to the process. */
export type Order = Assignment | { kind: "cancel" };

/** Sent by the process; the last one is `done` or `failed`. */
export type Report =
  | { kind: "ready" }
  | { kind: "progress"; progress: Progress }
  | { kind: "output"; line: string }
  | { kind: "done"; result: DeployResult }
  | { kind: "failed"; failure: AutomationFailure };
