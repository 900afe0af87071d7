/** Reads what the sources say about the four components, arguments, outputs and types, only from the syntax and the comments. */
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./documents";

export interface Field {
  name: string;
  /** As written, without the comment. */
  type: string;
  optional: boolean;
  description: string;
  /** Text after `@default`. */
  fallback: string | undefined;
  /** Address after `@see`. */
  source: string | undefined;
}

export interface ComponentSource {
  name: string;
  /** Path from the root of the repository. */
  file: string;
  /** The comment of the class, without its example. */
  description: string;
  example: { title: string; code: string };
  arguments: Field[];
  outputs: Field[];
}

/** A type that arguments or outputs name: an interface, or an object that lists the choices. */
export interface NamedType {
  description: string;
  fields: Field[];
  choices: { value: string; description: string }[];
}

export const componentNames = ["LustreModelStore", "EfaGpuNodeGroup", "VllmLeaderWorkerSet", "InferenceIngress"] as const;
export type ComponentName = (typeof componentNames)[number];

/** `EfaGpuNodeGroup` is in components/efaGpuNodeGroup/efaGpuNodeGroup.ts, and its page is docs/components/efaGpuNodeGroup.md. */
export const pageName = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

export function componentSource(name: ComponentName): ComponentSource {
  const file = `components/${pageName(name)}/${pageName(name)}.ts`;
  const statements = [...parsed(file).statements];
  const declared = statements.filter(ts.isClassDeclaration).find((each) => each.name?.text === name);
  const args = statements.filter(ts.isInterfaceDeclaration).find((each) => each.name.text === `${name}Args`);
  if (!declared || !args) throw new Error(`${file} declares no ${name} with ${name}Args`);
  const inherited = (args.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
  const types = namedTypes();
  const outputs = declared.members.filter(ts.isPropertyDeclaration).filter(isPublic);
  return {
    name,
    file,
    description: commentOf(declared),
    example: exampleOf(declared),
    arguments: [...inherited.flatMap((type) => types.get(type)?.fields ?? []), ...args.members.filter(ts.isPropertySignature).map(field)],
    outputs: outputs.map(field),
  };
}

/** All types of the files of components/, by name. */
export function namedTypes(): Map<string, NamedType> {
  const files = fs.readdirSync(path.join(root, "components"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(files.flatMap((file) => [...parsed(path.join("components", file)).statements].flatMap(typesIn)));
}

function typesIn(statement: ts.Statement): [string, NamedType][] {
  if (ts.isInterfaceDeclaration(statement)) {
    const fields = statement.members.filter(ts.isPropertySignature).map(field);
    return [[statement.name.text, { description: commentOf(statement), fields, choices: [] }]];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap((declaration): [string, NamedType][] => {
    const value = declaration.initializer;
    if (!value || !ts.isAsExpression(value) || !ts.isObjectLiteralExpression(value.expression)) return [];
    const choices = value.expression.properties.filter(ts.isPropertyAssignment).flatMap((property) => {
      const { initializer } = property;
      return ts.isStringLiteral(initializer) ? [{ value: initializer.text, description: commentOf(property) }] : [];
    });
    return [[declaration.name.getText(), { description: commentOf(statement), fields: [], choices }]];
  });
}

const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, fs.readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true);

const isPublic = (property: ts.PropertyDeclaration): boolean =>
  property.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PublicKeyword) ?? false;

function field(declaration: ts.PropertySignature | ts.PropertyDeclaration): Field {
  return {
    name: declaration.name.getText(),
    type: declaration.type?.getText() ?? "",
    optional: declaration.questionToken !== undefined,
    description: commentOf(declaration),
    fallback: tagText(declaration, "default"),
    source: tagText(declaration, "see"),
  };
}

function commentOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comments.at(-1)?.comment) ?? "").trim();
}

function tagText(node: ts.Node, name: string): string | undefined {
  const tag = tagOf(node, name);
  // The compiler reads the letters before the colon of an address as a name, so take the whole text of the tag.
  if (name === "see") return tag && /https:\S+/.exec(tag.getText())?.[0];
  return tag && (ts.getTextOfJSDocComment(tag.comment) ?? "").trim();
}

const tagOf = (node: ts.Node, name: string): ts.JSDocTag | undefined => ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);

/** The title comes first, then the indented program. The compiler's text of a comment has lost the indents, so read the tag itself. */
function exampleOf(node: ts.Node): { title: string; code: string } {
  const [title = "", ...rest] = (tagOf(node, "example")?.getText() ?? "").split("\n");
  const lines = rest.map((line) => line.replace(/^\s*\* ?/, "")).filter((line) => line.trim() !== "" && line !== "/");
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return { title: title.replace("@example", "").trim(), code: lines.map((line) => line.slice(indent)).join("\n") };
}
