// Proves that the programs in the documents type-check against the sources and that YAML programs use the package's own names. They are not run.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { codeBlocks, root, type Block } from "./documents";

/** The compiler's own settings for the repository, with the package's public names pointing at its sources. */
function compilerOptions(): ts.CompilerOptions {
  const file = path.join(root, "tsconfig.json");
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(file, (name) => ts.sys.readFile(name)).config, ts.sys, root);
  const paths = { "vllm-eks": ["components/index.ts"], "vllm-eks/stacks": ["stacks/index.ts"], "vllm-eks/plan": ["plan/index.ts"] };
  return { ...options, noEmit: true, declaration: false, sourceMap: false, baseUrl: root, paths };
}

/** Each block is a module of its own beside index.ts, on no disk. */
function diagnosticsOf(blocks: Block[]): string[] {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const virtual = new Map(blocks.map((block, index) => [path.join(root, `snippet-${index}.ts`), block]));
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, target, ...rest) => {
    const block = virtual.get(name);
    return block ? ts.createSourceFile(name, `${block.text}\nexport {};\n`, target) : getSourceFile.call(host, name, target, ...rest);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual].flatMap(([name, { file, line }]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText, start = 0 }) => {
      const row = source ? source.getLineAndCharacterOfPosition(start).line : 0;
      return `${file}:${line + 1 + row}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

interface Component {
  inputProperties: Record<string, unknown>;
  requiredInputs: string[];
}

describe("programs in the documents", function () {
  this.timeout(60_000); // the compiler reads the types of every provider

  it("type-check against the sources of the package", () => {
    const blocks = codeBlocks("ts");
    assert.ok(blocks.length >= 3, `${blocks.length} programs`);
    assert.deepEqual(diagnosticsOf(blocks), []);
  });

  it("in YAML give the components the inputs they need and no others", () => {
    const schema = JSON.parse(fs.readFileSync(path.join(root, "test/golden/schema.json"), "utf8")) as {
      resources: Record<string, Component>;
    };
    const programs = codeBlocks("yaml").filter(({ text }) => /^runtime: yaml$/m.test(text));
    assert.ok(programs.length >= 1, `${programs.length} programs`);
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
