/** One setting has two names: the argument of a component and the key in a configuration. */
import type { Problem } from "./problem";

export interface SettingNames {
  /** Replaces the first name by the second at the start of a path. */
  paths: Readonly<Record<string, string>>;
  /** Replaces these texts in messages and fixes. */
  texts?: Readonly<Record<string, string>>;
}

/** The same problem in the names of another front end: path, message, fix and proposed changes. */
export function renamed(found: Problem, names: SettingNames): Problem {
  const path = (given: string) => renamedPath(given, names.paths);
  const text = (given: string) => Object.entries(names.texts ?? {}).reduce((said, [from, to]) => said.replaceAll(from, to), given);
  const changes = found.changes.map((change) => ({ ...change, path: path(change.path) }));
  return { ...found, path: path(found.path), message: text(found.message), fix: text(found.fix), changes };
}

/** If a path begins with several names, the longest one counts. */
function renamedPath(path: string, paths: Readonly<Record<string, string>>): string {
  const begins = (name: string) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
  const name = Object.keys(paths)
    .filter(begins)
    .sort((one, other) => other.length - one.length)[0];
  return name === undefined ? path : `${paths[name]}${path.slice(name.length)}`;
}
