/** What the form check and the rules say about values, without files around them. */
import { resolveEnvironment } from "../../environment/resolveEnvironment";
import type { Problem } from "../../sizing/problem";

export type Values = Record<string, unknown>;

const day = { today: "2026-11-24", region: "us-west-2" };

export const withValues = (values: Values, aws: Values = {}): Problem[] =>
  resolveEnvironment({ stack: "dev", ...day, values, aws }).problems;

/** Code and path of each error at a path of this form. */
export const errors = (problems: readonly Problem[], about: RegExp): string[] =>
  problems.filter(({ severity, path }) => severity === "error" && about.test(path)).map(({ code, path }) => `${code} ${path}`);
