/** Every secret that an operation knows, so that it prints and throws none of them. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { findSecrets, isSecretName, isSecretVariable } from "../environment/masking";
import { createRedaction, type Redact } from "../environment/redaction";
import { secretKeys } from "../environment/secrets";
import type { AutomationOptions } from "./options";

export { createRedaction, redactValue, type Redact } from "../environment/redaction";

type Variables = Readonly<Record<string, string | undefined>>;

/** Secrets in variables: by their name, and in the user part or the query of a URL (a proxy, a backend). */
export const secretVariables = (variables: Variables): string[] =>
  Object.entries(variables).flatMap(([name, value]) => {
    if (value === undefined || /^(true|false)?$/i.test(value)) return [];
    return isSecretVariable(name) ? [value] : secretsOfText(value);
  });

/** `variables`: those of the process that runs the operation. */
export const redactionFor = (options: AutomationOptions, variables: Variables = {}): Redact =>
  createRedaction([...secretsOf(options), ...secretVariables(variables)]);

/** Every secret in the options. */
export function secretsOf({
  environment,
  aws,
  passphrase,
  backendUrl,
  secretsProvider,
  environmentVariables = {},
}: AutomationOptions): string[] {
  const keys = secretKeys.map((key) => environment?.[key]);
  const kubeconfig: unknown = environment?.cluster?.kubeconfig;
  const texts = [backendUrl, secretsProvider].flatMap((text) => (typeof text === "string" ? secretsOfText(text) : []));
  const inside = [...findSecrets(environment), ...findSecrets(aws)].map(({ secret }) => secret);
  const all = [
    ...keys,
    passphrase,
    ...inside.flatMap(partsOf),
    ...texts,
    ...secretsOfKubeconfig(kubeconfig),
    ...secretVariables(environmentVariables),
  ];
  return all.filter((secret): secret is string => typeof secret === "string" && secret !== "");
}

function secretsOfText(text: string): string[] {
  const query = URL.canParse(text)
    ? [...new URL(text).searchParams].flatMap(([name, value]) => (isSecretName(name) || name === "sig" ? [value] : []))
    : [];
  return [...findSecrets(text).flatMap(({ secret }) => partsOf(secret)), ...query];
}

/** A password appears without its user too, and decoded. A private key in base64 appears as the key. */
function partsOf(secret: string): string[] {
  const password = /^[^:\s]*:(.+)$/.exec(secret)?.[1];
  const parts = [secret, ...(password === undefined ? [] : [password])];
  return [...parts, ...parts.flatMap(decoded)];
}

function decoded(text: string): string[] {
  const bytes = /^[A-Za-z0-9+/]{40,}=*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : "";
  const key = bytes.includes("PRIVATE KEY") ? [bytes] : [];
  try {
    return [...key, decodeURIComponent(text)];
  } catch {
    return key;
  }
}

/** The setting may be the path of a file; what is in it can appear in an error too. */
function secretsOfKubeconfig(kubeconfig: unknown): string[] {
  if (typeof kubeconfig !== "string" || kubeconfig.includes("\n") || kubeconfig.includes("\0")) return [];
  const file = kubeconfig.startsWith("~/") ? path.join(os.homedir(), kubeconfig.slice(2)) : kubeconfig;
  try {
    return findSecrets(fs.readFileSync(file, "utf8")).flatMap(({ secret }) => partsOf(secret));
  } catch {
    return []; // no such file: the program says so
  }
}
