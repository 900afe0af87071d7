/**
 * Everything in the repository that is written from the configuration schema: the table, the section of Pulumi.yaml, the schema for
 * editors.
 */
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { configSchema } from "../../environment/configSchema";
import { configurationTable, tableMarkers } from "./configurationTable";
import { documents, root, type Document } from "./documents";
import { stackFileSchema } from "./stackFileSchema";

/** Each document with the text that it should have. */
export function configurationDocuments(): Document[] {
  return [
    pageWithTable(),
    { file: "Pulumi.yaml", text: withDefaults(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) },
    { file: "configuration.schema.json", text: `${JSON.stringify(stackFileSchema(), null, 2)}\n` },
  ];
}

/** The one page that has the markers of the table. */
function pageWithTable(): Document {
  const pages = documents().filter(({ text }) => text.includes(tableMarkers.start) && text.includes(tableMarkers.end));
  const [page] = pages;
  if (!page || pages.length > 1) throw new Error(`${pages.length} pages have the markers of the configuration table; one is needed.`);
  const [before = "", rest = ""] = page.text.split(tableMarkers.start);
  const [, after = ""] = rest.split(tableMarkers.end);
  return { file: page.file, text: `${before}${tableMarkers.start}\n\n${configurationTable()}\n\n${tableMarkers.end}${after}` };
}

/** The section is the last one in the file. A key that is declared without a default would become required for every stack. */
function withDefaults(project: string): string {
  const section = "\nconfig:\n";
  const start = project.indexOf(section);
  if (start < 0) throw new Error("Pulumi.yaml has lost its section config.");
  const config = Object.fromEntries(
    Object.entries(configSchema)
      .filter(([, schema]) => schema.type === "object" || schema.default !== undefined)
      .map(([key, { type, description, default: fallback }]) => [key, { type, default: fallback ?? {}, description }]),
  );
  return `${project.slice(0, start)}\n${stringify({ config }, { lineWidth: 0 })}`;
}
