// Proves that docs/cost.md has the catalog's prices with their confidence; commands.spec.ts compares the quoted tables with the plan.
// It does not prove that AWS charges these prices: that depends on their sources.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { prices } from "../../catalog/prices";
import { root } from "./documents";

const text = fs.readFileSync(path.join(root, "docs/cost.md"), "utf8");
const rows = [...text.matchAll(/^\| \$([\d.]+) (?:a|an) .*?\| `([\w.]+)`.*\| (\w+) \|$/gm)].map(([, usd, item, confidence]) => ({
  usd: Number(usd),
  item,
  confidence,
}));

describe("docs/cost.md", () => {
  it("has each price as the catalog has it, with its confidence", () => {
    assert.equal(rows.length, 16);
    for (const { item, usd, confidence } of rows) {
      const found = prices.find((price) => price.item === item);
      assert.deepEqual({ item, usd, confidence }, { item: found?.item, usd: found?.usd, confidence: found?.source.confidence });
    }
  });
});
