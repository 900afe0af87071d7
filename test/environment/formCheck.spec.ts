import assert from "node:assert/strict";
import { configSchema } from "../../environment/configSchema";
import type { ValueSchema } from "../../environment/valueSchema";
import { checkForm } from "../../environment/formCheck";
import { secretPlaceholder } from "../../environment/secrets";

// Proves only the form. The specs of the other rules prove whether values of the right form fit together.

const brief = (values: Record<string, unknown>) => checkForm(values).map(({ code, path }) => `${code} ${path}`);
const only = (values: Record<string, unknown>) => {
  const problems = checkForm(values);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  return problems[0]!;
};

describe("the form of a configuration", () => {
  it("is right when nothing is set, because every key has a default or may be absent", () => assert.deepEqual(checkForm({}), []));

  const refused: [title: string, values: Record<string, unknown>, problems: string[]][] = [
    ["an unknown key", { nodeCuont: 4 }, ["unknown-key nodeCuont"]],
    ["an unknown key inside an object", { engine: { maxModelLength: 1 } }, ["unknown-key engine.maxModelLength"]],
    ["a key without a name", { "": 1 }, ['unknown-key ""']],
    ["a name that every object has", { constructor: 1, toString: 2 }, ["unknown-key constructor", "unknown-key toString"]],
    ["text where a number is needed", { nodeCount: "four" }, ["wrong-type nodeCount"]],
    ["a fraction where a whole number is needed", { nodeCount: 1.5 }, ["wrong-type nodeCount"]],
    ["null", { model: null }, ["wrong-type model"]],
    ["text where an object is needed", { engine: "fast" }, ["wrong-type engine"]],
    ["text where a list is needed", { ingress: { inboundCidrs: "10.0.0.0/8" } }, ["wrong-type ingress.inboundCidrs"]],
    ["an entry of a list", { ingress: { inboundCidrs: ["10.0.0.0/8", 5] } }, ["wrong-type ingress.inboundCidrs[1]"]],
    ["a tag that is not text", { tags: { owner: 5 } }, ["wrong-type tags.owner"]],
    ["a number below the least", { tensorParallelSize: 0 }, ["out-of-range tensorParallelSize"]],
    ["a number above the greatest", { engine: { gpuMemoryUtilization: 1.01 } }, ["out-of-range engine.gpuMemoryUtilization"]],
    ["a word that is not one of the allowed ones", { ingress: { mode: "nginx" } }, ["out-of-range ingress.mode"]],
    ["an object where one of a few words is needed", { ingress: { mode: { toString: 1 } } }, ["wrong-type ingress.mode"]],
    ["text that is too long", { instanceType: "p".repeat(33) }, ["out-of-range instanceType"]],
    ["empty text", { cluster: { systemInstanceType: "" } }, ["out-of-range cluster.systemInstanceType"]],
    ["a model that would climb out of its folder", { model: "../../etc" }, ["out-of-range model"]],
    ["a revision with two dots, which could climb out of its folder", { modelRevision: "v1..v2" }, ["out-of-range modelRevision"]],
    ["a principal that is not an ARN", { cluster: { administrators: ["alice"] } }, ["out-of-range cluster.administrators[0]"]],
    ["a zone that is not a zone name", { network: { availabilityZones: ["a"] } }, ["out-of-range network.availabilityZones[0]"]],
    ["a secret in clear text", { apiKey: "hunter2" }, ["secret-in-clear-text apiKey"]],
    [
      "every mistake at once",
      { nodeCount: "x", protect: 1, tags: [], a: 1 },
      ["unknown-key a", "wrong-type nodeCount", "wrong-type protect", "wrong-type tags"],
    ],
  ];
  for (const [title, values, problems] of refused) {
    it(`is refused for ${title}`, () => assert.deepEqual(brief(values).sort(), [...problems].sort()));
  }

  it("accepts an encrypted secret, an empty tag and an empty list", () => {
    assert.deepEqual(checkForm({ apiKey: secretPlaceholder, tags: { team: "" }, cluster: { publicAccessCidrs: [] } }), []);
  });

  it("accepts every default of the schema", () => {
    const defaultsOf = (schema: ValueSchema): unknown =>
      schema.properties
        ? Object.fromEntries(Object.entries(schema.properties).map(([key, each]) => [key, defaultsOf(each)]))
        : schema.default;
    const defaults = JSON.parse(JSON.stringify(defaultsOf({ type: "object", description: "", properties: configSchema }))) as Record<
      string,
      unknown
    >;
    assert.deepEqual(checkForm(defaults), []);
  });

  it("proposes the number for text or a fraction, and the nearest word for a typing error", () => {
    assert.deepEqual(only({ nodeCount: "4" }).changes, [{ path: "nodeCount", value: 4 }]);
    assert.deepEqual(only({ nodeCount: 1.5 }).changes, [{ path: "nodeCount", value: 2 }]);
    assert.deepEqual(only({ protect: "true" }).changes, [{ path: "protect", value: true }]);
    assert.deepEqual(only({ capacity: { type: "ondemand" } }).changes, [{ path: "capacity.type", value: "onDemand" }]);
    assert.deepEqual(only({ nodeCount: "four" }).changes, []);
    assert.deepEqual(only({ capacity: { type: "leasing" } }).changes, []);
  });

  it("suggests the key that was meant, or how to remove it", () => {
    assert.equal(only({ nodeCuont: 1 }).fix, "Did you mean nodeCount?");
    assert.equal(only({ engine: { maxNumSeq: 1 } }).fix, "Did you mean engine.maxNumSeqs?");
    assert.equal(only({ surprise: 1 }).fix, "Remove it: pulumi config rm surprise");
    assert.equal(only({ engine: { surprise: 1 } }).fix, "Remove it: pulumi config rm --path engine.surprise");
  });

  it("recognises a path that was set without --path", () => {
    assert.equal(only({ "engine.maxModelLen": 4096 }).fix, "Set it with --path: pulumi config set --path engine.maxModelLen '<value>'");
  });

  it("shows only the beginning of a long value, and nothing of a secret", () => {
    const long = only({ cluster: { kubeconfig: { users: "x".repeat(10_000) } } }).message;
    assert.ok(long.length < 200 && long.includes("…"), long);
    assert.equal(only({ apiKey: { key: "hunter2" } }).message, "The value is an object; expected a string.");
    assert.equal(only({ huggingFaceToken: 4711 }).message.includes("4711"), false);
  });
});
