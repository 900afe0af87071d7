import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { configSchema } from "../../environment/configSchema";
import { resolveEnvironment } from "../../environment/resolveEnvironment";
import type { Environment } from "../../environment/environment";
import { tokenKubeconfig } from "../../environment/tokenKubeconfig";
import type { ValueSchema } from "../../environment/valueSchema";
import { readConfiguration } from "../../plan/configuration";
import { adoptedSettings, recordEnvironment, repository } from "../support/environments";
import { argvInShell, commandsIn, readByShell } from "../support/shell";

// Proves that no text which a person types ends a line, a command, a manifest or a message. What programs of others do with the text as
// data, and what the pods' Python does with it, other specs prove.

type Values = Record<string, unknown>;
const seed = Number(process.env.FAST_CHECK_SEED ?? 20261130);
const today = "2026-11-24";

/** Every key that takes free text, as a path; `[]` is an entry of a list, `*` a value of a map. */
const textKeys = (properties: Readonly<Record<string, ValueSchema>>, before: string[] = []): string[][] =>
  Object.entries(properties).flatMap(([key, schema]) => {
    const path = [...before, key];
    if (schema.properties) return textKeys(schema.properties, path);
    if (schema.items?.type === "string" && !schema.items.enum) return [[...path, "[]"]];
    if (schema.additionalProperties?.type === "string") return [[...path, "*"]];
    return schema.type === "string" && !schema.enum ? [path] : [];
  });
const keys = textKeys(configSchema);

const shell = ["; touch y #", "$(id)", "`id`", "${HOME}", "'", '"', "\\", "&& id", "| id", "> y", "*", "~", "!", " -- "];
const yamlAndJson = ["- a", ": b", "{a: b}", "# c", "&a", "*b", "!!python/object", "%", "@", "null", "0x1F", "'''", '"""', "}", "]"];
const python = ["%s", "{0}", "\\x00", "__import__('os')", "\\N{DASH}"];
const lineEnds = ["\n", "\r\n", "\t", "\u0000", "\u001b[2J", "\u0085", "\u2028", "\ud800", "\udfff", "\u202e", "\ufeff", "🙂", "é"];
const sound = [
  "a",
  "dev",
  "arn:aws:iam::123456789012:role/x",
  "oci://a.b/c",
  "us-west-2a",
  "10.0.0.0/8",
  "m6i.large",
  "/x",
  "x/y",
  "1.0",
  "<a>",
];
const anyText = fc
  .array(
    fc.oneof(fc.constantFrom(...shell, ...yamlAndJson, ...python, ...lineEnds, ...sound), fc.string({ unit: "grapheme", maxLength: 5 })),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join("") || "x");

const placed = ([key = "", ...rest]: string[], text: string): Values => {
  const [next] = rest;
  if (next === undefined) return { [key]: text };
  if (next === "[]") return { [key]: [text] };
  return { [key]: next === "*" ? { [text]: "x", team: text } : placed(rest, text) };
};

function assertProblems(input: Parameters<typeof resolveEnvironment>[0]): Environment | undefined {
  const { environment, problems } = resolveEnvironment(input);
  for (const { path, message, fix, changes } of problems) {
    for (const text of [path, message, fix])
      assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u202e]|\p{Surrogate}/u, JSON.stringify(input.values));
    for (const { value } of changes) assert.doesNotMatch(String(value), /\p{Cc}/u);
  }
  return environment;
}

describe("any text of a person", function () {
  this.timeout(300_000);

  it("is asked of every key that takes text, and each has a form", () => {
    assert.ok(keys.length > 25, keys.map((key) => key.join(".")).join(" "));
    const formless = keys.filter((key) => {
      let schema: ValueSchema = { type: "object", description: "", properties: configSchema };
      for (const part of key)
        schema = (part === "[]" ? schema.items : part === "*" ? schema.additionalProperties : schema.properties?.[part])!;
      return schema.pattern === undefined && schema.secret !== true;
    });
    // Their rules cover key and value together: components/tagRules.ts.
    assert.deepEqual(formless, [["tags", "*"]]);
  });

  it("in any key, as value, key of a map or name of a stack, gives problems that can be shown and pasted", () => {
    const commands: string[] = [];
    fc.assert(
      fc.property(fc.constantFrom(...keys), anyText, fc.boolean(), (key, text, asStack) => {
        const values = placed(key, text);
        const input = { stack: asStack ? text : "dev", today, region: "us-west-2", values };
        assertProblems(input);
        assertProblems({ ...input, values: { [text]: text, engine: { [text]: text } } });
        commands.push(...resolveEnvironment(input).problems.flatMap(({ fix }) => commandsIn(fix)));
      }),
      { seed, numRuns: 1500 },
    );
    assert.ok(commands.length > 1000, String(commands.length));
    readByShell([...new Set(commands)]);
  });

  it("that an environment accepts, reaches outputs as one argument, and manifests and kubeconfig as the same value", async () => {
    const sampled = fc.sample(fc.tuple(fc.constantFrom(...keys), anyText), { seed, numRuns: 1200 });
    const { values, region } = readConfiguration({ directory: repository, stack: "dev", settings: adoptedSettings });
    const kept = ["model", "modelRevision", "instanceType", "availabilityZone", "network", "capacity", "modelConfigFile"];
    let merged = values;
    const accepted: [key: string[], text: string][] = [];
    for (const [key, text] of sampled) {
      if (kept.includes(key[0]!) || accepted.some(([known]) => known.join() === key.join())) continue;
      const next = deepMerge(merged, placed(key, text));
      if (!resolveEnvironment({ stack: "dev", today, ...(region && { region }), values: next }).environment) continue;
      merged = next;
      accepted.push([key, text]);
    }
    assert.ok(accepted.length >= 4, JSON.stringify(accepted));
    const role = "arn:aws:iam::123456789012:role/path/a.b+c=d,e@f-g_h";
    merged = deepMerge(merged, { cluster: { accessRoleArn: role } });
    const { environment, problems } = resolveEnvironment({ stack: "dev", today, ...(region && { region }), values: merged });
    assert.ok(environment, JSON.stringify(problems));
    const { outputs, resources } = await recordEnvironment(environment);

    const [kubeconfig, forward] = argvInShell([String(outputs.kubeconfig), String(outputs.portForward)]);
    assert.deepEqual(kubeconfig, [
      "aws",
      "eks",
      "update-kubeconfig",
      "--region",
      "us-west-2",
      "--name",
      environment.aws!.cluster.name,
      "--role-arn",
      role,
    ]);
    assert.deepEqual(forward!.slice(0, 3), ["kubectl", "--namespace", "vllm-dev"]);
    const body = argvInShell([String(outputs.tryIt).replace(/\$\([^)]*\)/, "key")])[0]!.at(-1)!;
    assert.equal((JSON.parse(body) as { model: string }).model, environment.model.id);

    for (const { type, inputs } of resources.filter(({ type: each }) => each.startsWith("kubernetes:") && !each.includes("helm"))) {
      const plain = JSON.parse(JSON.stringify(inputs)) as unknown;
      assert.deepEqual(parseDocument(JSON.stringify(plain)).toJS(), plain, type);
    }
    const args = JSON.stringify(resources.filter(({ type }) => type.includes("LeaderWorkerSet")).map(({ inputs }) => inputs));
    for (const argument of environment.engine.extraArguments) assert.ok(args.includes(JSON.stringify(argument)), argument);
  });

  it("in a kubeconfig that this program writes parses back to the same value, as YAML and as JSON", () => {
    fc.assert(
      fc.property(anyText, anyText, (name, profile) => {
        const token = { command: "aws", args: ["eks", "get-token", "--cluster-name", name], env: { AWS_PROFILE: profile } };
        const text = tokenKubeconfig({ name, server: "https://x", certificateAuthorityData: "eA==", token });
        const parsed = JSON.parse(text) as { users: { user: { exec: { args: string[]; env: { value: string }[] } } }[] };
        const { args, env } = parsed.users[0]!.user.exec;
        assert.equal(args.at(-1), name);
        assert.equal(env[0]?.value, profile);
        assert.deepEqual(parseDocument(text).toJS(), parsed);
      }),
      { seed, numRuns: 300 },
    );
  });
});

function deepMerge(a: Values, b: Values): Values {
  const merged = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const both = [merged[key], value].every((each) => typeof each === "object" && each !== null && !Array.isArray(each));
    merged[key] = both ? deepMerge(merged[key] as Values, value as Values) : value;
  }
  return merged;
}
