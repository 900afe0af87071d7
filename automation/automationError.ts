/** The one error of an operation: why it failed, what to do, and the original text. */
import type { Problem } from "../sizing/problem";
import type { Operation } from "./progress";

export const automationCauses = [
  "locked",
  "no-pulumi-cli",
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

/** The error as plain values, which one process can send to another. */
export interface AutomationFailure {
  cause: AutomationCause;
  operation: Operation | "outputs";
  stackName: string;
  /** Names of the resources that failed, or that forbid the operation; empty when no resource caused the error. */
  resources: string[];
  /** What to do, and after a deployment that stopped half way, what AWS still bills. */
  advice: string;
  /** All problems of the configuration, with codes and paths; empty for other causes. */
  problems: Problem[];
  /** Pulumi's own text, without colours and secrets. */
  original: string;
  message: string;
}

/**
 * Every operation that does not succeed throws this error.
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

  /** The error as plain values. */
  toJSON(): AutomationFailure {
    const { cause, operation, stackName, resources, advice, problems, original, message } = this;
    return { cause, operation, stackName, resources, advice, problems, original, message };
  }
}
