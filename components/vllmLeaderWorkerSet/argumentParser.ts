/**
 * Reads further arguments as `vllm serve` does, so that no spelling of a flag passes a rule. vLLM's FlexibleArgumentParser is Python's
 * argparse with abbreviations allowed; before that it turns underscores of a name into hyphens, `-O3` into `--optimization-level 3`, and
 * dotted names into JSON (`--speculative-config.method mtp`). It is the same in every release from 0.13 to 0.33:
 * https://github.com/vllm-project/vllm/blob/v0.27.1/vllm/utils/argparse_utils.py
 */
import { type EngineFlag, engineFlags, engineFlagsOf, engineFlagVersions, FlagValue } from "../../catalog/engineFlags";
import { compareVersions } from "../../sizing/versions";

export interface FlagList {
  flags: readonly EngineFlag[];
  /** The release that the list is of. */
  release: string;
  /** False if the catalog has no list for the version and took the nearest. */
  exact: boolean;
}

export function flagListOf(vllmVersion: string): FlagList {
  const release = vllmVersion.replace(/^v/, "").replace(/\+.*$/, "");
  if (engineFlagVersions.includes(release)) return { flags: engineFlagsOf(release), release, exact: true };
  const nearest = engineFlagVersions.findLast((each) => compareVersions(each, release) <= 0) ?? engineFlagVersions[0] ?? "";
  return { flags: engineFlagsOf(nearest), release: nearest, exact: false };
}

/** One flag of a list with its values. */
export interface ReadArgument {
  /** Place of the flag in the list, and of the first entry after its values. */
  index: number;
  end: number;
  /** The entry, and the flag in it as typed. */
  word: string;
  typed: string;
  /** The flag that vLLM takes it for, and which of its names; undefined if there is none, or more than one. */
  flag: EngineFlag | undefined;
  name: string | undefined;
  /** Names that an abbreviation may stand for. */
  candidates: string[];
  values: string[];
  /** What follows the first dot of a dotted name. */
  field: string | undefined;
  /** The values are too few, or one is attached to a flag that takes none. */
  wrongValues: "missing" | "surplus" | undefined;
}

export interface ReadArguments {
  found: ReadArgument[];
  /** Places of words that belong to no flag. */
  strays: number[];
}

interface Meaning {
  typed: string;
  flag?: EngineFlag;
  name?: string;
  candidates: string[];
  attached?: string;
  field?: string;
}

export function readArguments(words: readonly string[], flags: readonly EngineFlag[]): ReadArguments {
  const found: ReadArgument[] = [];
  const strays: number[] = [];
  for (let index = 0; index < words.length;) {
    const optimization = words[index] === "-O" && /^[0-3]$/.test(words[index + 1] ?? "");
    const meaning = optimization ? { ...lookUp("--optimization-level", flags), typed: "-O" } : meaningOf(words[index] ?? "", flags);
    if (meaning === undefined) {
      // vLLM does not recognise the words after an unknown flag either; one problem is enough.
      if (found.at(-1)?.flag !== undefined || found.length === 0) strays.push(index);
      index++;
      continue;
    }
    const { flag, name, typed, candidates, attached, field }: Meaning = meaning;
    const { end, values, wrongValues } = valuesAfter(words, index + 1, meaning, flags);
    found.push({
      index,
      end,
      word: words[index] ?? "",
      typed,
      flag,
      name,
      candidates,
      values: attached === undefined ? values : [attached],
      field,
      wrongValues,
    });
    index = end;
  }
  return { found, strays };
}

function valuesAfter(words: readonly string[], start: number, { flag, attached, field }: Meaning, flags: readonly EngineFlag[]) {
  const taken = (end: number, wrongValues?: ReadArgument["wrongValues"]) => ({ end, values: words.slice(start, end), wrongValues });
  if (attached !== undefined) return taken(start, flag?.value === FlagValue.None && field === undefined ? "surplus" : undefined);
  // A dotted name takes the next word, whatever it is.
  if (field !== undefined) return taken(Math.min(start + 1, words.length), start < words.length ? undefined : "missing");
  if (flag === undefined || flag.value === FlagValue.None) return taken(start);
  const many = flag.value === FlagValue.Some || flag.value === FlagValue.Any;
  const most = many ? words.length : Math.min(start + 1, words.length);
  let end = start;
  while (end < most && meaningOf(words[end] ?? "", flags) === undefined) end++;
  const required = flag.value === FlagValue.One || flag.value === FlagValue.Some;
  return taken(end, required && end === start ? "missing" : undefined);
}

/** Undefined for a value. */
function meaningOf(word: string, flags: readonly EngineFlag[]): Meaning | undefined {
  const level = /^-O(=?)(.+)$/s.exec(word);
  if (level) return { ...lookUp("--optimization-level", flags), typed: "-O", attached: level[2] ?? "" };
  const equals = word.indexOf("=");
  const key = equals < 0 ? word : word.slice(0, equals);
  const attached = equals < 0 ? {} : { attached: word.slice(equals + 1) };
  const dot = key.indexOf(".");
  if (word.startsWith("-") && dot >= 0) {
    const name = withHyphens(key.slice(0, dot));
    return { ...lookUp(name, flags), typed: key, field: key.slice(dot + 1), ...attached };
  }
  return option(`${withHyphens(key)}${equals < 0 ? "" : word.slice(equals)}`, key, flags);
}

const withHyphens = (key: string) => (key.startsWith("--") ? key.replaceAll("_", "-") : key);

/** As `_parse_optional` of argparse. */
function option(word: string, typed: string, flags: readonly EngineFlag[]): Meaning | undefined {
  if (!word.startsWith("-") || word === "-") return undefined;
  if (word === "--") return { typed, candidates: [] };
  const exact = withName(word, flags);
  if (exact) return { typed, ...exact };
  const equals = word.indexOf("=");
  const key = equals < 0 ? word : word.slice(0, equals);
  const attached = equals < 0 ? {} : { attached: word.slice(equals + 1) };
  const beforeEquals = withName(key, flags);
  if (beforeEquals) return { typed, ...beforeEquals, ...attached };
  // One letter may have its value attached: `-n1`.
  const letter = word.startsWith("--") ? undefined : withName(word.slice(0, 2), flags);
  const possible = namesFrom(key, flags);
  if (letter && possible.length === 0) return { typed: word.slice(0, 2), ...letter, attached: word.slice(2).replace(/^=/, "") };
  if (possible.length > 0 || letter)
    return { typed, ...abbreviated(key, [...possible, ...(letter ? [letter.name] : [])], flags), ...attached };
  if (/^-\d+$|^-\d*\.\d+$/.test(word) || word.includes(" ")) return undefined;
  return { typed, candidates: [], ...attached };
}

function lookUp(key: string, flags: readonly EngineFlag[]): Omit<Meaning, "typed"> {
  return withName(key, flags) ?? abbreviated(key, namesFrom(key, flags), flags);
}

function abbreviated(key: string, names: string[], flags: readonly EngineFlag[]): Omit<Meaning, "typed"> {
  const [name] = names;
  const only = names.length === 1 && name !== undefined && key !== "-" && key !== "--" ? withName(name, flags) : undefined;
  return only ?? { candidates: names };
}

const namesFrom = (key: string, flags: readonly EngineFlag[]): string[] =>
  flags.flatMap(({ names }) => names.filter((name) => name.startsWith(key)));

function withName(name: string, flags: readonly EngineFlag[]): { flag: EngineFlag; name: string; candidates: string[] } | undefined {
  const flag = flags.find(({ names }) => names.includes(name));
  return flag && { flag, name, candidates: [] };
}

/** The flags of any release with a name that begins so: for versions without a list. */
export const everyFlagFrom = (typed: string): EngineFlag[] =>
  engineFlags.filter(({ names }) => names.some((name) => name.startsWith(withHyphens(typed))));
