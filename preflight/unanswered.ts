/** Answers that say nothing: the check is then listed as not asked, with the reason, and never as good. */
import type { Operation } from "./account/account";

/** Its message is the reason. */
export class Unanswered extends Error {}

/** The value of a field that a check cannot do without. */
export function present<Value>(value: Value | null | undefined, operation: Operation, field: string): Value {
  if (value === undefined || value === null) throw new Unanswered(`${operation} answered without ${field}`);
  return value;
}

/** The same for many fields of one answer. */
export const fieldOf =
  (operation: Operation) =>
  <Value>(value: Value | null | undefined, field: string): Value =>
    present(value, operation, field);

/** True for the errors by which AWS says that something does not exist: they are answers. Everything else is a failure to ask. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean => error instanceof Error && codes.includes(error.name);

/** The answer, or undefined where AWS says by one of these errors that what was asked for does not exist. */
export async function undefinedIfMissing<Answer>(answer: Promise<Answer>, ...codes: readonly string[]): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
