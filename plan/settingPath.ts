/** Paths into configuration values, in the notation of `pulumi config set --path`: `a.b`, `list[0]`, `tags["team.name"]`. */

type PathPart = string | number;

/** Undefined for text that is not a path. */
export function parsePath(text: string): PathPart[] | undefined {
  const parts: PathPart[] = [];
  const part = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) return undefined;
    const [, name, index, quoted] = found;
    if (index !== undefined) parts.push(Number(index));
    else parts.push(name ?? (quoted ?? "").replace(/\\(.)/g, "$1"));
  }
  return typeof parts[0] === "string" && !parts.includes("__proto__") ? parts : undefined;
}

/** Sets, or with `undefined` removes, the value at a path. Returns the obstacle in words if there is one. */
export function setAt(values: Record<string, unknown>, path: readonly PathPart[], value: unknown): string | undefined {
  let place: unknown = values;
  for (const [depth, part] of path.entries()) {
    const obstacle = obstacleAt(place, part);
    if (obstacle) return obstacle;
    const holder = place as Record<PathPart, unknown>;
    if (depth === path.length - 1) {
      if (value !== undefined) holder[part] = value;
      else if (Array.isArray(place)) place.splice(Number(part), 1);
      else delete holder[part];
      return undefined;
    }
    holder[part] ??= typeof path[depth + 1] === "number" ? [] : {};
    place = holder[part];
  }
  return undefined;
}

function obstacleAt(place: unknown, part: PathPart): string | undefined {
  if (Array.isArray(place)) {
    if (typeof part === "string") return `a list has no key "${part}"`;
    return part > place.length ? `the list has ${place.length} entries, so the next index is ${place.length}` : undefined;
  }
  if (typeof place !== "object" || place === null) return "the value there is plain and has no keys";
  return typeof part === "number" ? `an object has no index [${part}]` : undefined;
}
