/** The configuration of the selected stack, as `pulumi up` hands it to the program. */
import * as pulumi from "@pulumi/pulumi";
import { awsConfiguration } from "../environment/awsConfiguration";
import { configNamespace, configSchema } from "../environment/configSchema";
import { checkNamespaces } from "../environment/namespaces";
import type { ValueSchema } from "../environment/valueSchema";
import type { ConfigurationInput } from "../environment/configurationInput";
import { secretPlaceholder } from "../environment/secrets";
import { given } from "../sizing/givenKeys";
import { readModelConfigFile } from "./modelConfigFile";
import type { Secrets } from "./kubernetes/namespace";

export interface PulumiConfiguration {
  input: ConfigurationInput;
  secrets: Secrets;
}

export function pulumiConfiguration(): PulumiConfiguration {
  const config = new pulumi.Config(configNamespace);
  const { region, ...aws } = valuesOf("aws");
  const stack = pulumi.getStack();
  const values: Record<string, unknown> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  for (const [key, schema] of Object.entries(configSchema)) {
    const text = config.get(key);
    if (text === undefined) continue;
    values[key] = isEncrypted(`${configNamespace}:${key}`) ? secretPlaceholder : parsed(text, schema);
    if (schema.secret) secrets[key] = pulumi.secret(text);
  }
  for (const key of undeclaredKeys()) values[key] = config.get(key);
  const modelConfig = readModelConfigFile(values.modelConfigFile, process.cwd());
  const now = new Date().toISOString();
  return {
    input: {
      stack,
      values,
      today: now.slice(0, 10),
      now,
      ...(region && { region }),
      aws: awsConfiguration(aws),
      awsEncrypted: Object.keys(aws).filter((key) => isEncrypted(`aws:${key}`)),
      ...given(modelConfig, "modelConfigJson"),
      problems: [
        ...checkNamespaces({ keys: Object.keys(pulumi.runtime.allConfig()), project: pulumi.getProject(), stack }),
        ...modelConfig.problems,
      ],
    },
    secrets,
  };
}

/** Pulumi stores everything as text. A value that should be JSON and is not stays text, and the form check reports it. */
function parsed(text: string, schema: ValueSchema): unknown {
  if (schema.type === "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The SDK exports this function, but its types do not have it. */
const isEncrypted = (fullKey: string) => (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(fullKey);

/** Keys of our namespace that the schema does not have: reported with the nearest correct key instead of ignored. */
function undeclaredKeys(): string[] {
  return Object.keys(valuesOf(configNamespace)).filter((key) => !(key in configSchema));
}

/** Configuration texts by key, without namespace. */
function valuesOf(namespace: string): Record<string, string> {
  const prefix = `${namespace}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
