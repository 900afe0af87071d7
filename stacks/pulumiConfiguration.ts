/** The configuration of the selected stack, as `pulumi up` hands it to the program. */
import * as pulumi from "@pulumi/pulumi";
import { awsConfiguration } from "../environment/awsConfiguration";
import { configNamespace, configSchema } from "../environment/configSchema";
import { checkNamespaces } from "../environment/namespaces";
import type { ValueSchema } from "../environment/valueSchema";
import type { ConfigurationInput } from "../environment/configurationInput";
import { checkClearText } from "../environment/clearText";
import { checkSecret, isSecret, secretPlaceholder } from "../environment/secrets";
import { given } from "../sizing/givenKeys";
import type { Problem } from "../sizing/problem";
import { readModelConfigFile } from "./modelConfigFile";
import type { Secrets } from "./kubernetes/namespace";

export interface PulumiConfiguration {
  input: ConfigurationInput;
  secrets: Secrets;
}

export function pulumiConfiguration(): PulumiConfiguration {
  const config = new pulumi.Config(configNamespace);
  const stack = pulumi.getStack();
  const { region, ...aws } = valuesOf("aws");
  const values: Record<string, unknown> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  const problems: Problem[] = [];
  for (const [key, schema] of Object.entries(configSchema)) {
    const text = config.get(key);
    if (text === undefined) continue;
    values[key] = isEncrypted(key) && !holdsEncrypted(schema) ? secretPlaceholder : parsed(text, schema);
    if (!isSecret(key)) continue;
    secrets[key] = pulumi.secret(text);
    if (isEncrypted(key)) problems.push(...checkSecret(key, text, stack));
  }
  for (const key of undeclaredKeys()) values[key] = config.get(key);
  const inClearText = Object.fromEntries(Object.entries(values).filter(([key]) => !isEncrypted(key)));
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
      awsEncrypted: Object.keys(aws).filter((key) => isEncrypted(key, "aws")),
      ...given(modelConfig, "modelConfigJson"),
      problems: [
        ...problems,
        ...checkNamespaces({ keys: Object.keys(pulumi.runtime.allConfig()), project: pulumi.getProject(), stack }),
        ...checkClearText({ values: inClearText, stack }),
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

/** True for a group with a value that may be encrypted inside it: Pulumi then calls the whole group secret. */
const holdsEncrypted = ({ properties = {} }: ValueSchema) => Object.values(properties).some(({ encryptable }) => encryptable);

/** The SDK exports this function, but its types do not have it. */
const isEncrypted = (key: string, namespace = configNamespace) =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(`${namespace}:${key}`);

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
