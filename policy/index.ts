/** Policies over what a program registers, for programs and tests. The pack for `pulumi --policy-pack` is the folder `pack`. */
export type { CheckedResource } from "./checkedResource";
export { checkResources, type RuleSettings } from "./checkResources";
export type { ResourceRule, Rule, RuleSetting, StackRule, Violation } from "./rule";
export { rules } from "./allRules";
