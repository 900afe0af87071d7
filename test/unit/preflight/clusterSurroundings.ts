/** Surroundings with a cluster, a machine and an account with given answers. They run checks as the preflight does. */
import type { Environment } from "../../../environment/environment";
import type { Check, CheckResult } from "../../../preflight/check";
import { ClusterRefusal } from "../../../preflight/cluster/clusterErrors";
import { runChecks } from "../../../preflight/runChecks";
import { adoptedSettings, environmentOf } from "../../support/environments";

export interface Told {
  /** By path without query; other paths do not exist. An error rejects, `never` does not answer. */
  cluster?: Record<string, unknown>;
  /** By command line, with the settings of the environment before it. An error rejects. */
  programs?: Record<string, string | Error>;
  /** By address. */
  texts?: Record<string, string | Error>;
  /** By operation. An error rejects. */
  account?: Record<string, unknown>;
}

export const never = Symbol("never");

export const denied = (resource: string) =>
  new ClusterRefusal(403, "Forbidden", `${resource} is forbidden: User "deployer" cannot list resource "${resource}"`);

export const noProgram = Object.assign(new Error("spawn aws ENOENT"), { code: "ENOENT" });

export const adopted = (...settings: string[]): Environment => environmentOf("dev", ...adoptedSettings, ...settings);

const answerOf = (told: unknown): Promise<never> => {
  if (told === never) return new Promise(() => {});
  return told instanceof Error ? Promise.reject(told) : Promise.resolve(told as never);
};

export async function asked(check: Check, environment: Environment, told: Told): Promise<CheckResult | undefined> {
  const unexpected = (what: string) => new Error(`no answer is given for ${what}`);
  const { cluster } = told;
  const report = await runChecks(
    {
      environment,
      aws: environment.aws!,
      account: {
        call: (name) => answerOf(told.account?.[name] ?? unexpected(name)),
      },
      cluster: cluster && { get: (path) => answerOf(cluster[path.replace(/\?.*/, "")]) },
      machine: {
        output: (program, args, environment = {}) => {
          const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
          const line = [...settings, program, ...args].join(" ");
          return answerOf(told.programs?.[line] ?? unexpected(line));
        },
        httpStatus: (url) => answerOf(unexpected(url)),
        text: (url) => answerOf(told.texts?.[url] ?? unexpected(url)),
      },
    },
    [check],
    200,
  );
  return report.checks[0];
}

/** The parts of a result that a report shows, without times. */
export const seen = (result: CheckResult | undefined) =>
  result && {
    outcome: result.outcome,
    answer: result.answer,
    problems: result.problems.map(({ code, severity, path, changes }) => ({ code, severity, path, changes })),
  };

export const good = (answer: string) => ({ outcome: "good", answer, problems: [] });
export const notAsked = (answer: string) => ({ outcome: "notAsked", answer, problems: [] });
