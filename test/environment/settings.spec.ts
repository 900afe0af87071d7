import assert from "node:assert/strict";
import { isGiven, secretPlaceholder } from "../../environment/secrets";
import { checkPlaceholders } from "../../environment/placeholders";
import { readSettings } from "../../environment/settings";
import { checkStackName } from "../../environment/stackName";
import { environmentOf } from "../support/environments";

// Proves how defaults, placeholders and names are read. Other specs prove what a setting does.

describe("settings of a configuration", () => {
  it("have every default of the schema, down into objects", () => {
    const { settings, problems } = readSettings({});
    assert.deepEqual(problems, []);
    assert.deepEqual(
      { ...settings, engine: undefined, cluster: undefined },
      {
        model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
        instanceType: "p4d.24xlarge",
        ...{ tensorParallelSize: 8, pipelineParallelSize: 2, nodeCount: 2, protect: false, preflight: true, allowPickleWeights: false },
        ...{ capacity: { type: "onDemand" }, gpuNodes: { hugePagesMiB: 0 }, platform: {}, tags: {} },
        modelStore: { deploymentType: "SCRATCH_2", storageCapacityGiB: 1200 },
        ingress: { mode: "direct", scheme: "internal", idleTimeoutSeconds: 600 },
        network: { cidrBlock: "10.0.0.0/16", natGateways: "single" },
        ...{ engine: undefined, cluster: undefined },
      },
    );
  });

  it("use the default for a value of the wrong form, so that the other rules are checked too", () => {
    const { settings, problems } = readSettings({ nodeCount: "four", engine: { maxModelLen: "long", maxNumSeqs: 64 } });
    assert.equal(problems.length, 2);
    assert.equal(settings.nodeCount, 2);
    assert.equal(settings.engine.maxModelLen, undefined);
    assert.equal(settings.engine.maxNumSeqs, 64);
  });

  it("leave out a list with a wrong entry as a whole", () => {
    assert.equal(readSettings({ ingress: { inboundCidrs: ["10.0.0.0/8", 5] } }).settings.ingress.inboundCidrs, undefined);
  });

  it("do not change what they are read from", () => {
    const values = { nodeCount: "four", engine: { maxModelLen: "long" } };
    readSettings(values);
    assert.deepEqual(values, { nodeCount: "four", engine: { maxModelLen: "long" } });
  });

  it("count a secret as given whether encrypted or not, and an empty one as absent", () => {
    assert.deepEqual([secretPlaceholder, "x", "", undefined].map(isGiven), [true, true, false, false]);
  });
});

describe("placeholders", () => {
  const found: [value: string, isPlaceholder: boolean][] = [
    ["<reservation id>", true],
    ["192.0.2.0/24", true],
    ["198.51.100.7/32", true],
    ["203.0.113.0/24", true],
    ["arn:aws:iam::111122223333:role/x", true],
    ["llm.example.com", true],
    ["example.org", true],
    ["192.0.20.0/24", false],
    ["203.0.114.0/24", false],
    ["arn:aws:iam::123456789012:role/x", false],
    ["llm.my-example.com", false],
    ["a <b> c", false],
  ];
  for (const [value, isPlaceholder] of found) {
    it(`${isPlaceholder ? "are found in" : "are not seen in"} ${value}`, () =>
      assert.equal(checkPlaceholders({ model: value }, "dev").length, isPlaceholder ? 1 : 0));
  }

  it("are named by their path, in objects and lists, and must be set before `pulumi up`", () => {
    const problems = checkPlaceholders(
      {
        cluster: { publicAccessCidrs: ["10.0.0.0/8", "203.0.113.0/24"] },
        model: "<model>",
        nodeCount: 2,
      },
      "dev",
    );
    assert.deepEqual(
      problems.map(({ code, severity, path }) => `${code} ${severity} ${path}`),
      ["placeholder-left setBeforeUp cluster.publicAccessCidrs[1]", "placeholder-left setBeforeUp model"],
    );
    assert.match(problems[0]!.fix, /pulumi config set -s dev --path 'cluster\.publicAccessCidrs\[1\]' '<value>'$/);
    assert.match(problems[1]!.fix, /pulumi config set -s dev model '<value>'$/);
  });
});

describe("the name of a stack", () => {
  const brief = (stack: string) => checkStackName(stack).map(({ code }) => code);

  it("may have letters, digits and hyphens, as many as fit into a namespace name", () => {
    for (const stack of ["dev", "eu-west-1", "7", "a".repeat(58)]) assert.deepEqual(brief(stack), []);
  });

  it("is refused if the namespace would be too long or have other characters", () => {
    assert.deepEqual(brief("a".repeat(59)), ["name-too-long"]);
    for (const stack of ["my_stack", "Dev", "v1.2", "dev-", ""]) assert.deepEqual(brief(stack), ["out-of-range"]);
  });
});

describe("further arguments of the engine", () => {
  it("count in the plan's memory, as they do in the pods", () => {
    // With this release vLLM subtracts the memory of graphs only for mixtures.
    const mixture = "model=Qwen/Qwen3-30B-A3B";
    const graphs = (...settings: string[]) =>
      environmentOf("dev", mixture, ...settings).memory?.ranks.map(({ cudaGraphGiB }) => cudaGraphGiB > 0);
    assert.deepEqual(graphs(), [true, true]);
    assert.deepEqual(graphs('engine.extraArguments=["--enforce-eager"]'), [false, false]);
  });
});
