/** What the check of further arguments says about a list, for a group of one. */
import assert from "node:assert/strict";
import { checkEngineArguments } from "../../../components/vllmLeaderWorkerSet/argumentRules";
import type { Problem } from "../../../sizing/problem";

export const check = (extraArguments: string[], vllmVersion = "0.27.1"): Problem[] =>
  checkEngineArguments({ engine: { extraArguments }, vllmVersion, groupSize: 1 });

/** `error engine-argument-reserved [0]` */
export const brief = (extraArguments: string[], vllmVersion?: string): string[] =>
  check(extraArguments, vllmVersion).map(({ code, severity, path }) => `${severity} ${code} ${path.replace("engine.extraArguments", "")}`);

/** The one problem of a list. */
export function only(words: string[], vllmVersion?: string): Problem {
  const [problem, ...more] = check(words, vllmVersion);
  assert.ok(problem && more.length === 0, JSON.stringify([problem, ...more]));
  return problem;
}
