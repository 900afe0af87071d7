// Proves that every line of a table in docs/security.md names a test that exists, or says why it has none. It does not prove
// that the test shows it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { root } from "./documents";

const lines = fs.readFileSync(path.join(root, "docs/security.md"), "utf8").split("\n");
const rows = lines.filter(
  (line, index) => line.startsWith("|") && !/^\|[-|]+\|$/.test(line) && !/^\|[-|]+\|$/.test(lines[index + 1] ?? ""),
);

describe("docs/security.md", () => {
  it("has a last column `shown by` in every table", () => {
    const heads = lines.filter((_, index) => /^\|[-|]+\|$/.test(lines[index + 1] ?? ""));
    assert.equal(heads.length, 5);
    for (const head of heads) assert.match(head, /\| shown by \|$/);
  });

  it("names for every line a test that exists, or says why there is none", () => {
    assert.ok(rows.length >= 25, `${rows.length} rows`);
    for (const row of rows) {
      const shown = row.split("|").at(-2)!.trim();
      if (/^not tested: .{10,}/.test(shown)) continue;
      const file = /^`(test\/[\w/.-]+\.spec\.ts)`$/.exec(shown)?.[1];
      assert.ok(file && fs.existsSync(path.join(root, file)), row);
    }
  });

  it("names in every point of its details a test that exists", () => {
    const text = lines.join("\n");
    const details = text.slice(text.indexOf("## In detail"), text.indexOf("## Hops"));
    const points = details.split(/^- /m).slice(1);
    assert.ok(points.length >= 14, `${points.length} points`);
    for (const point of points) {
      const files = [...point.matchAll(/`(test\/[\w/.-]+\.spec\.ts)`/g)].map(([, file]) => file!);
      assert.ok(files.length > 0 || point.includes("the same spec"), point.slice(0, 60));
      for (const file of files) assert.ok(fs.existsSync(path.join(root, file)), file);
    }
  });
});
