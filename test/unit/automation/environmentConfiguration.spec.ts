import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { configSchema, type ValueSchema } from "../../../environment/configSchema";
import { repository } from "../../support/environments";

// Proves that the types of the configuration keys say what the schema says: names, kinds, words. Ranges and patterns are no types.

/** A type or a schema in the same words: `string`, `"a" | "b"`, `number`, `string[]`, `Record<string>`, or its fields. */
type Shape = string | { [key: string]: Shape };

function shapeOfSchema(schema: ValueSchema): Shape {
  switch (schema.type) {
    case "string":
      return schema.enum
        ? [...schema.enum]
            .sort()
            .map((word) => JSON.stringify(word))
            .join(" | ")
        : "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return `${String(shapeOfSchema(schema.items!))}[]`;
    case "object":
      if (schema.properties) return fields(schema.properties);
      return `Record<${String(shapeOfSchema(schema.additionalProperties!))}>`;
  }
}

const fields = (properties: Record<string, ValueSchema>) =>
  Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, shapeOfSchema(schema)]));

function shapeOfType(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): Shape {
  const plain = checker.getNonNullableType(type);
  if (plain.isStringLiteral()) return JSON.stringify(plain.value);
  if (plain.flags & ts.TypeFlags.BooleanLike || checker.typeToString(plain) === "boolean") return "boolean";
  if (plain.isUnion())
    return plain.types
      .map((each) => String(shapeOfType(each, checker, at)))
      .sort()
      .join(" | ");
  if (plain.flags & ts.TypeFlags.String) return "string";
  if (plain.flags & ts.TypeFlags.Number) return "number";
  const element = checker.getIndexTypeOfType(plain, ts.IndexKind.Number);
  if (element) return `${String(shapeOfType(element, checker, at))}[]`;
  const value = checker.getIndexTypeOfType(plain, ts.IndexKind.String);
  if (value) return `Record<${String(shapeOfType(value, checker, at))}>`;
  return Object.fromEntries(
    plain.getProperties().map((property) => {
      assert.ok(property.flags & ts.SymbolFlags.Optional, `${property.name} is required`);
      return [property.name, shapeOfType(checker.getTypeOfSymbolAtLocation(property, at), checker, at)];
    }),
  );
}

function shapeOfInterface(file: string, name: string): Shape {
  const program = ts.createProgram([file], { strict: true, skipLibCheck: true, types: [] });
  const source = program.getSourceFile(file)!;
  const checker = program.getTypeChecker();
  const found = source.statements.filter(ts.isInterfaceDeclaration).find((statement) => statement.name.text === name)!;
  return shapeOfType(checker.getTypeAtLocation(found), checker, found);
}

describe("the types of the configuration", () => {
  it("have the keys of the schema, all optional, with the same kinds and words", () => {
    const typed = shapeOfInterface(path.join(repository, "automation/environmentConfiguration.ts"), "EnvironmentConfiguration");
    assert.deepEqual(typed, fields(configSchema));
  });
});
