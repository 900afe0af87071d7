/** What a change of inputs means for an object: nothing, an update, or a replacement. */
import { isRecord, typeRules, valueAt } from "./typeRules";

type Values = Record<string, unknown>;

export function differences(type: string, before: Values, after: Values, ignored: readonly string[]) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !key.startsWith("__") && !ignored.includes(key),
  );
  const changed = keys.filter((key) => !same(before[key], after[key]));
  const { replacesOn = [], deletesFirst = false, named } = typeRules[type] ?? {};
  const replaces = replacesOn
    .filter((path) => !same(valueAt(before, path), valueAt(after, path)))
    .map((path) => path.split(".")[0] ?? path);
  if (type === "aws:fsx/lustreFileSystem:LustreFileSystem" && Number(after.storageCapacity) < Number(before.storageCapacity))
    replaces.push("storageCapacity");
  const nameWasSet = named !== undefined && after[named.property] !== undefined;
  return {
    changed,
    replaces: changed.filter((key) => replaces.includes(key)),
    deleteBeforeReplace: replaces.length > 0 && (deletesFirst || nameWasSet),
  };
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};
const same = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
