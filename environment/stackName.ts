/** The name of a stack: namespace and cluster are named after it. */
import type { Problem } from "../sizing/problem";

/** A namespace is a DNS label of 63 characters, and `vllm-` stands before the stack's name. */
const longestStackName = 63 - "vllm-".length;

export function checkStackName(stack: string): Problem[] {
  const problem = { severity: "error" as const, path: "stack", changes: [] };
  const problems: Problem[] = [];
  if (stack.length > longestStackName) {
    const message = `"${stack}" has ${stack.length} characters; the namespace vllm-<stack> leaves room for ${longestStackName}.`;
    problems.push({ ...problem, code: "name-too-long", message, fix: "Give the stack a shorter name: pulumi stack rename <name>" });
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    const message = `"${stack}" cannot be part of a namespace's name: lower-case letters, digits and hyphens can, with no hyphen at the end.`;
    problems.push({ ...problem, code: "out-of-range", message, fix: "Give the stack such a name: pulumi stack rename <name>" });
  }
  return problems;
}
