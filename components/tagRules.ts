/** The rules for tags on everything that this package makes: the strictest of the services, on the whole set of a resource. */
import { tagRules } from "../catalog/awsTextRules";
import { fieldPath } from "../sizing/fieldPath";
import { problem, type Problem } from "../sizing/problem";

export interface TagSets {
  /** What the user writes, by key. */
  tags: Readonly<Record<string, string>>;
  /** `aws:defaultTags`, which the provider adds to every resource; a tag of the same key wins. */
  defaultTags?: Readonly<Record<string, string>>;
  /** Keys that this package adds; `tags` may set `Name` only. */
  ownKeys?: readonly string[];
  /** The load balancer controller reads tags from one annotation, `key=value,key=value`. */
  inAnnotation?: boolean;
  /** Tags by which EKS and the load balancer controller find resources: a program may set them on one component, not on everything. */
  controllerKeys?: "refused" | "allowed";
}

/** The key that the user may override: it only helps in the AWS console. */
const overridable = "Name";

export function checkTagSets({
  tags,
  defaultTags = {},
  ownKeys = [],
  inAnnotation = false,
  controllerKeys = "refused",
}: TagSets): Problem[] {
  const prefixes = controllerKeys === "refused" ? [tagRules.reservedPrefix, ...tagRules.controllerPrefixes] : [tagRules.reservedPrefix];
  const check = (path: string, [key, value]: [string, string]) => checkTag(path, key, value, ownKeys, prefixes);
  return [
    ...Object.entries(tags).flatMap((tag) => check(fieldPath("tags", tag[0]), tag)),
    ...Object.entries(defaultTags).flatMap((tag) => check("aws:defaultTags", tag)),
    ...checkCase({ ...defaultTags, ...tags }, ownKeys, Object.keys(tags)),
    ...checkCount(new Set([...Object.keys(tags), ...Object.keys(defaultTags), ...ownKeys]), ownKeys),
    ...(inAnnotation ? Object.entries(tags).flatMap(([key, value]) => checkAnnotated(fieldPath("tags", key), key, value)) : []),
  ];
}

const characters = new RegExp(`^${tagRules.characters}$`, "u");
const isReserved = (text: string) => text.toLowerCase().startsWith(tagRules.reservedPrefix);

function checkTag(path: string, key: string, value: string, ownKeys: readonly string[], prefixes: readonly string[]): Problem[] {
  const reserved = (message: string) => [problem({ code: "tag-reserved", path, message, fix: "Choose another key." })];
  if (prefixes.some((prefix) => key.toLowerCase().startsWith(prefix)))
    return reserved(`The tag key "${key}" is reserved: AWS sets it, or a controller finds its resources by it.`);
  if (key !== overridable && ownKeys.includes(key))
    return reserved(`The tag key "${key}" is reserved: this package finds its own resources by it.`);
  if (typeof value !== "string") return []; // the form check reports it
  const wrong = (what: string, rule: string, fix: string) => [
    problem({ code: "out-of-range", path, message: `The tag ${what}; ${rule}.`, fix }),
  ];
  const { longestKey, longestValue, charactersInWords } = tagRules;
  if (key === "") return wrong("has an empty key", "AWS takes keys of 1 character or more", "Give it a key.");
  if (key.length > longestKey)
    return wrong(`key "${start(key)}" has ${key.length} characters`, `EC2 takes at most ${longestKey}`, `Shorten it to ${longestKey}.`);
  if (value.length > longestValue)
    return wrong(`value of "${key}" has ${value.length} characters`, `AWS takes at most ${longestValue}`, `Shorten it to ${longestValue}.`);
  const set = `IAM, FSx and Elastic Load Balancing take ${charactersInWords}`;
  if (!characters.test(key)) return wrong(`key "${key}" has ${stranger(key)}`, set, "Choose another key.");
  if (!characters.test(value)) return wrong(`value "${start(value)}" of "${key}" has ${stranger(value)}`, set, "Choose another value.");
  if (isReserved(value))
    return wrong(`value "${start(value)}" of "${key}" begins with aws:`, "EKS reserves such values", "Choose another value.");
  return [];
}

/** Each is too long to show, or a part of a text that is. */
const start = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The first character that does not belong, in a form that can be read. */
function stranger(text: string): string {
  const found = [...text].find((character) => !characters.test(character)) ?? "";
  return `the character ${/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(found) ? found : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`}`;
}

/** IAM compares keys without case: "Team" and "team" on one role are a duplicate. */
function checkCase(all: Readonly<Record<string, string>>, ownKeys: readonly string[], written: readonly string[]): Problem[] {
  const first = new Map<string, string>(ownKeys.map((key) => [key.toLowerCase(), key]));
  return Object.keys(all).flatMap((key) => {
    const before = first.get(key.toLowerCase());
    if (before === undefined) first.set(key.toLowerCase(), key);
    if (before === undefined || before === key) return [];
    const path = written.includes(key) ? fieldPath("tags", key) : "aws:defaultTags";
    const message = `The tag keys "${before}" and "${key}" differ only by case; IAM, which tags the roles, takes them for one key and refuses both.`;
    return [problem({ code: "out-of-range", path, message, fix: `Write ${before}, or choose another key.` })];
  });
}

function checkCount(keys: ReadonlySet<string>, ownKeys: readonly string[]): Problem[] {
  const { most } = tagRules;
  if (keys.size <= most) return [];
  const message = `${keys.size} tags would be on one resource (${ownKeys.length} of them are this package's own); AWS takes at most ${most}.`;
  return [problem({ code: "out-of-range", path: "tags", message, fix: `Remove ${keys.size - most} of them.` })];
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#tags: split at commas, then at "=". */
function checkAnnotated(path: string, key: string, value: string): Problem[] {
  if (!key.includes("=") && [key, value].every((text) => text === text.trim())) return [];
  const message = `In controller mode the tag "${key}" is written into an annotation of the Ingress, which cannot hold a key with "=" or spaces at an end.`;
  return [problem({ code: "out-of-range", path, message, fix: "Choose another key or value, or use ingress.mode direct." })];
}
