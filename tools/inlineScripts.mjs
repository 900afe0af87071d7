// Puts scripts into the JavaScript of the package, so that it reads no files when it runs and also works in a bundle.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./transpile.mjs";

/** Not part of the package, because no call of it is left there. */
export const scriptReader = "components/scriptText.ts";
const reader = path.basename(scriptReader, ".ts");

/** A compiler transformer: every `scriptText(__dirname, "name")` of the source becomes the text of that file, and the import is removed. */
export function inlineScripts(source) {
  return (context) => (file) => {
    const visit = (node) => {
      if (ts.isImportDeclaration(node) && path.posix.basename(node.moduleSpecifier.text) === reader) return undefined;
      if (ts.isCallExpression(node) && isReader(node.expression)) return ts.factory.createStringLiteral(textOf(node, source));
      if (isReader(node)) throw new Error(`${source}: ${reader} may only be called, as ${reader}(__dirname, "name.py").`);
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitNode(file, visit);
  };
}

const isReader = (node) => ts.isIdentifier(node) && node.text === reader;

function textOf(call, source) {
  const [folder, name] = call.arguments;
  const expected = call.arguments.length === 2 && ts.isIdentifier(folder) && folder.text === "__dirname" && ts.isStringLiteral(name);
  if (!expected) throw new Error(`${source}: write ${reader}(__dirname, "name.py") instead of ${call.getText()}.`);
  return fs.readFileSync(path.join(root, path.dirname(source), name.text), "utf8");
}
