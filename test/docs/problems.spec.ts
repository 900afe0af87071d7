// Proves that docs/problems.md has every code with the severities that are raised, and that its examples raise them. It does not check the
// words.
import assert from "node:assert/strict";
import { problemCodes } from "../../sizing/problem";
import { resolve } from "../support/environments";
import { allCases } from "../plan/problems/allCases";
import { codeRows } from "./documents";

const rows = codeRows("docs/problems.md").map(([code = "", severity = "", , , example = "", advice = ""]) => ({
  code: code.replaceAll("`", ""),
  severity,
  example,
  advice,
}));

describe("the table of problems", () => {
  it("has one row for every code, in the order of the code, and no other row", () => {
    assert.deepEqual(
      rows.map(({ code }) => code),
      [...problemCodes],
    );
  });

  for (const { code, severity, example, advice } of rows) {
    const provoked = allCases.filter((each) => each.code === code);

    it(`names every severity that ${code} was seen with`, () => {
      const missing = provoked.map((each) => each.severity).filter((each) => !severity.split(", ").includes(each));
      assert.deepEqual(missing, []);
    });

    if (example === "none" || example.startsWith("in a file: ")) continue;
    it(`has an example that raises ${code}, and what to type`, () => {
      const words = example.replaceAll("`", "").split(" ");
      const after = (option: string) => words.flatMap((word, index) => (words[index - 1] === option ? [word] : []));
      const { problems } = resolve(after("--stack")[0] ?? "dev", ...after("--set"));
      const found = problems.filter((problem) => problem.code === code);
      assert.ok(found.length > 0, JSON.stringify(problems));
      for (const problem of found) assert.ok(severity.split(", ").includes(problem.severity), JSON.stringify(problem));
      assert.notEqual(advice, "");
    });
  }
});
