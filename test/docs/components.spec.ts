// Proves that docs/components says about every argument and output what the sources say, and that the sources have no gaps.
// snippets.spec.ts proves that the examples in the sources are programs. Of the hand-written text only the links are checked.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { componentPages, type Page } from "./componentPages";
import { componentNames, pageName } from "./componentSources";
import { root } from "./documents";

describe("docs/components", () => {
  let pages: Page[];
  before(async () => {
    pages = await componentPages();
  });

  it("has one page for every component", () => {
    assert.deepEqual(
      fs.readdirSync(path.join(root, "docs/components")).sort(),
      componentNames.map((name) => `${pageName(name)}.md`).sort(),
    );
  });

  it("is current: `npm run docs` writes it", () => {
    for (const { file, text } of pages) {
      if (process.env.UPDATE_GOLDEN) fs.writeFileSync(path.join(root, file), text);
      assert.equal(text, fs.readFileSync(path.join(root, file), "utf8"), `${file} differs from the sources; write it with npm run docs.`);
    }
  });

  it("is written without a warning: every argument has a description, a default if it is optional, and a unit if it is a number", () => {
    assert.deepEqual(
      pages.flatMap(({ warnings }) => warnings),
      [],
    );
  });
});
