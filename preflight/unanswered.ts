/** Answers that say nothing: the report lists such a check as not asked, with the reason, and never as good. */
import type { Operation } from "./account/account";

/** Its message is the reason. */
export class Unanswered extends Error {}

/** The value of a field that a check needs. */
export function present<Value>(value: Value | null | undefined, operation: Operation, field: string): Value {
  if (value === undefined || value === null) throw new Unanswered(`${operation} answered without ${field}`);
  return value;
}

/** The same for many fields of one answer. */
export const fieldOf =
  (operation: Operation) =>
  <Value>(value: Value | null | undefined, field: string): Value =>
    present(value, operation, field);

/** True for the errors by which AWS says that something does not exist: these are answers. With any other error the question failed. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean => error instanceof Error && codes.includes(error.name);

/** The answer, or undefined if one of these errors says that the resource does not exist. */
export async function undefinedIfMissing<Answer>(answer: Promise<Answer>, ...codes: readonly string[]): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
