/** Reads the argument list as Python's parser in vLLM does; what it would refuse is refused here, by name. */
import { listed, shortNames, switches, valued } from "./serveFlags";

/** Values by flag; a switch has none. */
export type ServeArguments = ReadonlyMap<string, readonly string[]>;

export class UsageError extends Error {}

export function serveArguments([command, ...words]: readonly string[]): ServeArguments {
  if (command !== "serve") throw new UsageError(`argument subparser: invalid choice: '${command}'`);
  const found = new Map<string, string[]>();
  const unknown: string[] = [];
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (!isFlag(word)) {
      if (found.has("model_tag") || unknown.length > 0) unknown.push(word);
      else found.set("model_tag", [word]);
      continue;
    }
    const [name = "", inline] = split(word);
    const flag = shortNames[name] ?? name.replaceAll("_", "-");
    const values = inline === undefined ? [] : [inline];
    if (listed.has(flag)) while (rest.length > 0 && !isFlag(rest[0]!)) values.push(rest.shift()!);
    else if (valued.has(flag) && inline === undefined && rest.length > 0 && !isFlag(rest[0]!)) values.push(rest.shift()!);
    const isSwitch = switches.has(flag.replace(/^--no-/, "--"));
    if (isSwitch || valued.has(flag) || listed.has(flag)) found.set(flag, values);
    else unknown.push(word);
    if (!isSwitch && !unknown.includes(word) && values.length === 0) throw new UsageError(`argument ${flag}: expected one argument`);
  }
  if (unknown.length > 0) throw new UsageError(`unrecognized arguments: ${unknown.join(" ")}`);
  return found;
}

const isFlag = (word: string) => /^--?[A-Za-z]/.test(word);
const split = (word: string) => {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
};

export function wholeNumber(args: ServeArguments, flag: string, byDefault: number): number {
  const text = args.get(flag)?.[0];
  if (text === undefined) return byDefault;
  if (!/^-?\d+$/.test(text)) throw new UsageError(`argument ${flag}: invalid int value: '${text}'`);
  return Number(text);
}

export const value = (args: ServeArguments, flag: string): string | undefined => args.get(flag)?.[0];
