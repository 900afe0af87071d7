/** The dated defaults in a plan: which set it is of, and what a stack that already runs has instead. */
import { newestDefaults } from "../catalog/defaults";
import { takeDefaults } from "../environment/defaultSettings";
import type { Environment } from "../environment/environment";
import { shellCommand } from "../sizing/shellCommand";
import { paragraph } from "./text";

export interface DocumentDefaults {
  /** Of this plan: what the key `defaults` names, else the newest. A plan does not read the state of a stack. */
  name: string;
  newest: string;
  vllmImageTag: string;
  /** Version by chart. */
  charts: Record<string, string>;
}

export function documentDefaults({ defaults }: Environment): DocumentDefaults {
  const { name, vllmImageTag } = defaults;
  const charts = Object.fromEntries(Object.entries(defaults.charts).map(([chart, { version }]) => [chart, version]));
  return { name, newest: newestDefaults.name, vllmImageTag, charts };
}

export function defaultsLines(defaults: DocumentDefaults | null, stack: string): string[] {
  if (!defaults) return [];
  const { name, newest, vllmImageTag, charts } = defaults;
  const versions = Object.entries(charts).map(([chart, version]) => `${chart} ${version}`);
  const others =
    name === newest
      ? "A stack that already runs keeps those that it was made with, until you take these:"
      : `The newest are ${newest}. A stack keeps those that it was made with, until you take others:`;
  return [
    paragraph(`${name}, where no other key decides: image ${vllmImageTag}; charts ${versions.join(", ")}.`, "  "),
    // A command is a line, so that it can be pasted.
    paragraph(others, "  "),
    `    ${takeDefaults(newest, stack)}`,
    "  What a stack has:",
    `    ${shellCommand("pulumi", "stack", "output", "defaults", "-s", stack)}`,
  ];
}
