/** Finds the compiler's errors in programs that are not compiled with the repository: in pages, comments and examples. */
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
  /** The path under which the compiler sees the program, from the root of the repository. @default a file in the root */
  place?: string;
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

/**
 * Checks all groups in one run of the compiler, because reading the types of the providers takes most of the time. Each program is a
 * separate module, only in memory: beside index.ts, or at `place` if its imports are relative.
 */
export function diagnosticsOf<Group extends string>(groups: Record<Group, Program[]>): Record<Group, string[]> {
  const placed = (Object.entries(groups) as [Group, Program[]][]).flatMap(([group, programs]) =>
    programs.map((program, index) => ({ group, program, name: path.join(root, program.place ?? `${group}-${index}.ts`) })),
  );
  const check = compiled(new Map(placed.map(({ name, program }) => [name, program.text])));
  const found = Object.fromEntries(Object.keys(groups).map((group) => [group, []])) as unknown as Record<Group, string[]>;
  for (const { group, program, name } of placed) {
    for (const { row, text } of check(name)) found[group].push(`${program.file}:${program.line + 1 + row}: ${text}`);
  }
  return found;
}

/** Returns a function that gives the errors in one of `texts`. All texts are compiled together. */
function compiled(texts: ReadonlyMap<string, string>): (name: string) => { row: number; text: string }[] {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, target, ...rest) => {
    const own = texts.get(name);
    // A program that exports nothing would share its names with the others.
    const text = own && `${own}${/^export\b/m.test(own) ? "" : "\nexport {};\n"}`;
    return text === undefined ? getSourceFile.call(host, name, target, ...rest) : ts.createSourceFile(name, text, target);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return (name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText, start = 0 }) => ({
      row: source ? source.getLineAndCharacterOfPosition(start).line : 0,
      text: ts.flattenDiagnosticMessageText(messageText, " "),
    }));
  };
}
