// Proves that docs/sizing.md shows the calibration of the current code. It does not prove that the logs say what the rows say: that depends
// on their sources.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { spreadOfMemory } from "../../sizing/memory/uncertainty";
import { calibrationReport } from "../calibration/report";
import { root } from "./documents";

const file = path.join(root, "docs/sizing.md");
const markers = { start: "<!-- calibration table: start -->", end: "<!-- calibration table: end -->" };

describe("docs/sizing.md", () => {
  it("has every row of the calibration with the predicted value, the logged value and the difference", () => {
    const text = fs.readFileSync(file, "utf8");
    const [before = "", rest = ""] = text.split(markers.start);
    const [, after] = rest.split(markers.end);
    assert.ok(after !== undefined, "docs/sizing.md has lost the markers of its table.");
    const expected = `${before}${markers.start}\n\n${calibrationReport()}\n${markers.end}${after}`;
    if (process.env.UPDATE_GOLDEN) fs.writeFileSync(file, expected);
    assert.equal(expected, fs.readFileSync(file, "utf8"), "The table differs from the calibration; write it with UPDATE_GOLDEN=1.");
  });

  it("states the uncertainty that the code applies", () => {
    const text = fs.readFileSync(file, "utf8");
    const { dense, others } = spreadOfMemory;
    assert.ok(
      text.includes(`${(100 * dense).toFixed(1)} % for dense models`) &&
        text.includes(`${(100 * others).toFixed(1)} % for everything else`),
    );
  });
});
