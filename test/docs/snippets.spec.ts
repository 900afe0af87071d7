// Proves that the programs in the pages type-check against the sources and that YAML programs use the package's names. It does not run them.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { codeBlocks, root } from "./documents";
import { diagnosticsOf } from "./typeCheck";

interface Component {
  inputProperties: Record<string, unknown>;
  requiredInputs: string[];
}

describe("the programs in the pages", function () {
  this.timeout(60_000); // the compiler reads the types of every provider

  it("type-check against the sources of the package", () => {
    const blocks = codeBlocks("ts");
    assert.ok(blocks.length >= 3, `${blocks.length} programs`);
    assert.deepEqual(diagnosticsOf(blocks), []);
  });

  it("give the components in YAML the inputs that they need and no others", () => {
    const schema = JSON.parse(fs.readFileSync(path.join(root, "test/golden/schema.json"), "utf8")) as {
      resources: Record<string, Component>;
    };
    const inDocuments = codeBlocks("yaml").filter(({ text }) => /^runtime: yaml$/m.test(text));
    assert.ok(inDocuments.length >= 1, `${inDocuments.length} programs`);
    const example = "examples/yaml/Pulumi.yaml";
    const programs = [...inDocuments, { file: example, line: 1, text: fs.readFileSync(path.join(root, example), "utf8") }];
    for (const { file, line, text } of programs) {
      const { resources } = parse(text) as { resources: Record<string, { type: string; properties: Record<string, unknown> }> };
      const own = Object.values(resources).filter(({ type }) => type.startsWith("vllm-eks:"));
      assert.ok(own.length > 0, `${file}:${line}`);
      for (const { type, properties } of own) {
        const component = schema.resources[type.replace(/^vllm-eks:(\w+)$/, "vllm-eks:index:$1")];
        assert.ok(component, `${file}:${line}: ${type}`);
        const given = Object.keys(properties);
        assert.deepEqual(
          given.filter((key) => !(key in component.inputProperties)),
          [],
          `${file}:${line}: unknown inputs of ${type}`,
        );
        assert.deepEqual(
          component.requiredInputs.filter((key) => !given.includes(key)),
          [],
          `${file}:${line}: missing inputs of ${type}`,
        );
      }
    }
  });
});
