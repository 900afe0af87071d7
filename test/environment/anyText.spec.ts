import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument, stringify } from "yaml";
import { configSchema } from "../../environment/configSchema";
import { resolveEnvironment } from "../../environment/resolveEnvironment";
import type { Environment } from "../../environment/environment";
import { tokenKubeconfig } from "../../environment/tokenKubeconfig";
import type { ValueSchema } from "../../environment/valueSchema";
import { readConfiguration } from "../../plan/configuration";
import { manifests } from "../../plan/manifests";
import { adoptedSettings, recordEnvironment, repository } from "../support/environments";
import { argvInShell, commandsIn, outsideQuotes, readByShell } from "../support/shell";

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

/** A shell would run, replace or redirect something where one of these stands outside quotes. */
const dangerous = ["; touch y #", "$(id)", "`id`", "${HOME}", "&& id", "| id", "> y"];
const shell = [...dangerous, "'", '"', "\\", "*", "~", "!", " -- "];
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

/** Texts that a key accepts and that mean something to a shell, YAML, JSON or Python. */
const odd: [key: string[], text: string][] = [
  [["engine", "extraArguments", "[]"], `--chat-template={{ 'a' }}; touch y # $x "b" | > * \\n %s {0} : - &c`],
  [["tags", "*"], "a+b = c:d/e@f_g-h.i"],
];

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
    let quotedTexts = 0;
    fc.assert(
      fc.property(fc.constantFrom(...keys), anyText, fc.boolean(), (key, text, asStack) => {
        const values = placed(key, text);
        const input = { stack: asStack ? text : "dev", today, region: "us-west-2", values };
        assertProblems(input);
        assertProblems({ ...input, values: { [text]: text, engine: { [text]: text } } });
        for (const { fix } of resolveEnvironment(input).problems) {
          commands.push(...commandsIn(fix));
          for (const part of dangerous) assert.ok(!outsideQuotes(fix).includes(part), fix);
          quotedTexts += fix.includes("'") && dangerous.some((part) => fix.includes(part)) ? 1 : 0;
        }
      }),
      { seed, numRuns: 1500 },
    );
    assert.ok(commands.length > 1000 && quotedTexts > 50, `${commands.length} commands, ${quotedTexts} with a text that needs quotes`);
    readByShell([...new Set(commands)]);
  });

  it("that an environment accepts, reaches outputs as one argument, and manifests and kubeconfig as the same value", async () => {
    const sampled = fc.sample(fc.tuple(fc.constantFrom(...keys), anyText), { seed, numRuns: 1200 });
    const { values, region } = readConfiguration({ directory: repository, stack: "dev", settings: adoptedSettings });
    const kept = ["model", "platform", "modelRevision", "instanceType", "availabilityZone", "network", "capacity", "modelConfigFile"];
    let merged = values;
    const accepted: [key: string[], text: string][] = [];
    for (const [key, text] of [...odd, ...sampled]) {
      if (kept.includes(key[0]!) || accepted.some(([known]) => known.join() === key.join())) continue;
      const next = deepMerge(merged, placed(key, text));
      const { environment, problems } = resolveEnvironment({ stack: "dev", today, ...(region && { region }), values: next });
      if (!environment || problems.some(({ code }) => code === "setting-ignored")) continue;
      merged = next;
      accepted.push([key, text]);
    }
    assert.deepEqual(accepted.slice(0, odd.length), odd);
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

    const resourceInputs = resources.map(({ inputs }) => inputs);
    // In arguments of a container Kubernetes reads `$$` as one dollar sign.
    const everywhere = JSON.stringify([resourceInputs, outputs]).replaceAll("$$", "$");
    for (const [key, text] of accepted) assert.ok(everywhere.includes(JSON.stringify(text).slice(1, -1)), `${key.join(".")} ${text}`);
    const written = manifests(resources).map(({ content }) => parseDocument(stringify(content)).toJS() as { kind: string });
    const set = JSON.stringify(written.find(({ kind }) => kind === "LeaderWorkerSet")).replaceAll("$$", "$");
    for (const argument of environment.engine.extraArguments) assert.ok(set.includes(JSON.stringify(argument)), argument);
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
