/** Checks the form of further arguments: one word an entry, flags that the engine's release has, and values where they belong. */
import { closest, distance } from "fastest-levenshtein";
import { type EngineFlag, engineFlags, engineFlagVersions, FlagValue } from "../../catalog/engineFlags";
import { type Change, problem, type Problem } from "../../sizing/problem";
import type { FlagList, ReadArgument } from "./argumentParser";
import type { SplitEntry } from "./splitEntry";

/** Their values must not be in a manifest, nor in a message. */
export const secretFlags: readonly string[] = ["--api-key", "--hf-token"];

export const entryPath = (index: number) => `engine.extraArguments[${index}]`;

/** Each entry as text. `pieces`: for each, what it is split into if it holds several words. `secret`: a key is among them. */
export function entryProblems(words: readonly string[], pieces: readonly (SplitEntry | undefined)[], secret: boolean): Problem[] {
  const firstSplit = pieces.findIndex((piece) => piece !== undefined);
  return words.flatMap((word, index) => {
    const piece = pieces[index];
    if (piece === undefined) return textProblems(word, index);
    const message = `${ordinal(index)} holds ${piece.flags.map(shown).join(", ")} and more; vLLM gets each entry as one word and does not split it.`;
    const changes = index === firstSplit && !secret ? splitChanges(words, pieces, index) : [];
    return [malformed(index, message, "Make each flag an entry of the list, with its value after = or as the next entry.", changes)];
  });
}

/** Rewrites the list from the first entry that is split: what follows it moves. */
function splitChanges(words: readonly string[], pieces: readonly (SplitEntry | undefined)[], from: number): Change[] {
  const rest = pieces.slice(from).flatMap((piece, index) => piece?.words ?? words[from + index] ?? "");
  // `pulumi config set --path` would store a number, and the list holds text.
  if (rest.some((word) => /^(-?\d+|true|false)$/.test(word))) return [];
  return rest.map((value, index) => ({ path: entryPath(from + index), value }));
}

function textProblems(word: string, index: number): Problem[] {
  if (word.trim() === "") return [malformed(index, `${ordinal(index)} is empty.`, "Remove it, or write the value after = with its flag.")];
  if (word.includes("$(")) {
    const message = `${ordinal(index)} holds $(…): Kubernetes replaces $(NAME) in arguments by the variable of the pod, such as the API key, and vLLM logs its arguments.`;
    return [malformed(index, message, "Write the value itself. An argument with $( cannot be passed.")];
  }
  if (!/[\p{Cc}\u2028\u2029]/u.test(word)) return [];
  const message = `${ordinal(index)} holds a line break or another control character.`;
  return [malformed(index, message, "Write it on one line.", oneLine(word, index))];
}

/** JSON means the same without its line breaks. */
function oneLine(word: string, index: number): Change[] {
  const [, flag = "", text = ""] = /^(--[\w.-]+=)?(.*)$/s.exec(word) ?? [];
  try {
    return [{ path: entryPath(index), value: flag + JSON.stringify(JSON.parse(text)) }];
  } catch {
    return [];
  }
}

/** A flag against the list of the release, and its values against the flag. `before`: the flags before it. */
export const flagProblems = (argument: ReadArgument, before: readonly ReadArgument[], list: FlagList): Problem[] => [
  ...nameProblems(argument, list),
  ...valueProblems(argument),
  ...repetition(argument, before),
];

/** The word is not repeated: it may be a secret that lost its flag. */
export function strayProblem(index: number): Problem {
  const message = `${ordinal(index)} is a value, and no flag before it takes it.`;
  return malformed(index, message, "Remove it, or put its flag before it.");
}

function nameProblems(argument: ReadArgument, list: FlagList): Problem[] {
  const { index, typed, flag, name, field } = argument;
  const written = spelled(typed, field);
  if (!flag || name === undefined) return [unknownFlag(argument, written, list)];
  if (name === written || !typed.startsWith("--")) return [];
  const message = `${shown(typed)} is an abbreviation: vLLM ${list.release} takes it for ${name}, and another release may refuse it.`;
  return [unknown(index, "warning", message, `Write ${name}.`, rename(argument, name))];
}

function unknownFlag(argument: ReadArgument, written: string, { flags, release, exact }: FlagList): Problem {
  const { index, typed, candidates } = argument;
  const severity = exact ? "error" : "warning";
  const doubt = exact ? "" : ` The catalog has no list for this version; ${release} is the nearest that has one.`;
  if (candidates.length > 0) {
    const message = `${shown(typed)} can stand for ${candidates.slice(0, 5).join(", ")}${candidates.length > 5 ? " and more" : ""} in vLLM ${release}.${doubt}`;
    return unknown(index, severity, message, "Write the flag in full.");
  }
  const others = releasesWith(written);
  const has = others.length === 0 ? "" : `: vLLM ${others.join(" and ")} ${others.length > 1 ? "have" : "has"} it`;
  const near = nearest(written, flags);
  const message = `${shown(typed)} is not a flag of vLLM ${release}${has}.${doubt}`;
  const fix = near === undefined ? "Remove it, or set engine.vllmVersion to the version in the image." : `Did you mean ${near}?`;
  return unknown(index, severity, message, fix, near === undefined ? [] : rename(argument, near));
}

/** Keeps what is attached to the flag. A flag that takes a key is never proposed: its value would be printed. */
function rename({ index, typed, field, word }: ReadArgument, name: string): Change[] {
  if (secretFlags.includes(name) || !word.startsWith(typed)) return [];
  const suffix = field === undefined ? "" : `.${field}`;
  return [{ path: entryPath(index), value: `${name}${suffix}${word.slice(typed.length)}` }];
}

const spelled = (typed: string, field: string | undefined): string => {
  const key = field === undefined ? typed : typed.slice(0, typed.indexOf("."));
  return key.startsWith("--") ? key.replaceAll("_", "-") : key;
};

/** A mistyped flag is near; a value that only begins with a hyphen is not. */
function nearest(typed: string, flags: readonly EngineFlag[]): string | undefined {
  if (typed.length < 4) return undefined;
  const near = closest(
    typed,
    flags.flatMap(({ names }) => names),
  );
  return distance(typed, near) <= Math.max(2, typed.length / 4) ? near : undefined;
}

function releasesWith(name: string): string[] {
  return engineFlags
    .filter(({ names }) => names.includes(name))
    .map(({ since, until }) => {
      if (until === engineFlagVersions.at(-1)) return `${since} and later`;
      return since === engineFlagVersions[0] ? `${until} and earlier` : `${since} to ${until}`;
    });
}

function valueProblems({ index, name, flag, wrongValues }: ReadArgument): Problem[] {
  if (wrongValues === undefined || !flag) return [];
  if (wrongValues === "surplus") return [malformed(index, `${name} takes no value.`, "Remove = and what follows it.")];
  const hint = flag.value === FlagValue.One ? ` A value that begins with a hyphen is written ${name}=<value>.` : "";
  return [malformed(index, `${name} needs a value after it.`, `Add the value, or remove the flag.${hint}`)];
}

function repetition({ index, flag, name, field }: ReadArgument, before: readonly ReadArgument[]): Problem[] {
  // vLLM collects the values of this one flag; of others it takes the last.
  if (!flag || field !== undefined || flag.names.includes("--middleware")) return [];
  if (!before.some((each) => each.flag === flag && each.field === undefined)) return [];
  const message = `${name} is there twice, and vLLM uses only the last.`;
  return [{ ...malformed(index, message, "Keep one of them."), severity: "warning" }];
}

/** Only what can be a name: an entry may hold a secret. */
const shown = (typed: string) => (/^--?[\w.-]{0,60}/.exec(typed) ?? [""])[0];

const ordinal = (index: number) => `Entry ${index + 1}`;

const malformed = (index: number, message: string, fix: string, changes: Change[] = []): Problem =>
  problem({ code: "engine-argument-malformed", path: entryPath(index), message, fix, changes });

const unknown = (index: number, severity: Problem["severity"], message: string, fix: string, changes: Change[] = []): Problem =>
  problem({ code: "engine-argument-unknown", severity, path: entryPath(index), message, fix, changes });
