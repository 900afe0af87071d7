/** Policies on what a program registers, for programs and tests. The folder `pack` is the pack for `pulumi --policy-pack`. */
export type { CheckedResource } from "./checkedResource";
export { checkResources, type RuleSettings } from "./checkResources";
export type { ResourceRule, Rule, RuleSetting, StackRule, Violation } from "./rule";
export { rules } from "./allRules";
