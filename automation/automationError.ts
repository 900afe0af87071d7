/** The one error of an operation: why it ended, what to do, and the original words. */
import type { Problem } from "../sizing/problem";
import type { Operation } from "./progress";

export const automationCauses = [
  "locked",
  "missing-configuration",
  "invalid-configuration",
  "no-capacity",
  "quota",
  "unreachable-cluster",
  "expired-credentials",
  "no-credentials",
  "protected",
  "cancelled",
  "stuck-release",
  "unknown",
] as const;
export type AutomationCause = (typeof automationCauses)[number];

/** The error as plain values: what one process tells another. */
export interface AutomationFailure {
  cause: AutomationCause;
  operation: Operation | "outputs";
  stackName: string;
  /** Names of the resources that failed, or that forbid the operation; empty where none is to blame. */
  resources: string[];
  /** What to do; and after a deployment that stopped half way, what is billed meanwhile. */
  advice: string;
  /** Everything wrong with the configuration, with codes and paths; empty for other causes. */
  problems: Problem[];
  /** Pulumi's own words, colours and secrets taken out. */
  original: string;
  message: string;
}

/**
 * Thrown by every operation that does not succeed.
 * @example
 *     if (error instanceof AutomationError && error.cause === "no-capacity") await elsewhere(error.resources);
 */
export class AutomationError extends Error implements AutomationFailure {
  override readonly name = "AutomationError";
  override readonly cause: AutomationCause;
  readonly operation: Operation | "outputs";
  readonly stackName: string;
  readonly resources: string[];
  readonly advice: string;
  readonly problems: Problem[];
  readonly original: string;

  constructor(failure: AutomationFailure) {
    super(failure.message);
    const { cause, operation, stackName, resources, advice, problems, original } = failure;
    this.cause = cause;
    this.operation = operation;
    this.stackName = stackName;
    this.resources = resources;
    this.advice = advice;
    this.problems = problems;
    this.original = original;
  }

  /** As plain values. */
  toJSON(): AutomationFailure {
    const { cause, operation, stackName, resources, advice, problems, original, message } = this;
    return { cause, operation, stackName, resources, advice, problems, original, message };
  }
}
