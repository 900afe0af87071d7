import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./commandLine";

// Proves that .build/ follows the sources. The compiler ensures that the JavaScript means what the TypeScript says.
describe("transpiled sources", () => {
  let project: string;
  beforeEach(() => {
    project = fs.mkdtempSync(path.join(os.tmpdir(), "transpile-"));
    fs.cpSync(path.join(root, "tools"), path.join(project, "tools"), { recursive: true });
    fs.symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"));
    fs.mkdirSync(path.join(project, "catalog"));
    write("catalog/answer.ts", "export const answer: number = 41;\n");
  });
  afterEach(() => fs.rmSync(project, { recursive: true }));

  const write = (file: string, text: string) => fs.writeFileSync(path.join(project, file), text);
  const built = (file: string) => path.join(project, ".build", file);
  const transpile = () => {
    const script = "import('./tools/transpile.mjs').then((m) => m.transpile()).then((count) => process.stdout.write(String(count)))";
    return Number(execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }));
  };
  const answer = () =>
    execFileSync(process.execPath, ["-p", "require('./.build/catalog/answer.js').answer"], { cwd: project, encoding: "utf8" }).trim();

  it("are written only once", () => {
    assert.equal(transpile(), 1);
    assert.equal(transpile(), 0);
    assert.equal(answer(), "41");
  });

  it("follow a change, even in a file with an older date", () => {
    transpile();
    write("catalog/answer.ts", "export const answer: number = 42;\n");
    fs.utimesSync(path.join(project, "catalog/answer.ts"), 1e9, 1e9);
    assert.equal(transpile(), 1);
    assert.equal(answer(), "42");
  });

  it("include files that are not code, and are removed with their source", () => {
    write("catalog/table.json", "[1]");
    write("catalog/script.py", "print(1)\n");
    write("catalog/script.cpython-311.pyc", "");
    transpile();
    assert.equal(fs.readFileSync(built("catalog/table.json"), "utf8"), "[1]");
    assert.equal(fs.readFileSync(built("catalog/script.py"), "utf8"), "print(1)\n");
    fs.rmSync(path.join(project, "catalog/script.py"));
    fs.rmSync(path.join(project, "catalog/table.json"));
    fs.renameSync(path.join(project, "catalog/answer.ts"), path.join(project, "catalog/reply.ts"));
    transpile();
    assert.deepEqual(fs.readdirSync(built("catalog")).sort(), ["reply.js", "reply.js.map"]);
  });
});
