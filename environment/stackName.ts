/** Names that contain the name of the stack: the namespace and the cluster. */
import { problem, type Problem } from "../sizing/problem";
import { shellCommand } from "../sizing/shellCommand";

const namespacePrefix = "vllm-";

/** The Kubernetes namespace of one environment. */
export const namespaceOf = (stack: string): string => `${namespacePrefix}${stack}`;

/** The EKS cluster that the stack creates for an environment. */
export const clusterNameOf = (stack: string): string => `vllm-eks-${stack}`;

/** A namespace is a DNS label of at most 63 characters and consists of `vllm-` and the stack's name. */
const longestStackName = 63 - namespacePrefix.length;

/** `reference`: how commands name the stack. */
export function checkStackName(stack: string, reference = stack): Problem[] {
  const problems: Problem[] = [];
  const rename = shellCommand("pulumi", "stack", "rename", "-s", reference, "<name>");
  if (stack.length > longestStackName) {
    const message = `"${stack}" has ${stack.length} characters; the namespace ${namespaceOf("<stack>")} leaves room for ${longestStackName}.`;
    const fix = `Give the stack a shorter name: ${rename}`;
    problems.push(problem({ code: "name-too-long", path: "stack", message, fix }));
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    const message = `"${stack}" cannot be part of a namespace name, which has only lower-case letters, digits and hyphens and does not end in a hyphen.`;
    const fix = `Rename the stack: ${rename}`;
    problems.push(problem({ code: "out-of-range", path: "stack", message, fix }));
  }
  return problems;
}
