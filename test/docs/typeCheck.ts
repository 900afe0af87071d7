/** The compiler's errors in programs that are not compiled with the repository: those in pages, comments and examples. */
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./documents";

export interface Program {
  /** The file that an error names. */
  file: string;
  /** The line before the first line of the program. */
  line: number;
  text: string;
}

/** The compiler settings of the repository, with the public names of the package mapped to its sources. */
function compilerOptions(): ts.CompilerOptions {
  const file = path.join(root, "tsconfig.json");
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(file, (name) => ts.sys.readFile(name)).config, ts.sys, root);
  return { ...options, noEmit: true, declaration: false, sourceMap: false, baseUrl: root, paths: publicNames() };
}

/** Maps `vllm-eks/stacks` to stacks/index.ts, from which the types of the entry `./stacks` of package.json are built. */
function publicNames(): Record<string, string[]> {
  const { exports } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  const entries = Object.entries(exports).flatMap(([name, entry]): [string, string[]][] =>
    typeof entry === "string" ? [] : [[path.posix.join("vllm-eks", name), [entry.types.replace(/\.d\.ts$/, ".ts")]]],
  );
  return Object.fromEntries(entries);
}

/** Each program is a separate module in memory: beside index.ts, or in the folder of its file if its imports are relative. */
export function diagnosticsOf(programs: Program[], place: (program: Program, index: number) => string = besideTheProgram): string[] {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const virtual = new Map(programs.map((each, index) => [path.join(root, place(each, index)), each]));
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, target, ...rest) => {
    const program = virtual.get(name);
    // A program that exports nothing would share its names with the others.
    const text = program && `${program.text}${/^export\b/m.test(program.text) ? "" : "\nexport {};\n"}`;
    return text === undefined ? getSourceFile.call(host, name, target, ...rest) : ts.createSourceFile(name, text, target);
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

const besideTheProgram = (_: Program, index: number): string => `snippet-${index}.ts`;
