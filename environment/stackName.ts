/** Names that contain the name of the stack: the namespace and the cluster. */
import { problem, type Problem } from "../sizing/problem";

const namespacePrefix = "vllm-";

/** The Kubernetes namespace of one environment. */
export const namespaceOf = (stack: string): string => `${namespacePrefix}${stack}`;

/** The EKS cluster that the stack creates for an environment. */
export const clusterNameOf = (stack: string): string => `vllm-eks-${stack}`;

/** A namespace is a DNS label of at most 63 characters and consists of `vllm-` and the stack's name. */
const longestStackName = 63 - namespacePrefix.length;

export function checkStackName(stack: string): Problem[] {
  const problems: Problem[] = [];
  if (stack.length > longestStackName) {
    const message = `"${stack}" has ${stack.length} characters; the namespace ${namespaceOf("<stack>")} leaves room for ${longestStackName}.`;
    const fix = "Give the stack a shorter name: pulumi stack rename <name>";
    problems.push(problem({ code: "name-too-long", path: "stack", message, fix }));
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    const message = `"${stack}" cannot be part of a namespace name, which has only lower-case letters, digits and hyphens and does not end in a hyphen.`;
    const fix = "Rename the stack: pulumi stack rename <name>";
    problems.push(problem({ code: "out-of-range", path: "stack", message, fix }));
  }
  return problems;
}
