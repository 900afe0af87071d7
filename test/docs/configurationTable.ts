/** The table of every configuration key in docs/configuration.md, from the schema that the validator uses. */
import { configSchema } from "../../environment/configSchema";
import type { ValueSchema } from "../../environment/valueSchema";

export const tableMarkers = { start: "<!-- configuration table: start -->", end: "<!-- configuration table: end -->" };

export function configurationTable(): string {
  const rows = rowsOf(configSchema, "");
  return ["| key | type | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

function rowsOf(properties: Readonly<Record<string, ValueSchema>>, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const own = row(`${prefix}${key}`, schema);
    return schema.properties ? [own, ...rowsOf(schema.properties, `${prefix}${key}.`)] : [own];
  });
}

function row(path: string, schema: ValueSchema): string {
  const cells = [`\`${path}\``, typeOf(schema), schema.default === undefined ? "" : `\`${schema.default}\``, schema.description];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function typeOf(schema: ValueSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.items) return `list of ${typeOf(schema.items)}s`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}s`;
  if (schema.secret) return `secret ${schema.type}`;
  if (schema.minimum === undefined) return schema.type;
  return `${schema.type}, ${schema.minimum}–${schema.maximum ?? ""}`;
}
