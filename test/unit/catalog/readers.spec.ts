// Proves that code reads every fact of the catalog by its name. It does not prove that the reader uses it well.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repository } from "../../support/environments";

const rooms = ["catalog", "sizing", "components", "environment", "preflight", "stacks", "plan", "policy", "automation", "plugin"];

/** Tables that are read key by key, as a user writes the keys. */
const readByKey = ["catalog/awsProvider.ts", "catalog/awsEndpointServices.ts", "catalog/pulumiPackages.ts", "catalog/engineFlagTable.ts"];

/** Facts that no code has to read, and why they are there. */
const readByPeople: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["bestSeconds", "longestSeconds", "bestMBps"].map((name) => [name, "bounds of a record, checked by its spec"])),
  ...Object.fromEntries(
    ["cudaMemorySource", "throughputSource", "zoneSource", "reservedRangesSource", "apiRangesSource", "arnSource", "engineFlagSource"].map(
      (name) => [name, "source of a fact"],
    ),
  ),
  ...Object.fromEntries([125, 250, 500, 1000].map((tier) => [`lustrePersistent2At${tier}`, "its name is put together from the tier"])),
  publishedParameters: "compared with the computed number by a spec",
  knownNames: "tools/publicDeclarations.mjs writes them into the declarations",
  installedImages: "tools/refreshDigests.mjs asks for their digests",
  imageNote: "for the readers of `vllm-eks/catalog`",
};

const declared = new Map<string, string>();
const read = new Set<string>();

function noteDeclarations(node: ts.Node, file: string): void {
  if (ts.isPropertySignature(node)) declared.set(node.name.getText(), file);
  if (!ts.isVariableStatement(node)) return;
  for (const { name, initializer } of node.declarationList.declarations) {
    if (ts.isIdentifier(name)) declared.set(name.text, file);
    let value: ts.Expression | undefined = initializer;
    while (value && (ts.isSatisfiesExpression(value) || ts.isAsExpression(value))) value = value.expression;
    if (!value || !ts.isObjectLiteralExpression(value) || !ts.isSourceFile(node.parent)) continue;
    const keys = value.properties.flatMap(({ name: key }) => (key ? [key.getText().replaceAll('"', "")] : []));
    // A table by reference (`host/image:tag`, `chart version`) is read by references that are put together.
    for (const key of keys.filter((each) => !/[/ ]/.test(each))) declared.set(key, file);
  }
}

/** An identifier or a string counts as read, unless it gives the thing its name or only passes it on. */
function noteReads(node: ts.Node): void {
  if (!ts.isIdentifier(node) && !ts.isStringLiteralLike(node)) return;
  const { parent } = node;
  const names =
    (ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) && parent.name === node;
  const passes = ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent);
  if (!names && !passes) read.add(node.text);
}

describe("facts of the catalog", () => {
  before(() => {
    for (const room of rooms) {
      for (const name of fs.readdirSync(path.join(repository, room), { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".ts")) continue;
        const file = path.join(room, name);
        const source = ts.createSourceFile(file, fs.readFileSync(path.join(repository, file), "utf8"), ts.ScriptTarget.Latest, true);
        const visit = (node: ts.Node): void => {
          if (room === "catalog") noteDeclarations(node, file);
          noteReads(node);
          ts.forEachChild(node, visit);
        };
        visit(source);
      }
    }
  });

  it("are all read by code, or have a named reason to be there", () => {
    const unread = [...declared].filter(([name, file]) => !read.has(name) && readByPeople[name] === undefined && !readByKey.includes(file));
    assert.deepEqual(unread, []);
    assert.ok(declared.size > 200, `${declared.size} facts found`);
  });

  it("need no reason when code reads them", () => {
    assert.deepEqual(
      Object.keys(readByPeople).filter((name) => read.has(name) || !declared.has(name)),
      [],
    );
  });
});
