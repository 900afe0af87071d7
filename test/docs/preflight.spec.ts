// Proves that docs/preflight.md lists every check with the calls that it may make, and that the policy beside it permits exactly those.
// Only a real account can show that AWS needs no other right.
import assert from "node:assert/strict";
import { preflightPolicy } from "../../preflight/policy";
import { preflightChecks as checks } from "../../preflight/preflight";
import { golden } from "../support/golden";
import { codeRows } from "./documents";

const rows = codeRows("docs/preflight.md")
  .filter(([first = ""]) => /^`[a-z-]+`/.test(first))
  .map(([names = "", , calls = ""]) => ({ names: inBackticks(names), calls: inBackticks(calls) }));

function inBackticks(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

describe("docs/preflight.md", () => {
  it("has every check once, in the order in which they are listed", () => {
    assert.deepEqual(
      rows.flatMap(({ names }) => names),
      checks.map(({ name }) => name),
    );
  });

  for (const { names, calls } of rows) {
    it(`lists for ${names.join(" and ")} the calls that they may make`, () => {
      const operations = checks.filter(({ name }) => names.includes(name)).flatMap((check) => check.operations as readonly string[]);
      assert.deepEqual([...calls].sort(), [...new Set(operations)].sort());
    });
  }

  it("comes with a policy that has exactly the actions of these calls", () => {
    golden("../../docs/preflight-policy.json", `${JSON.stringify(preflightPolicy(checks), null, 2)}\n`);
  });
});
