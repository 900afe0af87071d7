/** What a process that carries out one operation and the process that asked for it say to each other. */
import type { AutomationFailure } from "./automationError";
import type { AutomationOptions, DeployResult, DestroyOptions } from "./options";
import type { Operation, Progress } from "./progress";

export interface Assignment {
  kind: "assignment";
  options: AutomationOptions;
  operation: Operation | "outputs";
  request: Pick<DestroyOptions, "remove">;
  /** Whether somebody listens. */
  tell: { progress: boolean; output: boolean };
}

/** To the process. */
export type Order = Assignment | { kind: "cancel" };

/** From the process; the last one is `done` or `failed`. */
export type Report =
  | { kind: "ready" }
  | { kind: "progress"; progress: Progress }
  | { kind: "output"; line: string }
  | { kind: "done"; result: DeployResult }
  | { kind: "failed"; failure: AutomationFailure };
