// Proves that the declarations which the build writes match the derived types, and what an editor shows of them. The package lane proves
// that they reach a consumer.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import ts from "typescript";
import { knownNames } from "../../catalog/names";
import { configSchema } from "../../environment/configSchema";
import { repository } from "../support/environments";
import { completionsAt, hoverAt, languageService } from "../support/languageService";

type Job = [name: "writtenOutSettings" | "writtenOutNames", declaration: string, facts: unknown];

/** Runs tools/settingDeclarations.mjs and returns its result or its error. It needs a process: it is an ES module, and a test is not. */
function writtenOut(...jobs: Job[]): string[] {
  const script = `import * as tools from "./tools/settingDeclarations.mjs"; import fs from "node:fs";
    const run = ([name, ...given]) => { try { return tools[name](...given); } catch ({ message }) { return message; } };
    process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(run)));`;
  const options = { cwd: repository, input: JSON.stringify(jobs), encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], options)) as string[];
}

const read = (file: string) => ts.sys.readFile(path.join(repository, file)) ?? assert.fail(file);

/** The compiler compares: each side is assignable to the other, and the same keys are optional. */
const comparison = `
import type * as derived from "./settingTypes";
import type * as written from "./writtenOut";
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Flattens a type: to the compiler, an intersection of two parts and an interface are different types. */
type Whole<T> = T extends string[] | string | number | boolean ? T : { [Key in keyof T]: Whole<T[Key]> };
export const claims: [
  Same<Whole<derived.Settings>, Whole<written.Settings>>,
  Same<Whole<derived.EnvironmentConfiguration>, Whole<written.EnvironmentConfiguration>>,
  Same<derived.SecretKey, written.SecretKey>,
  Same<derived.PlatformPart, written.PlatformPart>,
] = [true, true, true, true];
`;

const usage = `
import type { EnvironmentConfiguration } from "../catalog/writtenOut";
const environment: EnvironmentConfiguration = { instanceType: "", model: "", engine: { maxModelLen: 4096 }, ingress: { idleTimeoutSeconds: 60 } };
`;

describe("the written-out declarations of settings", function () {
  this.timeout(60_000); // the compiler reads the catalog
  const inFolder = (file: string) => path.join(repository, "environment", file);
  let service: ts.LanguageService;
  let refusals: string[];
  before(() => {
    const [settings = "", names = "", ...refused] = writtenOut(
      ["writtenOutSettings", read("environment/settingTypes.ts"), configSchema],
      ["writtenOutNames", "export type InstanceTypeName = string;\nexport type ModelName = string;\n", knownNames],
      ["writtenOutSettings", "export type Settings = 1;\n", configSchema],
      ["writtenOutNames", "export type ModelName = string;\n", knownNames],
    );
    refusals = refused;
    service = languageService({
      [inFolder("writtenOut.ts")]: settings,
      [inFolder("comparison.ts")]: comparison,
      [inFolder("usage.ts")]: usage,
      [path.join(repository, "catalog/writtenOut.ts")]: settings.replace("../catalog/names", "./knownNames"),
      [path.join(repository, "catalog/knownNames.ts")]: names,
    });
  });

  it("are the same types as the derived ones", () => {
    const file = inFolder("comparison.ts");
    const complaints = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
    assert.deepEqual(
      complaints.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });

  it("show meaning, unit, range and default of a nested key", () => {
    const hover = (key: string) => hoverAt(service, inFolder("usage.ts"), key);
    assert.match(hover("maxModelLen").declaration, /maxModelLen\?: number/);
    assert.equal(hover("maxModelLen").text, `${configSchema.engine!.properties!.maxModelLen!.description} From 1 to 10000000.`);
    assert.deepEqual(hover("idleTimeoutSeconds").tags, { default: "600" });
    assert.equal(hover("engine").text, "vLLM.");
  });

  it("complete the names of the catalog, and allow others", () => {
    const completions = (key: string) => completionsAt(service, inFolder("usage.ts"), `${key}: "`);
    assert.deepEqual(completions("instanceType").sort(), [...knownNames.InstanceTypeName].sort());
    assert.deepEqual(completions("model").sort(), [...knownNames.ModelName].sort());
    assert.deepEqual(service.getSemanticDiagnostics(inFolder("usage.ts")), [], "an empty text is one of the others");
  });

  it("are refused if a type or an alias no longer has the form that the build expects", () => {
    assert.match(refusals[0]!, /exports no EnvironmentConfiguration, no SecretKey/);
    assert.match(refusals[1]!, /does not have the line "export type InstanceTypeName = string;"/);
  });
});
