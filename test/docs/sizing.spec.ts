// Proves that docs/sizing.md and its chart show the calibration and the oracle as the current code computes them. It does not prove that
// the logs say what the rows say: that depends on their sources.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { spreadOfMemory } from "../../sizing/memory/uncertainty";
import { root } from "./documents";
import { sizingDocuments, sizingPage } from "./sizingDocuments";

describe("docs/sizing.md", () => {
  for (const { file, text } of sizingDocuments()) {
    it(`shows the calibration and the oracle of the current code: ${file}`, () => {
      const target = path.join(root, file);
      if (process.env.UPDATE_GOLDEN) fs.writeFileSync(target, text);
      assert.equal(text, fs.readFileSync(target, "utf8"), `${file} differs from the calibration; write it with npm run docs.`);
    });
  }

  it("states the uncertainty that the code applies", () => {
    const text = fs.readFileSync(path.join(root, sizingPage), "utf8");
    const { dense, others } = spreadOfMemory;
    assert.ok(
      text.includes(`${(100 * dense).toFixed(1)} % for dense models`) &&
        text.includes(`${(100 * others).toFixed(1)} % for everything else`),
    );
  });
});
