/** Paths of settings: a list of keys and indexes, and the text that `pulumi config --path` reads. */
import { fieldPath } from "../sizing/fieldPath";
import { configSchema } from "./configSchema";
import type { ValueSchema } from "./valueSchema";

/** The schema of the whole configuration. */
export const wholeSchema: ValueSchema = { type: "object", description: "", properties: configSchema };

/** Returns undefined if the path does not exist. A number in the path is the index of a list. */
export function schemaAt(path: Path): ValueSchema | undefined {
  let schema: ValueSchema | undefined = wholeSchema;
  for (const part of path) schema = typeof part === "number" ? schema?.items : (schema?.properties?.[part] ?? schema?.additionalProperties);
  return schema;
}

export type Path = readonly (string | number)[];

/** `engine.extraArguments[0]`, `tags["team.name"]` */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (text === "") return part.trim() === "" ? `"${part}"` : part;
    return fieldPath(text, part);
  }, "");
