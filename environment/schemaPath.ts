/** Finds the schema of a setting by its path. */
import { configSchema } from "./configSchema";
import type { ValueSchema } from "./valueSchema";

/** The schema of the whole configuration. */
export const wholeSchema: ValueSchema = { type: "object", description: "", properties: configSchema };

/** Returns undefined if the path does not exist. A number in the path is the index of a list. */
export function schemaAt(path: readonly (string | number)[]): ValueSchema | undefined {
  let schema: ValueSchema | undefined = wholeSchema;
  for (const part of path) schema = typeof part === "number" ? schema?.items : (schema?.properties?.[part] ?? schema?.additionalProperties);
  return schema;
}
