// Proves that the pages do not use the retired words of docs/style.md. It cannot tell whether a sentence reads well, and it does not look
// at messages and comments.
import assert from "node:assert/strict";
import { codeRows, documents } from "./documents";

/** docs/style.md has to name the words. The pages of the components consist mostly of text from the sources. */
const leftOut = (file: string) => file === "docs/style.md" || file.startsWith("docs/components/");

/** The table's first cells have one or more phrases in backticks; the first cells of the pairs above it do not begin with one. */
const retired = codeRows("docs/style.md").flatMap(([phrases = ""]) => [...phrases.matchAll(/`([^`]+)`/g)].map(([, phrase = ""]) => phrase));

/** The text of a page in one line, without code, quoted output and generated tables. */
const prose = (text: string): string =>
  text
    .replaceAll(/<!--[^>]*: start -->[\s\S]*?<!--[^>]*: end -->/g, "")
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "`…`")
    .replaceAll(/\s+/g, " ");

describe("the English of the pages", () => {
  it("has a list of retired words", () => {
    assert.ok(retired.includes("mend") && retired.includes("of its own"), retired.join(", "));
  });

  for (const phrase of retired)
    it(`does not use "${phrase}"`, () => {
      const pattern = new RegExp(`(?<!there )\\b${phrase}\\b(?! longer)`, "gi");
      const found = documents()
        .filter(({ file }) => !leftOut(file))
        .flatMap(({ file, text }) =>
          [...prose(text).matchAll(pattern)].map(({ index, input }) => `${file}: ${input.slice(index - 40, index + 40)}`),
        );
      assert.deepEqual(found, []);
    });
});
