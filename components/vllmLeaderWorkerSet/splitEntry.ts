/** Finds entries of an argument list that hold several words, as one would type them in a shell, and splits them. */
import { type EngineFlag, FlagValue } from "../../catalog/engineFlags";
import { readArguments } from "./argumentParser";

export interface SplitEntry {
  /** The flags in it, as far as the release has them. */
  flags: string[];
  /** One word an item; a flag with one value as `--flag=value`. */
  words: string[];
}

/** Undefined if the entry is one word: a flag, a value, or JSON and other text that may hold spaces. */
export function splitEntry(entry: string, flags: readonly EngineFlag[]): SplitEntry | undefined {
  if (!/\s/.test(entry.trim())) return undefined;
  const parts = entry.trim().split(/\s+(?=--?[A-Za-z])/);
  const [first = "", ...others] = parts;
  const known = others.filter((part) => isKnown(part, flags));
  const beginsWithFlag = /^--?[A-Za-z][\w.-]*\s/.test(first) || (/^--?[A-Za-z][\w.-]*$/.test(first) && known.length > 0);
  if (beginsWithFlag) return named([first, ...others], flags);
  // A value, or a flag with =, before another flag. Braces and quotes may hold anything.
  const text = first.startsWith("-") ? first.slice(first.indexOf("=") + 1) : first;
  if (known.length === 0 || /^[[{"']/.test(text)) return undefined;
  return named(parts, flags);
}

const isKnown = (part: string, flags: readonly EngineFlag[]) => readArguments([firstWord(part)], flags).found[0]?.name !== undefined;

const firstWord = (part: string) => part.split(/\s/)[0] ?? "";

function named(parts: readonly string[], flags: readonly EngineFlag[]): SplitEntry {
  const all = parts.map(firstWord).filter((word) => word.startsWith("-"));
  return { flags: all.map((word) => word.split("=")[0] ?? ""), words: parts.flatMap((part) => wordsOf(part, flags)) };
}

/** A flag and what follows it. */
function wordsOf(part: string, flags: readonly EngineFlag[]): string[] {
  const flag = firstWord(part);
  const rest = part.slice(flag.length).trim();
  if (rest === "") return [part.trim()];
  if (!flag.startsWith("-") || flag.includes("=")) return [part.trim()];
  const values = /^[[{]/.test(rest) ? [rest] : (rest.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [rest]).map(unquoted);
  const read = readArguments([flag], flags).found[0];
  const many = read?.flag?.value === FlagValue.Some || read?.flag?.value === FlagValue.Any;
  return values.length === 1 && !many && flag.startsWith("--") ? [`${flag}=${values[0]}`] : [flag, ...values];
}

const unquoted = (word: string) => word.replace(/^(["'])(.*)\1$/s, "$2");
