/**
 * Finds credentials in values of any kind by where they are: a field called token, a kubeconfig, the user part of a URL, an argument after
 * `--api-key`. The one function that hides them before anything is printed; redaction.ts hides values that are already known.
 */
import { parse, stringify } from "yaml";
import { configNamespace } from "./configSchema";
import { isSecret, secretKeys, secretPlaceholder } from "./secrets";

/** Called with each credential and the path to it; returns what replaces it. */
type Replace = (secret: string, path: string) => string;

/** The same value without its credentials. A value that has none is returned as it is, spelling included. */
export const mask = (value: unknown): unknown => walk(value, "", "", () => secretPlaceholder);

export const maskText = (text: string): string => inText(text, "", () => secretPlaceholder);

export interface FoundSecret {
  path: string;
  secret: string;
}

/** Every credential inside a value. */
export function findSecrets(value: unknown, path = ""): FoundSecret[] {
  const found: FoundSecret[] = [];
  walk(value, nameOf(path), path, (secret, at) => {
    if (secret !== secretPlaceholder) found.push({ path: at, secret });
    return secretPlaceholder;
  });
  return found;
}

/** `apiKey=[secret]`: a setting as typed after `--set`, without its credentials. Without `=` too, where a value may follow anything. */
export function maskedSetting(setting: string): string {
  const [, key = "", value] = /^([^=]*)=([^]*)$/.exec(setting) ?? [];
  if (value === undefined) {
    const start = secretKeys.find((name) => setting.toLowerCase().includes(name.toLowerCase())) ?? throughSecretName(setting);
    return start === undefined ? maskText(setting) : `${start}${setting.length > start.length ? secretPlaceholder : ""}`;
  }
  const parts = key.trim().split(/[.[\]":]+/);
  const below = parts[0] === configNamespace ? parts[1] : parts[0];
  if (isSecret(below ?? "") || parts.some(isSecretName)) return `${key}=${secretPlaceholder}`;
  return `${key}=${maskText(value)}`;
}

/** `aws:secretKey` of `aws:secretKey wJalr…`. */
function throughSecretName(text: string): string | undefined {
  const found = [...text.matchAll(/[\w-]+/g)].find(([word]) => isSecretName(word));
  return found && text.slice(0, found.index + found[0].length);
}

const nameOf = (path: string) => path.split(/[.:]/).at(-1) ?? "";

/** Ends of names whose value is a credential. `secretName` and `tokenFile` name a place, and are not. */
const secretNames =
  /(token|password|passwd|passphrase|clientsecret|secretaccesskey|apikey|privatekey|clientkeydata)$|^(secretkey|awssecretkey|secret|pass|authorization)$/;

/** True for a field, a variable or a setting whose value is a credential. */
export function isSecretName(name: string): boolean {
  if (/^[A-Z0-9_]+(SECRET|_KEY|CREDENTIALS)$/.test(name) && !/ACCESS_KEY_ID$/.test(name)) return true;
  return secretNames.test(name.replace(/[-_.]/g, "").toLowerCase());
}

/** The same for an environment variable, where these words count anywhere in the name: `DB_PASSWORD_PROD`. */
export const isSecretVariable = (name: string): boolean => isSecretName(name) || (secretWord.test(name) && !placeOfSecret.test(name));
const secretWord = /(^|_)(SECRET|TOKEN|PASSPHRASE|PASSWORD|PRIVATE_KEY)(_|$)/i;
const placeOfSecret = /_(FILE|PATH|DIR|NAME|URL|URI|ENDPOINT|ARN|ID|TTL|TYPE)$/i;

function walk(value: unknown, name: string, path: string, replace: Replace): unknown {
  if (typeof value === "string") return value !== "" && isSecretName(name) ? replace(value, path) : inText(value, path, replace);
  if (Array.isArray(value)) return inList(value as unknown[], path, replace);
  if (typeof value !== "object" || value === null) return value;
  return inFields(value as Record<string, unknown>, path, replace);
}

/** An argument follows its flag: `["--api-key", "…"]`. */
function inList(items: readonly unknown[], path: string, replace: Replace): unknown {
  return unchangedOr(
    items,
    items.map((item, index) => {
      const at = `${path}[${index}]`;
      const before = items[index - 1];
      const follows = typeof item === "string" && typeof before === "string" && isSecretFlag(before) && !item.startsWith("--");
      return follows ? replace(item, at) : walk(item, "", at, replace);
    }),
  );
}

function inFields(fields: Record<string, unknown>, path: string, replace: Replace): unknown {
  const variable = typeof fields.name === "string" && typeof fields.value === "string" && isSecretVariable(fields.name);
  const entries = Object.entries(fields).map(([key, item]): [string, unknown] => {
    const at = path === "" ? key : `${path}.${key}`;
    if (variable && key === "value") return [key, replace(item as string, at)];
    if (fields.kind === "Secret" && (key === "data" || key === "stringData")) return [key, everyText(item, at, replace)];
    return [key, walk(item, key, at, replace)];
  });
  return unchangedOr(fields, Object.fromEntries(entries));
}

function everyText(value: unknown, path: string, replace: Replace): unknown {
  if (typeof value === "string") return replace(value, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return unchangedOr(
    value,
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyText(item, `${path}.${key}`, replace)])),
  );
}

/** Keeps the identity of a value in which nothing was replaced. */
function unchangedOr<Value extends object>(before: Value, after: Value): Value {
  return Object.entries(after).every(([key, item]) => item === (before as Record<string, unknown>)[key]) ? before : after;
}

function inText(text: string, path: string, replace: Replace): string {
  const document = structured(text);
  if (document !== undefined) {
    const masked = walk(document, "", path, replace);
    if (masked === document) return text;
    return /^\s*[[{]/.test(text) ? JSON.stringify(masked) : stringify(masked);
  }
  const keep = (whole: string, before: string, secret: string) =>
    `${before}${replace(secret, path)}${whole.slice(before.length + secret.length)}`;
  const patterns = [userOfUrl, ...flagAndValue, ...(holdsUsers.test(text) ? [fieldOfUser] : [])];
  return patterns.reduce((rest, pattern) => rest.replace(pattern, keep), text);
}

/** User and password before the host; the last `@` before the path ends them. */
const userOfUrl = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#"'<>\\]+)@/gi;
const secretFlag = "--(?:api[-_]?key|hf[-_]token|token|password)";
/** Bare, in double quotes (which a text in JSON escapes), in single quotes. A variable of the shell is not a value. */
const flagAndValue = [
  ["", `[^\\s"'$[\\]\\\\][^\\s"',]*`],
  ['\\\\?"', `[^"$[].*?(?=\\\\?"|$)`],
  ["'", `[^'$[][^']*`],
].map(([quote, value]) => new RegExp(`(${secretFlag}(?:=|\\s+)${quote})(${value})`, "gis"));
const isSecretFlag = (text: string) => new RegExp(`^${secretFlag}$`, "i").test(text);
/** A kubeconfig, and its fields where the text is not valid YAML. */
const holdsUsers = /\busers["']?\s*:/;
const fieldOfUser = /((?:[\w-]*token|password|client-key-data|client-secret)["']?\s*:\s*["']?)([^\s"',}\]]+)/gi;

/** JSON, or the YAML of a kubeconfig. Other YAML is text: most texts would parse as one. */
function structured(text: string): object | undefined {
  const json = /^\s*[[{]/.test(text) ? [(from: string): unknown => JSON.parse(from)] : [];
  const yaml = holdsUsers.test(text) ? [(from: string): unknown => parse(from)] : [];
  for (const read of [...json, ...yaml]) {
    try {
      const document = read(text);
      if (typeof document === "object" && document !== null) return document;
    } catch {
      // Not of this kind: the next reader, or the patterns.
    }
  }
  return undefined;
}
