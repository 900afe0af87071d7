/** Why AWS launches no nodes for a group: card layout of the template, vCPU quota, capacity of the zone. */
import { findInstanceType } from "../../../catalog/instanceTypes";
import type { CloudObject } from "./cloud";
import type { Faults } from "./faults";
import { cardFaults } from "./inputChecks";
import { isRecord, valueAt } from "./typeRules";

type Values = Record<string, unknown>;

export function nodeRefusal(inputs: Values, objects: ReadonlyMap<string, CloudObject>, faults: Faults): string | undefined {
  const [instanceType = ""] = (inputs.instanceTypes ?? []) as string[];
  const template = isRecord(inputs.launchTemplate) ? objects.get(String(inputs.launchTemplate.id)) : undefined;
  const [fault] = template ? cardFaults(instanceType, template.inputs) : [];
  if (fault) return fault;
  const facts = findInstanceType(instanceType);
  const used = [...objects.values()]
    .filter(({ type }) => type === "aws:eks/nodeGroup:NodeGroup")
    .reduce((sum, group) => sum + vcpusOf(group.inputs, facts?.vcpuQuotaCode), 0);
  return facts && faults.shortage(facts, Number(valueAt(inputs, "scalingConfig.desiredSize")), used);
}

const vcpusOf = (inputs: Values, quotaCode: string | undefined) => {
  const facts = findInstanceType(String((inputs.instanceTypes as string[] | undefined)?.[0]));
  return facts?.vcpuQuotaCode === quotaCode ? (facts?.vcpus ?? 0) * Number(valueAt(inputs, "scalingConfig.desiredSize")) : 0;
};
