/** Answers that say nothing: the check is then listed as not asked, with the reason, and never as good. */
import type { Operation } from "./account/account";

/** Its message is the reason. */
export class Unanswered extends Error {}

/** The value of a field that a check cannot do without. */
export function present<Value>(value: Value | null | undefined, operation: Operation, field: string): Value {
  if (value === undefined || value === null) throw new Unanswered(`${operation} answered without ${field}`);
  return value;
}

/** True for the errors by which AWS says that something does not exist: they are answers. Everything else is a failure to ask. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean => error instanceof Error && codes.includes(error.name);
