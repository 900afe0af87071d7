import assert from "node:assert/strict";
import { AutomationError } from "../../../automation/automationError";

/** The error of an operation that must fail. */
export async function failureOf(operation: Promise<unknown>): Promise<AutomationError> {
  const error: unknown = await operation.then(
    () => assert.fail("It succeeded."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AutomationError, String(error));
  return error;
}
