/** An AWS account with given answers: by operation, with an error, or late. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { AccountApi, Operation, Operations } from "../../../preflight/account/account";
import type { Check, CheckResult, Surroundings } from "../../../preflight/check";
import { runChecks, type PreflightReport } from "../../../preflight/runChecks";
import { environmentOf } from "../../support/environments";

export type Output<Name extends Operation> = Omit<Operations[Name]["output"], "$metadata">;

/** In the form of AWS's API; a function gets the request. */
export type Answers = {
  [Name in Operation]?: Output<Name> | Error | Late | ((input: Operations[Name]["input"]) => Output<Name> | Error);
};

export class Late {
  constructor(readonly milliseconds: number) {}
}

/** An error as the SDK makes it: `name` is AWS's code. */
export const awsError = (name: string, message: string): Error => Object.assign(new Error(message), { name });

export const denied = (operation: Operation): Error =>
  awsError("AccessDeniedException", `User: arn:aws:iam::123456789012:user/reader is not authorized to perform: ${operation}`);

export interface RecordedAccount extends AccountApi {
  calls: { name: Operation; input: unknown }[];
}

export function recordedAccount(answers: Answers): RecordedAccount {
  const calls: RecordedAccount["calls"] = [];
  return {
    calls,
    async call<Name extends Operation>(name: Name, input: Operations[Name]["input"]) {
      calls.push({ name, input });
      const recorded = answers[name];
      assert.ok(recorded !== undefined, `no answer of ${name} is recorded`);
      if (recorded instanceof Late) await sleep(recorded.milliseconds, undefined, { ref: false });
      const answer = typeof recorded === "function" ? recorded(input) : recorded;
      if (answer instanceof Error) throw answer;
      return { $metadata: {}, ...answer } as Operations[Name]["output"];
    },
  };
}

/** An environment of the repository: a stack, and settings as after `--set`. */
export type Settings = readonly [stack: string, ...settings: string[]];

export interface Asked {
  report: PreflightReport;
  account: RecordedAccount;
}

/** Checks of the account ask nothing of this machine. */
export const noMachine = {} as Surroundings["machine"];

export async function preflight(
  checks: readonly Check[],
  [stack, ...settings]: Settings,
  answers: Answers,
  budgetMilliseconds?: number,
): Promise<Asked> {
  const environment = environmentOf(stack, ...settings);
  assert.ok(environment.aws, `${stack} is not an environment on AWS`);
  const account = recordedAccount(answers);
  const surroundings = { environment, aws: environment.aws, account, cluster: undefined, machine: noMachine };
  return { report: await runChecks(surroundings, checks, budgetMilliseconds), account };
}

/** The result of one check that arises. */
export async function resultOf(check: Check, settings: Settings, answers: Answers): Promise<CheckResult> {
  const { report } = await preflight([check], settings, answers);
  const [result] = report.checks;
  assert.ok(result, `${check.name} does not arise`);
  return result;
}

export async function arises(check: Check, settings: Settings): Promise<boolean> {
  const { report } = await preflight([check], settings, {});
  return report.checks.length === 1;
}

/** The parts of a result that a test states exactly. */
export const brief = ({ outcome, answer, problems }: CheckResult) => ({
  outcome,
  answer,
  problems: problems.map(({ code, severity, path, changes }) => ({ code, severity, path, changes })),
});
