/** Words for the moment when a wait has failed: what is still billed, and how to stop it. */
import * as pulumi from "@pulumi/pulumi";

/** Options of the resource whose failure calls for advice; none without advice. The operation is never tried again: that is a person's choice. */
export function withFailureAdvice(name: string, advice: string | undefined): Pick<pulumi.CustomResourceOptions, "hooks"> {
  if (advice === undefined) return {};
  const hook = new pulumi.ErrorHook(`${name}-failed`, async (failure) => {
    await pulumi.log.error(failureMessage(failure.name, failure.failedOperation, advice));
    return false;
  });
  return { hooks: { onError: [hook] } };
}

export const failureMessage = (name: string, operation: string, advice: string) => `${name}: the ${operation} has failed. ${advice}`;
