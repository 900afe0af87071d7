// Proves that the documents written from the schema, and the settings named in the pages, agree with the schema. Other specs prove what a
// setting does.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { applySetting } from "../../plan/setting";
import { configSchema } from "../../environment/configSchema";
import { checkForm } from "../../environment/formCheck";
import { configurationDocuments } from "./configurationDocuments";
import { codeBlocks, commands, root } from "./documents";

/** Problems of one `key=value`. The reader fills in a value in angle brackets, so only its key is checked. */
function problemsOf(setting: string, byPath = true): string[] {
  const key = setting.slice(0, setting.indexOf("="));
  // Other namespaces belong to Pulumi, its providers and the programs of examples.
  if (/^(?!vllm-eks:)[a-z-]+:/.test(key)) return [];
  if (!byPath && /[.[]/.test(key)) return [`${key} needs --path`];
  const values: Record<string, unknown> = {};
  applySetting(setting, values, {});
  return checkForm(values)
    .filter(({ code }) => code === "unknown-key" || (code !== "secret-in-clear-text" && !setting.includes("<")))
    .map(({ code, message }) => `${code}: ${message}`);
}

/** A page beside a Pulumi.yaml of another project names the keys of that project. */
function ofAnotherProject(page: string): boolean {
  const project = path.join(root, path.dirname(page), "Pulumi.yaml");
  return fs.existsSync(project) && (parse(fs.readFileSync(project, "utf8")) as { name: string }).name !== "vllm-eks";
}

describe("the configuration in the pages", () => {
  it("is written from the schema: the table of every key, the defaults of Pulumi.yaml, the schema for editors", () => {
    for (const { file, text } of configurationDocuments()) {
      const target = path.join(root, file);
      if (process.env.UPDATE_GOLDEN) fs.writeFileSync(target, text);
      assert.equal(fs.readFileSync(target, "utf8"), text, `${file} differs from environment/configSchema.ts: write it with npm run docs`);
    }
  });

  it("declares in Pulumi.yaml exactly the keys that have a default, and the objects, in the schema's words", () => {
    const declared = (parse(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { config: unknown }).config;
    const expected = Object.entries(configSchema)
      .filter(([, schema]) => schema.type === "object" || schema.default !== undefined)
      .map(([key, { type, description, default: fallback }]) => [key, { type, default: type === "object" ? {} : fallback, description }]);
    assert.deepEqual(declared, Object.fromEntries(expected));
  });

  it("sets by `pulumi config set` only keys that exist, with values that are allowed", () => {
    const found = commands("pulumi config set");
    assert.ok(found.length >= 20, `${found.length} commands`);
    for (const { file, words } of found) {
      const options = words.slice(3);
      const byPath = options.includes("--path");
      const [key = "", value = "<anything>"] = options.filter(
        (word, index) => !word.startsWith("-") && !["-s", "--stack"].includes(options[index - 1] ?? ""),
      );
      if (key === "") continue; // The page only names the command.
      if (ofAnotherProject(file)) continue;
      assert.deepEqual(problemsOf(`${key}=${value}`, byPath), [], `${file}: ${words.join(" ")}`);
    }
  });

  it("plans with --set only keys that exist, with values that are allowed", () => {
    const found = [...commands("npm run -s plan --"), ...commands("npm run plan --"), ...commands("npx vllm-eks plan")];
    const settings = found.flatMap(({ file, words }) =>
      words.flatMap((word, index) => (words[index - 1] === "--set" ? [{ file, setting: word }] : [])),
    );
    assert.ok(settings.length >= 4, `${settings.length} settings`);
    for (const { file, setting } of settings) assert.deepEqual(problemsOf(setting), [], `${file}: --set ${setting}`);
  });

  it("shows stack files with keys that exist and values that are allowed", () => {
    const files = codeBlocks("yaml").filter(({ text }) => /^ {2}vllm-eks:/m.test(text));
    assert.ok(files.length >= 1, `${files.length} stack files`);
    for (const { file, line, text } of files) {
      const { config } = parse(text) as { config: Record<string, unknown> };
      const own = Object.entries(config).flatMap(([key, value]) => (key.startsWith("vllm-eks:") ? [[key.slice(9), value] as const] : []));
      assert.deepEqual(checkForm(Object.fromEntries(own)), [], `${file}:${line}`);
    }
  });
});
