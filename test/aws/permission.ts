/** Whether the run may spend money: returns every reason against it at once. */
import type { PlanDocument } from "../../plan/document";
import { dollars } from "../../plan/text";
import type { Estimate } from "./estimate";
import { variables, type Request } from "./request";

export function refusals(request: Request, plan: PlanDocument, estimate: Estimate | undefined): string[] {
  const { allowed, maximumUsd, missing } = request;
  const reasons: string[] = [];
  if (!allowed) reasons.push(`${variables.yes} is not "yes": nothing is made without it.`);
  if (missing.length > 0) reasons.push(`${missing.join(", ")} not set: only you know the place and your address.`);
  reasons.push(...refusedPlan(plan));
  if (!estimate) reasons.push("The plan has no price or no time, so that no limit can be held against it.");
  if (maximumUsd === undefined) reasons.push(`${variables.maximumUsd} is not an amount of dollars such as 10.`);
  else if (estimate && estimate.totalUsd > maximumUsd)
    reasons.push(`The run is expected to cost ${dollars(estimate.totalUsd)}; ${variables.maximumUsd} allows ${dollars(maximumUsd)}.`);
  return reasons;
}

function refusedPlan({ verdict, problems, requiredBeforeUp }: PlanDocument): string[] {
  const errors = problems.filter(({ severity }) => severity === "error");
  const refused = verdict === "refused" ? errors.map(({ path, message }) => `The plan is refused. ${path}: ${message}`) : [];
  return [...refused, ...requiredBeforeUp.map(({ path, message }) => `${path}: ${message}`)];
}
