/** The longest Pulumi logical names from which AWS and Kubernetes accept the physical name. */
import { nameRules } from "../catalog/awsTextRules";
import { problem, type Problem } from "../sizing/problem";

/**
 * Pulumi appends a hyphen and seven characters to a logical name. The provider does not check the limit of load balancers before AWS
 * refuses the name, so we check it here.
 */
const longestLogicalName = {
  loadBalancer: nameRules.loadBalancer.longest - 8,
  nodeGroup: nameRules.nodeGroup.longest - 8,
} as const;

/** A label of a StatefulSet contains the name of the LeaderWorkerSet and the index of the group (LWS troubleshooting page). */
export const longestLeaderWorkerSetName = (replicas: number) => 51 - String(Math.max(0, replicas - 1)).length;

export function checkNameLength(what: keyof typeof longestLogicalName, logicalName: string): Problem[] {
  return nameTooLong(what, logicalName, longestLogicalName[what]);
}

export function nameTooLong(what: string, name: string, longest: number): Problem[] {
  if (name.length <= longest) return [];
  const message = `"${name}" has ${name.length} characters; the ${what} named after it allows at most ${longest}.`;
  const fix = `Shorten the component's name by ${name.length - longest} characters.`;
  return [problem({ code: "name-too-long", path: "name", message, fix })];
}

/**
 * The field manager of an object that has a fixed name. Pulumi invents a field manager for every object it creates. If an engine dies while
 * it waits for the object, the next engine takes it over with another one, and Kubernetes refuses every later change as a conflict.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const fieldManager = { "pulumi.com/patchFieldManager": "vllm-eks" } as const;
