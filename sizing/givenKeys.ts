/** Copies optional values without turning "absent" into "undefined": Pulumi treats `undefined` as a value. */

type Optional<T, K extends keyof T> = { [P in K as undefined extends T[P] ? never : P]: T[P] } & {
  [P in K as undefined extends T[P] ? P : never]?: Exclude<T[P], undefined>;
};

/** Returns an object with the named keys that have a value. */
export function given<T extends object, K extends keyof T>(from: T, ...keys: K[]): Optional<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Optional<T, K>;
}
