/** Which part of a deployment a resource belongs to, by its URN alone. */

/** In the order in which they come to an end on an empty account. */
export const phases = ["network", "cluster", "platform", "weights", "gpuNodes", "engine", "endpoint"] as const;
export type Phase = (typeof phases)[number];

/** By the types and the name of a URN (`<types of the parents>$<type>::<name>`); the first rule that applies. */
const rules: readonly (readonly [RegExp, Phase])[] = [
  [/vllm-eks:index:InferenceIngress/, "endpoint"],
  [/vllm-eks:index:VllmLeaderWorkerSet/, "engine"],
  [/vllm-eks:index:EfaGpuNodeGroup/, "gpuNodes"],
  [/vllm-eks:index:LustreModelStore/, "weights"],
  [/^eks:index:Cluster|^aws:eks\/(cluster|nodeGroup|access\w+):|::system-/, "cluster"],
  [/^awsx:|^aws:(ec2|vpc)\//, "network"],
];

/**
 * The phase of a resource; `platform` for what is no part of the others (add-ons, Helm releases, namespace).
 * @example
 *     phaseOf("urn:pulumi:dev::vllm-eks::awsx:ec2:Vpc::network"); // "network"
 */
export function phaseOf(urn: string): Phase {
  const resource = urn.split("::").slice(2).join("::");
  return rules.find(([pattern]) => pattern.test(resource))?.[1] ?? "platform";
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** The node group whose nodes carry the GPUs: from its creation on they are billed. */
export const isGpuNodeGroup = (urn: string): boolean => urn.includes("vllm-eks:index:EfaGpuNodeGroup$aws:eks/nodeGroup:NodeGroup::");
