/** `--set key=value`: one configuration value, typed as `pulumi config set --path` types it, or as the schema's type where there is one. */
import { configNamespace } from "../environment/configSchema";
import type { SecretKey } from "../environment/settingTypes";
import type { ValueSchema } from "../environment/valueSchema";
import { maskedSetting } from "../environment/masking";
import { checkSecret, isSecret, secretPlaceholder } from "../environment/secrets";
import { schemaAt } from "../environment/schemaPath";
import type { Problem } from "../sizing/problem";
import { applyAwsSetting } from "./awsSetting";
import { parsePath, setAt } from "./settingPath";

/** Wrong usage of the command line, which no configuration value can fix. */
export class UsageError extends Error {}

type Tree = Record<string, unknown>;

/**
 * Puts one `--set key=value` into `values`, or `aws:<key>=value` into `aws`, and returns what is wrong with a secret: its value is checked
 * here and kept nowhere. The schema gives the type of a path that it knows; other values are typed as JSON scalars and lists.
 */
export function applySetting(setting: string, values: Tree, aws: Tree, stack?: string): Problem[] {
  const equals = setting.indexOf("=");
  if (equals < 1) throw new UsageError(`--set takes key=value, for example --set nodeCount=4, not "${maskedSetting(setting)}".`);
  const key = setting.slice(0, equals).trim();
  const text = setting.slice(equals + 1);
  if (key.startsWith("aws:")) {
    const obstacle = applyAwsSetting(key.slice("aws:".length), text, aws);
    if (obstacle) throw new UsageError(`--set ${key}: ${obstacle}.`);
    return [];
  }
  const parts = parsePath(key.startsWith(`${configNamespace}:`) ? key.slice(configNamespace.length + 1) : key);
  if (!parts)
    throw new UsageError(`"${key}" is not a configuration path; paths look like nodeCount, engine.maxModelLen or ingress.inboundCidrs[0].`);
  const [first, ...rest] = parts;
  const value = settingValue(text, schemaAt(parts));
  const secret = isSecret(String(first)) && rest.length === 0 && typeof value === "string";
  // A plan does not need the value, and must not encourage secrets in shell histories.
  const obstacle = setAt(values, parts, secret ? secretPlaceholder : value);
  if (obstacle) throw new UsageError(`--set ${maskedSetting(setting)}: ${obstacle}.`);
  // The placeholder comes from a command that a plan printed.
  return secret && value !== secretPlaceholder ? checkSecret(first as SecretKey, value, stack) : [];
}

function settingValue(text: string, schema: ValueSchema | undefined): unknown {
  const parsed = parseJson(text);
  if (parsed === null) return undefined;
  if (schema?.type === "string") return typeof parsed === "string" ? parsed : text; // 1.40 is a version, not the number 1.4
  if (typeof parsed === "number" && !Number.isFinite(parsed)) return text;
  return parsed === undefined ? text : parsed;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
