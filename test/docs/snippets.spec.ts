// Proves that the programs in the documents, in comments and under examples/ type-check against the sources, and that YAML programs use the
// package's own names. They are not run.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { componentExample } from "./componentExamples";
import { componentNames } from "./componentSources";
import { codeBlocks, filesBelow, root } from "./documents";
import { diagnosticsOf } from "./typeCheck";

interface Component {
  inputProperties: Record<string, unknown>;
  requiredInputs: string[];
}

const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const exampleFiles = filesBelow("examples").filter((file) => file.endsWith(".ts"));

describe("programs", function () {
  this.timeout(180_000); // the compiler reads the types of every provider

  const programs = {
    documents: codeBlocks("ts"),
    examples: exampleFiles.map((file) => ({ file, line: 0, text: read(file), place: file })),
    components: componentNames.map(componentExample),
  };
  let diagnostics: Record<keyof typeof programs, string[]>;
  before(() => (diagnostics = diagnosticsOf(programs)));

  it("in the documents type-check against the sources of the package", () => {
    assert.ok(programs.documents.length >= 3, `${programs.documents.length} programs`);
    assert.deepEqual(diagnostics.documents, []);
  });

  it("under examples/ type-check against the sources of the package", () => {
    assert.ok(programs.examples.length >= 4, `${programs.examples.length} programs`);
    assert.deepEqual(diagnostics.examples, []);
  });

  it("in the comments of components type-check with declarations of the values that they use", () => {
    assert.equal(programs.components.length, 4);
    assert.deepEqual(diagnostics.components, []);
  });

  it("in YAML, in the documents and under examples/, give the components the inputs they need and no others", () => {
    const schema = JSON.parse(read("test/golden/schema.json")) as {
      resources: Record<string, Component>;
    };
    const inDocuments = codeBlocks("yaml").filter(({ text }) => /^runtime: yaml$/m.test(text));
    assert.ok(inDocuments.length >= 1, `${inDocuments.length} programs`);
    const example = "examples/yaml/Pulumi.yaml";
    const programs = [...inDocuments, { file: example, line: 1, text: read(example) }];
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
