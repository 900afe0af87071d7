/** JSON Schema of a whole `Pulumi.<stack>.yaml`, with which editors show meaning, default and range of a key while you type. */
import { knownNames } from "../../catalog/names";
import { configNamespace, configSchema } from "../../environment/configSchema";
import { jsonSchema, type JsonSchema } from "../../environment/jsonSchema";
import type { ValueSchema } from "../../environment/valueSchema";

export function stackFileSchema(): JsonSchema {
  const keys = Object.entries(configSchema).map(([key, schema]) => [`${configNamespace}:${key}`, topLevel(schema)]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Pulumi.<stack>.yaml of ${configNamespace}`,
    description: "The configuration of one environment. Written by `npm run docs` from environment/configSchema.ts.",
    type: "object",
    properties: {
      config: {
        description: `Keys of ${configNamespace}, of Pulumi and of its providers.`,
        type: "object",
        properties: Object.fromEntries(keys) as JsonSchema,
        // This schema does not check keys of aws:, pulumi: and other namespaces.
        patternProperties: { [`^(?!${configNamespace}:)`]: true },
        additionalProperties: false,
      },
    },
  };
}

const encrypted = {
  type: "object",
  properties: { secure: { description: "Ciphertext, as `pulumi config set --secret` writes it.", type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/** `pulumi config set` writes every value as text, `nodeCount: "4"`, and the program reads it by type. */
const asText: Partial<Record<ValueSchema["type"], string>> = { integer: "^\\d+$", boolean: "^(true|false)$", object: "^\\s*\\{" };

function topLevel(schema: ValueSchema): JsonSchema {
  if (schema.secret) return { description: schema.description, ...encrypted };
  const pattern = asText[schema.type];
  return { ...jsonSchema(schema, forEditors), ...(pattern && { type: [schema.type, "string"], pattern }) };
}

/** Fractions stay text even in objects: `pulumi config set --path engine.gpuMemoryUtilization 0.9`. */
const fraction = { type: ["number", "string"], pattern: "^\\d*\\.?\\d+$" };

function forEditors({ type, default: fallback, names, patternHint, encryptable }: ValueSchema): JsonSchema {
  return {
    ...(encryptable && { type: [type, "object"], properties: encrypted.properties, required: ["secure"], additionalProperties: false }),
    ...(type === "number" && fraction),
    ...(fallback !== undefined && { default: fallback }),
    ...(names && { examples: knownNames[names] }),
    ...(patternHint !== undefined && { patternErrorMessage: `Expected ${patternHint}.` }),
  };
}
