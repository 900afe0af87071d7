import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repository } from "../../support/environments";

// Proves that no failure is lost when npm scripts run side by side. That they do so, and save time, is not asserted: nothing here is timed.
describe("npm scripts side by side", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "side-by-side-"));
    const scripts = { good: 'node -p "1 + 1"', bad: 'node -e "console.error(42 * 2); process.exit(3)"' };
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "own", scripts }));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const run = (...scripts: string[]) => {
    const tool = path.join(repository, "tools/sideBySide.mjs");
    const { status, stdout } = spawnSync(process.execPath, [tool, ...scripts], { cwd: folder, encoding: "utf8" });
    return {
      status,
      lines: stdout
        .replaceAll(/ after \d+ s$/gm, "")
        .trim()
        .split("\n"),
    };
  };

  it("all run to their end; one that fails fails the whole, and is shown with its output", () => {
    const { status, lines } = run("bad", "good", "good");
    assert.equal(status, 1);
    assert.deepEqual(lines.sort(), ["2", "2", "84", "bad: FAILED", "good: passed", "good: passed"]);
  });

  it("pass when all pass", () => {
    assert.deepEqual(run("good"), { status: 0, lines: ["2", "good: passed"] });
  });
});
