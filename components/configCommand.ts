/** The Pulumi command that changes one setting, as a list of words, so that a report can break it over lines. */
import type { Change } from "../sizing/problem";

export function configSetCommand({ path, value }: Change, stack?: string): string[] {
  const inObject = /[.[]/.test(path) ? ["--path"] : [];
  // `--path` recognises only whole numbers and would store 0.9 as text.
  const fraction = typeof value === "number" && !Number.isInteger(value) ? ["--type float"] : [];
  return ["pulumi config set", ...(stack ? [`-s ${quoted(stack)}`] : []), ...inObject, ...fraction, quoted(path), quoted(String(value))];
}

/** For a POSIX shell. */
export const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);
