/** Finds the part of a deployment that a resource belongs to, from its URN alone. */

/** In the order in which they finish on an empty account. */
export const phases = ["network", "cluster", "platform", "weights", "gpuNodes", "engine", "endpoint"] as const;
export type Phase = (typeof phases)[number];

/** Match the types and the name of a URN (`<types of the parents>$<type>::<name>`); the first rule that matches applies. */
const rules: readonly (readonly [RegExp, Phase])[] = [
  [/vllm-eks:index:InferenceIngress/, "endpoint"],
  [/vllm-eks:index:VllmLeaderWorkerSet/, "engine"],
  [/vllm-eks:index:EfaGpuNodeGroup/, "gpuNodes"],
  [/vllm-eks:index:LustreModelStore/, "weights"],
  [/^eks:index:Cluster|^aws:eks\/(cluster|nodeGroup|access\w+):|::system-/, "cluster"],
  [/^awsx:|^aws:(ec2|vpc)\//, "network"],
];

/**
 * The phase of a resource; `platform` for everything that no rule matches (add-ons, Helm releases, namespace).
 * @example
 *     phaseOf("urn:pulumi:dev::vllm-eks::awsx:ec2:Vpc::network"); // "network"
 */
export function phaseOf(urn: string): Phase {
  const resource = urn.split("::").slice(2).join("::");
  return rules.find(([pattern]) => pattern.test(resource))?.[1] ?? "platform";
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** The node group with the GPUs. AWS bills its nodes from its creation on. */
export const isGpuNodeGroup = (urn: string): boolean => urn.includes("vllm-eks:index:EfaGpuNodeGroup$aws:eks/nodeGroup:NodeGroup::");
