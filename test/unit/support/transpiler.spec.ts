import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repository } from "../../support/environments";

// Proves that what is kept of a TypeScript file follows the file, and that traces point into it. That the JavaScript means the same is
// swc's affair.
describe("the transpiler of the tests", () => {
  let project: string;
  beforeEach(() => {
    project = fs.mkdtempSync(path.join(os.tmpdir(), "transpiler-"));
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(project, "node_modules"));
    fs.mkdirSync(path.join(project, "test/support"), { recursive: true });
    fs.copyFileSync(path.join(repository, "test/support/transpiler.cjs"), path.join(project, "test/support/transpiler.cjs"));
  });
  afterEach(() => fs.rmSync(project, { recursive: true }));

  const source = () => path.join(project, "question.ts");
  const kept = () => path.join(project, ".build/tests/question.ts.js");
  const print = (expression: string) =>
    execFileSync(
      process.execPath,
      ["-r", "./test/support/transpiler.cjs", "-p", `const { answer } = require("./question"); ${expression}`],
      {
        ...{ cwd: project, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
      },
    ).trim();

  it("follows a change, even to a file of the same size and time", () => {
    for (const value of ["41", "42"]) {
      fs.writeFileSync(source(), `export const answer: number = ${value};\n`);
      fs.utimesSync(source(), 1e9, 1e9);
      assert.equal(print("answer"), value);
    }
  });

  it("reuses the result for a file that has not changed, and transpiles again if the stored result is incomplete", () => {
    fs.writeFileSync(source(), "export const answer: number = 41;\n");
    print("answer");
    const whole = fs.readFileSync(kept(), "utf8");
    fs.writeFileSync(kept(), whole.replace("41", "43"));
    assert.equal(print("answer"), "43");
    fs.writeFileSync(kept(), whole.slice(0, -20));
    assert.equal(print("answer"), "41");
    assert.equal(fs.readFileSync(kept(), "utf8"), whole);
  });

  it("gives line and column of the TypeScript file in a trace", () => {
    const lines = ["interface Gone {", "  a: string;", "}", "export function answer(): Gone {", '  throw new Error("lost");', "}"];
    fs.writeFileSync(source(), `${lines.join("\n")}\n`);
    const trace = print("try { answer() } catch (error) { error.stack }").split("\n");
    assert.deepEqual(trace.slice(0, 2), ["Error: lost", `    at answer (${source()}:5:9)`]);
  });
});
