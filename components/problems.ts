/** The one error that a component or a stack throws for wrong arguments: every problem at once, each with its code. */
import * as pulumi from "@pulumi/pulumi";
import { atArguments, hasErrors, type Problem } from "../sizing/problem";

export class ConfigurationError extends pulumi.RunError {
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    super([`${subject} cannot be deployed as configured:`, ...problems.map(describeProblem)].join("\n"));
    this.problems = problems;
  }
}

/** Two lines a problem: where, what and the rule; then what to do. */
export function describeProblem(problem: Problem): string {
  const commands = problem.changes.map(({ path, value }) => `\n      pulumi config set ${configFlag(path)}${path} ${quote(value)}`);
  return `  [${problem.code}] ${problem.path}: ${problem.message}\n    ${problem.fix}${commands.join("")}`;
}

/** Throws when a component was given arguments that cannot work; warnings pass. Call it before `super()`. */
export function refuseErrors(component: string, name: string, problems: readonly Problem[]): void {
  if (!hasErrors(problems)) return;
  const errors = problems.filter((problem) => problem.severity === "error");
  throw new ConfigurationError(`${component} "${name}"`, errors.map(atArguments));
}

const configFlag = (path: string) => (/[.[]/.test(path) ? "--path " : "");
const quote = (value: string | number | boolean) => (/^[\w.:/-]+$/.test(String(value)) ? String(value) : `'${String(value)}'`);
