/** A dry run that several tests use is made once in each process. The result is frozen, so no test can change it for the next. */

const kept = new Map<string, Promise<unknown>>();
const capacity = 100;

/** What `make` returned for the same key. Keeps the last hundred keys, so that properties over many environments do not fill memory. */
export function remembered<Result>(key: unknown, make: () => Promise<Result>): Promise<Result> {
  const text = JSON.stringify(key);
  const made = (kept.get(text) as Promise<Result> | undefined) ?? make().then(frozen);
  kept.delete(text);
  kept.set(text, made);
  const [oldest] = kept.keys();
  if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
  return made;
}

/** Freezing a Map does not freeze its contents, so its values are frozen as well. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of value instanceof Map ? value.values() : Object.values(value)) frozen(item);
  return value;
}
