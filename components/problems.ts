/** The one error that a component or a stack throws for wrong arguments: every problem at once, each with its code. */
import * as pulumi from "@pulumi/pulumi";
import { argumentPrefix, atArguments, hasErrors, type Change, type Problem } from "../sizing/problem";
import { configSetCommand } from "./configCommand";

/**
 * In a program of its own language a RunError: Pulumi prints the message without a stack. Thrown by a component in another process it is an
 * InputPropertiesError as well, so that a program in Python or YAML reads which argument has which problem. Pulumi tells both by their
 * marks, and a class can extend only one of them.
 */
export class ConfigurationError extends pulumi.RunError {
  readonly problems: readonly Problem[];
  /** One for each problem of a component's arguments; none for the configuration of a stack. */
  readonly errors: pulumi.InputPropertyErrorDetails[];
  readonly __pulumiInputPropertiesError: boolean;

  constructor(subject: string, problems: readonly Problem[], errors: pulumi.InputPropertyErrorDetails[] = []) {
    super([`${subject} cannot be deployed as configured:`, ...problems.map(describeProblem)].join("\n"));
    this.problems = problems;
    this.errors = errors;
    this.__pulumiInputPropertiesError = errors.length > 0;
    if (this.stack !== undefined) this.stack = withoutPackageFrames(this.stack);
  }
}

/**
 * Pulumi's runner inspects every error in colour, and Node 20 and 22 take ten seconds and three gigabytes for a frame such as
 * `node_modules/@pulumi/resource.ts` (https://github.com/nodejs/node/issues/64011). No frame inside a package leads to a wrong setting
 * anyway.
 */
const withoutPackageFrames = (stack: string): string =>
  stack
    .split("\n")
    .filter((line) => !(/^\s+at /.test(line) && line.includes("node_modules")))
    .join("\n");

/** Where, what and the rule; then what to do; then what to type. */
export function describeProblem(problem: Problem): string {
  const mends = problem.changes.map((change) => `\n      ${mend(change)}`);
  return `  [${problem.code}] ${problem.path}: ${problem.message}\n    ${problem.fix}${mends.join("")}`;
}

/** A component's own arguments are changed in a program, a stack's by a command. */
function mend(change: Change): string {
  const argument = change.path.startsWith(argumentPrefix) ? change.path.slice(argumentPrefix.length) : undefined;
  return argument === undefined ? configSetCommand(change).join(" ") : `${argument}: ${JSON.stringify(change.value)}`;
}

/** Throws when a component was given arguments that cannot work; warnings pass. Call it before `super()`. */
export function refuseErrors(component: string, name: string, problems: readonly Problem[]): void {
  if (!hasErrors(problems)) return;
  const errors = problems.filter((problem) => problem.severity === "error");
  throw new ConfigurationError(`${component} "${name}"`, errors.map(atArguments), errors.map(inputError));
}

/** Pulumi names the property and its value itself. */
const inputError = ({ code, path, message, fix }: Problem): pulumi.InputPropertyErrorDetails => ({
  propertyPath: path,
  reason: `[${code}] ${message} ${fix}`,
});
