/** Removes secrets from everything that an operation prints or throws. */
import { secretKeys } from "../environment/secrets";
import type { AutomationOptions } from "./options";

export type Redact = (text: string) => string;

/** Replaces a secret; the same text that Pulumi uses. */
const mark = "[secret]";

/** Names of variables with a secret value. */
const secretName = /SECRET|TOKEN|PASSPHRASE|PASSWORD|PRIVATE_KEY/i;

export const secretVariables = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).flatMap(([name, value]) => (secretName.test(name) && value !== "" ? [value] : []));

/** Replaces each secret, as plain text and as written in JSON. Longer secrets go first, because one may contain another. */
export function createRedaction(secrets: readonly string[]): Redact {
  const spellings = secrets.filter((secret) => secret !== "").flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mark), text);
}

/** Every secret in the options. */
export const secretsOf = ({ environment, passphrase, environmentVariables = {} }: AutomationOptions): string[] => [
  ...[...secretKeys.map((key) => environment?.[key]), passphrase].flatMap((secret) => secret ?? []),
  ...secretVariables(environmentVariables),
];
