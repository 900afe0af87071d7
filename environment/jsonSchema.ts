/** Translates the schema of a setting into JSON Schema. */
import type { ValueSchema } from "./valueSchema";

export type JsonSchema = Record<string, unknown>;

/**
 * Translates only the rules, not `patternHint`, `secret`, `encryptable`, `names`, adoption and defaults. `add` returns what a caller needs
 * in addition.
 */
export function jsonSchema(schema: ValueSchema, add: (schema: ValueSchema) => JsonSchema = () => ({})): JsonSchema {
  const {
    patternHint: _hint,
    secret: _secret,
    encryptable: _encryptable,
    names: _names,
    adoptedBy: _adoptedBy,
    createdOnly: _createdOnly,
    default: _default,
    items,
    properties,
    additionalProperties,
    ...rules
  } = schema;
  return {
    ...rules,
    ...(items && { items: jsonSchema(items, add) }),
    ...(properties && { properties: mapValues(properties, (each) => jsonSchema(each, add)), additionalProperties: false }),
    ...(additionalProperties && { additionalProperties: jsonSchema(additionalProperties, add) }),
    ...add(schema),
  };
}

const mapValues = <T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
