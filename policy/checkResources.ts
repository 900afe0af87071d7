/** Applies every rule to the resources of a plan or a dry run, without an engine. */
import type { CheckedResource } from "./checkedResource";
import type { Violation } from "./rule";
import { rules } from "./allRules";

/** Settings by rule, then by name, as in the pack's configuration; `"disabled"` switches a rule off. */
export type RuleSettings = Readonly<Record<string, Readonly<Record<string, unknown>> | "disabled">>;

/**
 * Returns violations in the order of the rules; an empty list means that the resources pass.
 * @example
 *     const { resources } = await dryRun(() => deploy(environment, {}), { region: "us-west-2" });
 *     const violations = checkResources(resources, { "gpu-spend-ceiling": { usdPerHour: 50 } });
 */
export function checkResources(resources: readonly CheckedResource[], settings: RuleSettings = {}): Violation[] {
  const unknown = Object.keys(settings).filter((name) => !rules.some((rule) => rule.name === name));
  if (unknown.length > 0) {
    throw new Error(`There is no rule ${unknown.join(", ")}. The rules are ${rules.map(({ name }) => name).join(", ")}.`);
  }
  return rules.flatMap((rule) => {
    const configured = settings[rule.name];
    if (configured === "disabled") return [];
    return rule.scope === "stack" ? rule.check(resources, configured) : resources.flatMap((resource) => rule.check(resource, configured));
  });
}
