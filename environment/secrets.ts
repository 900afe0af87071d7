/** Values that are stored encrypted: which keys they are, and the rule for their text. */
import { configRemove, configSecret, shellCommand } from "../sizing/shellCommand";
import { isPlaceholder, problem, type Problem } from "../sizing/problem";
import { configSchema } from "./configSchema";
import type { SecretKey } from "./settingTypes";

/** Replaces a value that is stored encrypted: it is present, but never read. */
export const secretPlaceholder = "[secret]";

/** True if a secret is set, even if its value cannot be read here. */
export const isGiven = (secret: string | undefined): boolean => secret === secretPlaceholder || Boolean(secret);

export const isSecret = (key: string): key is SecretKey => Object.hasOwn(configSchema, key) && configSchema[key]?.secret === true;

export const secretKeys: readonly SecretKey[] = Object.keys(configSchema).filter(isSecret);

/** A key that cannot be guessed, of letters and digits, has at least this length. */
export const shortestSecret = 16;
/** A load balancer takes header lines of up to 16 KiB: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const longestSecret = 4096;

/**
 * The one rule for the text of a secret, wherever it comes from. Both secrets are sent as a header, which carries one line of ASCII: Python
 * prints a header with a line break whole in its error, and vLLM asks for no key at all when its key is empty. No message shows the value.
 */
export function checkSecret(key: SecretKey, value: string, stack?: string): Problem[] {
  const store = shellCommand(...configSecret(stack, key));
  const again = `Store it again, from its first to its last character; Pulumi asks for it: ${store}`;
  const wrong = whatIsWrong(value);
  if (wrong !== undefined) {
    const fix = value.trim() === "" ? `${again}. To have none, remove it: ${shellCommand(...configRemove(stack, key))}` : again;
    return [problem({ code: "secret-unusable", path: key, message: `${key} ${wrong}`, fix })];
  }
  if (value.length >= shortestSecret) return [];
  const message = `${key} has ${value.length} characters, fewer than ${shortestSecret}: it can be guessed, and logs may show a short secret.`;
  const fix = `Choose one with at least ${shortestSecret} characters: ${store}`;
  return [problem({ code: "secret-unusable", severity: "warning", path: key, message, fix })];
}

const oneLine = "A secret is one line of printable ASCII, as an HTTP header carries it.";

function whatIsWrong(value: string): string | undefined {
  if (value === "") return "is empty. vLLM does not ask for an empty key: the endpoint would be open.";
  if (value.trim() === "") return `has only white space. ${oneLine}`;
  if (/[\r\n\u0085\u2028\u2029]/.test(value)) return `has a line break (CR or LF), perhaps as its last character. ${oneLine}`;
  if (/\p{Cc}/u.test(value)) return `has a control character. ${oneLine}`;
  if (value !== value.trim()) return `begins or ends with white space. ${oneLine}`;
  if (!/^[ -~]*$/.test(value)) return `has a character outside ASCII. ${oneLine}`;
  if (value === secretPlaceholder || isPlaceholder(value)) return "is a placeholder: printed commands show it instead of the value.";
  if (value.length > longestSecret) return `has ${value.length} characters; at most ${longestSecret} are allowed.`;
  return undefined;
}
