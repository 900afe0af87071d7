import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repository } from "../support/environments";

// Proves that every rule of .dependency-cruiser.mjs can fail: a tree of one-line files breaks each rule once.
// `npm run lint` proves that the sources keep the rules.

const program = path.join(repository, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
const rules = path.join(repository, ".dependency-cruiser.mjs");

interface Broken {
  from: string;
  rule: { name: string };
}

/** Returns the rules that a tree of these files breaks, each with the file that breaks it. */
function findBroken(files: Record<string, string>): string[] {
  const tree = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "layers-")));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
      fs.writeFileSync(path.join(tree, name), text);
    }
    fs.symlinkSync(fs.realpathSync(path.join(repository, "node_modules")), path.join(tree, "node_modules"));
    const roots = [...new Set(Object.keys(files).map((name) => name.split("/")[0]!))];
    const { stdout, stderr } = spawnSync(process.execPath, [program, "--config", rules, "--output-type", "json", ...roots], {
      cwd: tree,
      encoding: "utf8",
    });
    assert.notEqual(stdout, "", stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: Broken[] } };
    return summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`).sort();
  } finally {
    fs.rmSync(tree, { recursive: true });
  }
}

const layers = ["catalog", "sizing", "components", "environment", "preflight", "stacks", "plan", "policy", "automation"];
const inner = layers.map((layer) => [`${layer}/a.ts`, `export const a = "${layer}";`]);
const imports = (...specifiers: string[]) => specifiers.map((specifier) => `import "${specifier}";`).join("\n");

/** Layers that compute plain values from plain values. */
const pure = ["catalog", "sizing", "environment"];

describe("the rules of imports", () => {
  it("let each layer import the layers inside it, and let the outer ones use Pulumi and files", () => {
    const inwards = layers.map((layer, index) => [`${layer}/b.ts`, imports(...layers.slice(0, index).map((each) => `../${each}/a`))]);
    const outside = { "components/c.ts": imports("@pulumi/pulumi"), "plan/c.ts": imports("node:fs"), "index.ts": imports("./stacks/a") };
    assert.deepEqual(findBroken({ ...Object.fromEntries([...inner, ...inwards]), ...outside }), []);
  });

  it("refuse each forbidden import, type imports too", () => {
    const outwards = layers
      .slice(0, -1)
      .map((layer, index) => [`${layer}/b.ts`, `import type { a } from "../${layers[index + 1]!}/a";\nexport type B = typeof a;`]);
    const impure = pure.flatMap((layer) => [
      [`${layer}/cloud.ts`, 'import type { Input } from "@pulumi/pulumi";\nexport type I = Input<string>;'],
      [`${layer}/file.ts`, imports("node:fs")],
      [`${layer}/program.ts`, imports("child_process")],
    ]);
    const others = {
      "index.ts": imports("./policy/a"),
      "plugin/a.ts": imports("../components/a"),
      "plugin/b.ts": imports("../stacks/a"),
      "automation/p.ts": imports("../plugin/a"),
      "sizing/one.ts": 'import type { Two } from "./two";\nexport interface One { two?: Two }',
      "sizing/two.ts": 'import type { One } from "./one";\nexport interface Two { one?: One }',
    };
    const expected = [
      ...layers.slice(0, -1).map((layer) => `${layer}-imports-inwards: ${layer}/b.ts`),
      ...pure.flatMap((layer) => [
        `${layer}-without-pulumi: ${layer}/cloud.ts`,
        `${layer}-without-input-output: ${layer}/file.ts`,
        `${layer}-without-input-output: ${layer}/program.ts`,
      ]),
      "program-without-policies: index.ts",
      "plugin-hosts-components-only: plugin/b.ts",
      "plugin-imported-by-none: automation/p.ts",
      "no-circles: sizing/one.ts",
    ];
    assert.deepEqual(findBroken({ ...Object.fromEntries([...inner, ...outwards, ...impure]), ...others }), expected.sort());
  });

  it("run with the linter", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8")) as {
      scripts: { lint: string; "lint:imports": string };
    };
    assert.match(scripts.lint, /lint:imports/);
    for (const layer of [...layers, "plugin", "index.ts"]) assert.match(scripts["lint:imports"], new RegExp(`depcruise .*\\b${layer}\\b`));
  });
});
