/** One setting, two names: a component's argument and the key under which a configuration keeps it. */
import type { Problem } from "./problem";

export interface SettingNames {
  /** Paths that begin with the first name begin with the second one instead. */
  paths: Readonly<Record<string, string>>;
  /** What messages and fixes say, word for word. */
  texts?: Readonly<Record<string, string>>;
  /** Settings that this front end changes in another way than by a value: proposals for them are left out. */
  unset?: readonly string[];
}

/** The same problem in the names of another front end: path, message, fix and proposed changes. */
export function renamed(found: Problem, names: SettingNames): Problem {
  const path = (given: string) => renamedPath(given, names.paths);
  const text = (given: string) => Object.entries(names.texts ?? {}).reduce((said, [from, to]) => said.replaceAll(from, to), given);
  const settable = found.changes.filter((change) => !names.unset?.includes(change.path));
  const changes = settable.map((change) => ({ ...change, path: path(change.path) }));
  return { ...found, path: path(found.path), message: text(found.message), fix: text(found.fix), changes };
}

/** Of the names that a path begins with, the longest counts. */
function renamedPath(path: string, paths: Readonly<Record<string, string>>): string {
  const begins = (name: string) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
  const name = Object.keys(paths)
    .filter(begins)
    .sort((one, other) => other.length - one.length)[0];
  return name === undefined ? path : `${paths[name]}${path.slice(name.length)}`;
}
