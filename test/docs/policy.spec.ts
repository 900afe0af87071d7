// Proves that the table of docs/policy.md matches the pack: names, what is refused, defaults and settings. The engine lane proves that the
// engine enforces it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { rules, type RuleSetting } from "../../policy";
import { codeRows, root } from "./documents";

const text = fs.readFileSync(path.join(root, "docs/policy.md"), "utf8");
const rows = codeRows("docs/policy.md");

/** `name` (default): what it is; … */
const settingText = ([name, { default: value, description }]: [string, RuleSetting]) =>
  `\`${name}\` (${value === undefined ? "not set" : `\`${JSON.stringify(value)}\``}): ${description}`;

describe("the table of policies", () => {
  it("has one row for every policy, in the order of the pack, and no other row", () => {
    assert.deepEqual(
      rows.map(([name = ""]) => name.replaceAll("`", "")),
      rules.map(({ name }) => name),
    );
  });

  for (const [index, { name, source, scope, settings, description }] of rules.entries())
    it(`says about ${name} what the pack says: the rule, when it is judged, settings with defaults, and the source`, () => {
      const [, what, judged, configuration, page] = rows[index] ?? [];
      assert.equal(what, description.replace(/:[^:]*$/s, ""), "what comes before the reason");
      assert.equal(judged, scope === "stack" ? "the whole stack" : "each resource");
      assert.equal(configuration, Object.entries(settings).map(settingText).join("; ") || "none");
      assert.equal(page, `[source](${source})`);
    });

  it("configures only policies and settings that exist in its example", () => {
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
    const configured = JSON.parse(example) as Record<string, string | Record<string, unknown>>;
    assert.ok(Object.keys(configured).length >= 3);
    for (const [name, given] of Object.entries(configured)) {
      const rule = rules.find((each) => each.name === name);
      assert.ok(rule, name);
      const keys = typeof given === "string" ? [] : Object.keys(given).filter((key) => key !== "enforcementLevel");
      for (const key of keys) assert.ok(key in rule.settings, `${name}.${key}`);
    }
  });
});
