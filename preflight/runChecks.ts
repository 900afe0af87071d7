/** Asks every question at once, each within its time. What cannot be asked is listed and blocks nothing. */
import { hasErrors, type Problem } from "../sizing/problem";
import type { AccountApi, Operation, Operations } from "./account/account";
import type { Check, CheckResult, Finding, Surroundings } from "./check";

export interface PreflightReport {
  checks: CheckResult[];
  /** The problems of all checks. */
  problems: Problem[];
  milliseconds: number;
}

/** A check whose answer is late ends after this time; the others keep their answers. */
export const defaultBudgetMilliseconds = 5000;

export async function runChecks(
  surroundings: Surroundings,
  checks: readonly Check[],
  budgetMilliseconds = defaultBudgetMilliseconds,
): Promise<PreflightReport> {
  const began = performance.now();
  const account = askedOnce(surroundings.account);
  const results = await Promise.all(
    checks.flatMap((check) => {
      const question = check.question(surroundings);
      return question === undefined ? [] : [askCheck(check, question, { ...surroundings, account }, budgetMilliseconds)];
    }),
  );
  return { checks: results, problems: results.flatMap(({ problems }) => problems), milliseconds: performance.now() - began };
}

async function askCheck(check: Check, question: string, surroundings: Surroundings, budgetMilliseconds: number): Promise<CheckResult> {
  const began = performance.now();
  const calls = new Set<string>();
  const result = (finding: Finding, outcome: CheckResult["outcome"]): CheckResult => ({
    check: check.name,
    question,
    outcome,
    ...finding,
    source: [...calls].join(", "),
    milliseconds: performance.now() - began,
  });
  try {
    const finding = await within(budgetMilliseconds, check.ask(recordCalls(surroundings, calls)));
    return result(finding, hasErrors(finding.problems) ? "bad" : finding.problems.length > 0 ? "warning" : "good");
  } catch (error) {
    return result({ answer: describeReason(error), problems: [] }, "notAsked");
  }
}

/** Two checks that need the same answer share one call. */
export function askedOnce(account: AccountApi): AccountApi {
  const answers = new Map<string, Promise<unknown>>();
  return {
    call<Name extends Operation>(name: Name, input: Operations[Name]["input"]) {
      const key = `${name} ${JSON.stringify(input)}`;
      const answer = answers.get(key) ?? account.call(name, input);
      answers.set(key, answer);
      return answer as Promise<Operations[Name]["output"]>;
    },
  };
}

/** The same surroundings, which also record every call. */
function recordCalls({ account, cluster, machine, ...rest }: Surroundings, calls: Set<string>): Surroundings {
  return {
    ...rest,
    account: { call: (name, input) => (calls.add(name), account.call(name, input)) },
    cluster: cluster && { get: (path) => (calls.add(`GET ${path}`), cluster.get(path)) },
    machine: {
      output: (program, args, environment = {}) => {
        calls.add(describeRun(program, args, environment));
        return machine.output(program, args, environment);
      },
      httpStatus: (url, headers) => (calls.add(`GET ${url}`), machine.httpStatus(url, headers)),
      text: (url) => (calls.add(`GET ${url}`), machine.text(url)),
    },
  };
}

/** Without the values of variables, which may be keys, and without the text of a program. */
function describeRun(program: string, args: readonly string[], environment: Record<string, string>): string {
  const [first = "", text = "", ...rest] = args;
  const words = first === "-e" ? [program, first, text.length > 40 ? "…" : text, ...(rest.length > 0 ? ["…"] : [])] : [program, ...args];
  return [...Object.keys(environment).map((name) => `${name}=…`), ...words].join(" ");
}

export class Late extends Error {}

export function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer in ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** `AccessDeniedException: User … is not authorized to perform: servicequotas:GetServiceQuota`, on one line. */
function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The SDK adds a hint for code that holds the error object.
  const text = error.message
    .replace(/\s*Deserialization error: to see the raw response.*/s, "")
    .replace(/\s+/g, " ")
    .trim();
  return error.name === "Error" || error instanceof Late ? text : `${error.name}: ${text}`;
}
