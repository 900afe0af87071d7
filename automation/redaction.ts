/** Takes secrets out of everything that leaves an operation. */
import { secretKeys } from "../environment/secrets";
import type { AutomationOptions } from "./options";

export type Redact = (text: string) => string;

/** What stands in the place of a secret; Pulumi's own word. */
const mark = "[secret]";

/** Variables whose value nobody should read, by name. */
const secretName = /SECRET|TOKEN|PASSPHRASE|PASSWORD|PRIVATE_KEY/i;

export const secretVariables = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).flatMap(([name, value]) => (secretName.test(name) && value !== "" ? [value] : []));

/** Replaces each secret, as it is and as it stands inside JSON. A secret that holds another one goes first. */
export function createRedaction(secrets: readonly string[]): Redact {
  const spellings = secrets.filter((secret) => secret !== "").flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mark), text);
}

/** Everything in the options that nobody should read. */
export const secretsOf = ({ environment, passphrase, environmentVariables = {} }: AutomationOptions): string[] => [
  ...[...secretKeys.map((key) => environment?.[key]), passphrase].flatMap((secret) => secret ?? []),
  ...secretVariables(environmentVariables),
];
