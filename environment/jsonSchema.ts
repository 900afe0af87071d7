/** A setting's schema in JSON Schema's words. */
import type { ValueSchema } from "./valueSchema";

export type JsonSchema = Record<string, unknown>;

/** The rules alone: `patternHint`, `secret`, `names`, adoption and defaults are for others to read. `add` says what a reader wants beside them. */
export function jsonSchema(schema: ValueSchema, add: (schema: ValueSchema) => JsonSchema = () => ({})): JsonSchema {
  const {
    patternHint: _hint,
    secret: _secret,
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
