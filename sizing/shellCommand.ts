/**
 * Every command that a message, a report or an output shows: a list of arguments, and only this file makes text of it. A value then cannot
 * become a second command, and a reader can paste what is printed. Words for the reader to replace (`<address>`) are quoted like any other
 * value: without quotes a shell would read them as the name of a file.
 */

/** One argument for a POSIX shell. */
export const quoted = (argument: string): string => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`);

/** One line for a POSIX shell. */
export const shellCommand = (...argv: readonly string[]): string => argv.map(quoted).join(" ");

/**
 * The same line in pieces between which it may be folded: an option stays with its value. An argument that begins with a hyphen and is not
 * an option comes after `--`.
 */
export function commandWords(argv: readonly string[]): string[] {
  return argv.reduce<string[]>((words, argument, index) => {
    const before = argv[index - 1] ?? "";
    const belongs = /^--?[a-z][\w-]*$/i.test(before) && !argument.startsWith("-");
    if (belongs) words[words.length - 1] += ` ${quoted(argument)}`;
    else words.push(quoted(argument));
    return words;
  }, []);
}

/** `pulumi config set …` for a key or path of the stack's configuration. The value comes last and may begin with a hyphen. */
export function configSet(stack: string | undefined, path: string, value: string | number | boolean): string[] {
  const text = String(value);
  // `--path` recognises only whole numbers and would store 0.9 as text.
  const fraction = typeof value === "number" && !Number.isInteger(value) ? ["--type", "float"] : [];
  const end = path.startsWith("-") || text.startsWith("-") ? ["--"] : [];
  return ["pulumi", "config", "set", ...ofStack(stack), ...asPath(path), ...fraction, ...end, path, text];
}

/** `pulumi config rm …` */
export const configRemove = (stack: string | undefined, path: string): string[] => [
  ...["pulumi", "config", "rm", ...ofStack(stack), ...asPath(path), ...(path.startsWith("-") ? ["--"] : []), path],
];

/** The same for a key of the top level as it is, dots included. */
export const configRemoveKey = (stack: string | undefined, key: string): string[] => [
  ...["pulumi", "config", "rm", ...ofStack(stack), ...(key.startsWith("-") ? ["--"] : []), key],
];

/** `pulumi config set --secret …` without a value: Pulumi asks for it, and it stays out of the history of the shell. */
export const configSecret = (stack: string | undefined, key: string): string[] => [
  ...["pulumi", "config", "set", ...ofStack(stack), "--secret", ...asPath(key), key],
];

const ofStack = (stack: string | undefined) => (stack === undefined ? [] : ["-s", stack]);
const asPath = (path: string) => (/[.[]/.test(path) ? ["--path"] : []);
