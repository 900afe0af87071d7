/** `tags["team.name"]`: a field inside a setting, in the notation of `pulumi config --path`. */
export const fieldPath = (parent: string, key: string): string =>
  /^[^.[\]"\\]+$/.test(key) ? `${parent}.${key}` : `${parent}["${key.replace(/(["\\])/g, "\\$1")}"]`;
