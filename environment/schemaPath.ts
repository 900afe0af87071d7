/** The schema of a setting by its path. */
import { configSchema } from "./configSchema";
import type { ValueSchema } from "./valueSchema";

/** Of the whole configuration. */
export const wholeSchema: ValueSchema = { type: "object", description: "", properties: configSchema };

/** Undefined where no key leads; a number stands for an entry of a list. */
export function schemaAt(path: readonly (string | number)[]): ValueSchema | undefined {
  let schema: ValueSchema | undefined = wholeSchema;
  for (const part of path) schema = typeof part === "number" ? schema?.items : (schema?.properties?.[part] ?? schema?.additionalProperties);
  return schema;
}
