/** Carries optional values on without turning "absent" into "undefined", which is a value of its own to Pulumi. */

type Optional<T, K extends keyof T> = { [P in K as undefined extends T[P] ? never : P]: T[P] } & {
  [P in K as undefined extends T[P] ? P : never]?: Exclude<T[P], undefined>;
};

/** An object with those of the named keys that have a value. */
export function given<T extends object, K extends keyof T>(from: T, ...keys: K[]): Optional<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Optional<T, K>;
}
