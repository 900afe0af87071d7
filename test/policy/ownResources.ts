/** Resources as a person would add them beside this package's, and the names of the rules that they break. */
import { checkResources, type CheckedResource, type RuleSettings } from "../../policy";

export const resource = (type: string, inputs: Record<string, unknown>, name = "mine", dependsOn: string[] = []): CheckedResource => ({
  ...{ urn: `urn:${type}::${name}`, type, name, dependsOn, inputs },
});
export const rulesBroken = (resources: CheckedResource[], settings: RuleSettings = {}) => [
  ...new Set(checkResources(resources, settings).map(({ rule }) => rule)),
];
export const broken = (type: string, inputs: Record<string, unknown>, settings?: RuleSettings) =>
  rulesBroken([resource(type, inputs)], settings);

export const container = { name: "engine", image: "registry.example/vllm:0.27.1" };
