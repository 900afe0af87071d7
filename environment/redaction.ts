/** Removes known secrets from texts and values, in every form in which a program prints them. */
import { secretPlaceholder } from "./secrets";

/** Returns a line or a message without the secrets. */
export type Redact = (text: string) => string;

/** From this length on, a secret is replaced anywhere; a shorter one might be a part of ordinary words. */
export const shortestReplacedAnywhere = 8;
/** From this length on, a secret is replaced where it stands alone. A shorter one is not a secret: it would hide the words, not itself. */
const shortestReplaced = 4;

/** Longer spellings go first, because one may contain another. */
export function createRedaction(secrets: Iterable<string>): Redact {
  const spellings = [...new Set([...secrets].flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  if (spellings.length === 0) return (text) => text;
  const pattern = new RegExp(spellings.map(patternOf).join("|"), "g");
  return (text) => text.replace(pattern, secretPlaceholder);
}

/** Every text inside a value. To redact the JSON of a value instead would break it when a secret has a quote. */
export function redactValue<Value>(value: Value, redact: Redact): Value {
  if (typeof value === "string") return redact(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => redactValue(item, redact)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactValue(item as unknown, redact)])) as Value;
}

/** As it is, without white space around it, line by line (output comes in lines), and each of them encoded. */
function spellingsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const plain = [...new Set([secret, secret.trim(), ...lines])].filter(isReplaced);
  return plain.flatMap((text) => [
    text,
    ...jsonForms(text),
    ...urlForms(text),
    ...(text.length >= shortestReplacedAnywhere ? base64Forms(text) : []),
  ]);
}

const isReplaced = (text: string) =>
  text !== secretPlaceholder && text.length >= shortestReplaced && (text.length >= shortestReplacedAnywhere || /[A-Za-z0-9]/.test(text));

/** Go's encoder also escapes `<`, `>` and `&`. A kubeconfig inside an event is JSON inside JSON. */
function jsonForms(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const goes = once.replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  return [once, goes, ...[once, goes].map((form) => JSON.stringify(form).slice(1, -1))];
}

/** Lone halves of a surrogate pair have no URL form. */
const urlForms = (text: string): string[] =>
  /\p{Cs}/u.test(text) ? [] : [encodeURIComponent(text), encodeURI(text), new URLSearchParams([["", text]]).toString().slice(1)];

/**
 * In both alphabets. Inside a longer text (`user:secret`, a whole file), its first and last letters depend on the neighbours: the middle
 * is replaced.
 */
function base64Forms(text: string): string[] {
  const forms = [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = bytes.toString("base64").replace(/=+$/, "");
    const first = offset === 0 ? 0 : offset + 1;
    return whole.slice(first, bytes.length % 3 === 0 ? undefined : -1);
  });
  const alone = Buffer.from(text).toString("base64");
  return [alone, ...forms].flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/** A short secret counts only where no letter, digit or underscore touches it, so that it eats no part of a word. */
function patternOf(spelling: string): string {
  const escaped = spelling.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return spelling.length >= shortestReplacedAnywhere ? escaped : `(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`;
}
