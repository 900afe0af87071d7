/** What an editor shows about a program: TypeScript's language service over files in memory and the files of a folder. */
import assert from "node:assert/strict";
import ts from "typescript";

export function languageService(files: Record<string, string>, options: ts.CompilerOptions = {}): ts.LanguageService {
  const compilerOptions: ts.CompilerOptions = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: [], ...options };
  const textOf = (file: string) => files[file] ?? ts.sys.readFile(file);
  return ts.createLanguageService({
    getCompilationSettings: () => ({ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, ...compilerOptions }),
    getScriptFileNames: () => Object.keys(files),
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = textOf(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => textOf(file) !== undefined,
    readFile: textOf,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

export interface Hover {
  declaration: string;
  text: string;
  tags: Record<string, string>;
}

/** The documentation of the first property of that name in a file. */
export function hoverAt(service: ts.LanguageService, file: string, name: string): Hover {
  const info = service.getQuickInfoAtPosition(file, positionOf(service, file, `${name}: `));
  assert.ok(info, `${file} has nothing to show at ${name}`);
  return {
    declaration: ts.displayPartsToString(info.displayParts),
    text: ts.displayPartsToString(info.documentation),
    tags: Object.fromEntries((info.tags ?? []).map((tag) => [tag.name, ts.displayPartsToString(tag.text)])),
  };
}

/** The completions that the editor proposes right after a text. */
export function completionsAt(service: ts.LanguageService, file: string, after: string): string[] {
  const position = positionOf(service, file, after) + after.length;
  return (service.getCompletionsAtPosition(file, position, {})?.entries ?? []).map(({ name }) => name);
}

function positionOf(service: ts.LanguageService, file: string, text: string): number {
  const position = service.getProgram()?.getSourceFile(file)?.text.indexOf(text) ?? -1;
  assert.ok(position >= 0, `${file} has no "${text}"`);
  return position;
}
