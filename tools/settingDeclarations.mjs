// Writes the published declarations of types that derive from the configuration schema and from the catalog. In the sources the compiler
// derives these types, and an editor shows neither meaning nor default of their keys. Here each type is written out, as a person would
// write it.
import ts from "typescript";

/**
 * The declaration of environment/settingTypes.ts with its derived types written out.
 * @param declaration As the compiler emits it.
 * @param schema The keys of environment/configSchema.ts.
 */
export function writtenOutSettings(declaration, schema) {
  const writtenOut = {
    Settings: `export interface Settings ${fields(schema, isAlwaysThere)}`,
    EnvironmentConfiguration: `export interface EnvironmentConfiguration ${fields(schema, () => false)}`,
    SecretKey: `export type SecretKey = ${words(Object.keys(schema).filter((key) => schema[key].secret))};`,
  };
  const source = ts.createSourceFile("settingTypes.d.ts", declaration, ts.ScriptTarget.Latest);
  const kept = source.statements.filter((statement) => isExported(statement) || isImportOfCatalog(statement));
  const missing = Object.keys(writtenOut).filter((name) => !kept.some((statement) => statement.name?.text === name));
  if (missing.length > 0) throw new Error(`environment/settingTypes.ts exports no ${missing.join(", no ")}.`);
  return kept
    .map((statement) => {
      const text = writtenOut[statement.name?.text] ?? statement.getText(source);
      return `${declaration.slice(statement.pos, statement.getStart(source))}${text}`;
    })
    .join("")
    .concat("\n");
}

/** The declaration of catalog/names.ts with the known names instead of `string`. No line moves: the map stays correct. */
export function writtenOutNames(declaration, knownNames) {
  return Object.entries(knownNames).reduce((text, [type, names]) => {
    const line = `export type ${type} = string;`;
    if (!text.includes(line)) throw new Error(`catalog/names.ts does not have the line "${line}".`);
    return text.replace(line, `export type ${type} = ${words(names)} | (string & {});`);
  }, declaration);
}

const isExported = (statement) => ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.[0]?.kind === ts.SyntaxKind.ExportKeyword;
const isImportOfCatalog = (statement) => ts.isImportDeclaration(statement) && statement.moduleSpecifier.text.startsWith("../catalog/");

/** A setting that always has a value, even if the user did not write it. settingTypes.ts has the same rule. */
const isAlwaysThere = (schema) => schema.default !== undefined || schema.type === "object";

function fields(properties, isRequired, indent = "") {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([key, schema]) => `${comment(schema, inner)}${inner}${key}${isRequired(schema) ? "" : "?"}: ${typeOf(schema, isRequired, inner)};\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

function comment(schema, indent) {
  const { description, minimum, maximum, secret, default: fallback } = schema;
  const range = minimum === undefined ? "" : ` From ${minimum} to ${maximum}.`;
  const lines = [`${description}${range}${secret ? " Stored encrypted." : ""}`];
  if (fallback !== undefined) lines.push(`@default ${fallback}`);
  const text = lines.map((line) => `${indent} * ${line.replaceAll("*/", "*\\/")}\n`).join("");
  return `${indent}/**\n${text}${indent} */\n`;
}

function typeOf(schema, isRequired, indent) {
  if (schema.enum) return words(schema.enum);
  if (schema.names) return schema.names;
  if (schema.properties) return fields(schema.properties, isRequired, indent);
  if (schema.additionalProperties) return `Record<string, ${typeOf(schema.additionalProperties, isRequired, indent)}>`;
  if (schema.items) return schema.items.enum ? `(${words(schema.items.enum)})[]` : `${typeOf(schema.items, isRequired, indent)}[]`;
  return schema.type === "integer" ? "number" : schema.type;
}

const words = (names) => names.map((name) => JSON.stringify(name)).join(" | ");
