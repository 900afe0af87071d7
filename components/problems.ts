/** The only error that a component or a stack throws for wrong arguments: it lists every problem at once, each with its code. */
import * as pulumi from "@pulumi/pulumi";
import { argumentPrefix, atArguments, hasErrors, type Change, type Problem } from "../sizing/problem";
import { configSet, shellCommand } from "../sizing/shellCommand";

/**
 * In a TypeScript program it is a RunError: Pulumi prints the message without a stack. When a component in another process throws it, it is
 * an InputPropertiesError as well, so that a program in Python or YAML reads which argument has which problem. Pulumi recognises both by
 * their marks, and a class can extend only one of them.
 */
export class ConfigurationError extends pulumi.RunError {
  readonly problems: readonly Problem[];
  /** One for each problem of a component's arguments; empty for the configuration of a stack. */
  readonly errors: pulumi.InputPropertyErrorDetails[];
  readonly __pulumiInputPropertiesError: boolean;

  constructor(subject: string, problems: readonly Problem[], errors: pulumi.InputPropertyErrorDetails[] = [], stack?: string) {
    super([`${subject} cannot be deployed as configured:`, ...problems.map((each) => describeProblem(each, stack))].join("\n"));
    this.problems = problems;
    this.errors = errors;
    this.__pulumiInputPropertiesError = errors.length > 0;
    if (this.stack !== undefined) this.stack = withoutPackageFrames(this.stack);
  }
}

/**
 * Pulumi's runner inspects every error in colour, and Node 20 and 22 need ten seconds and three gigabytes for a frame such as
 * `node_modules/@pulumi/resource.ts` (https://github.com/nodejs/node/issues/64011). A frame inside a package does not help to find a wrong
 * setting anyway.
 */
const withoutPackageFrames = (stack: string): string =>
  stack
    .split("\n")
    .filter((line) => !(/^\s+at /.test(line) && line.includes("node_modules")))
    .join("\n");

/** Says where the problem is, what is wrong and which rule it breaks; then what to do; then what to type for the stack. */
export function describeProblem(problem: Problem, stack?: string): string {
  const changes = problem.changes.map((change) => `\n      ${describeChange(change, stack)}`);
  return `  [${problem.code}] ${problem.path}: ${problem.message}\n    ${problem.fix}${changes.join("")}`;
}

/** You change a component's arguments in your program, and a stack's settings with a command. */
function describeChange(change: Change, stack?: string): string {
  const argument = change.path.startsWith(argumentPrefix) ? change.path.slice(argumentPrefix.length) : undefined;
  return argument === undefined
    ? shellCommand(...configSet(stack, change.path, change.value))
    : `${argument}: ${JSON.stringify(change.value)}`;
}

/** Throws if the arguments of a component cannot work; warnings pass. Call it before `super()`. */
export function refuseErrors(component: string, name: string, problems: readonly Problem[]): void {
  if (!hasErrors(problems)) return;
  const errors = problems.filter((problem) => problem.severity === "error");
  throw new ConfigurationError(`${component} "${name}"`, errors.map(atArguments), errors.map(inputError));
}

/** Pulumi adds the property and its value to this text. */
const inputError = ({ code, path, message, fix }: Problem): pulumi.InputPropertyErrorDetails => ({
  propertyPath: path,
  reason: `[${code}] ${message} ${fix}`,
});
