import assert from "node:assert/strict";
import fc from "fast-check";
import { schemaAt } from "../../environment";
import { planConfiguration } from "../../plan/planner";
import { parsePath } from "../../plan/settingPath";
import { modelShapeFromConfig } from "../../sizing/model/modelConfig";
import { parameterCount, weightBytes } from "../../sizing/model/parameters";
import { problemCodes, type Problem, type ProblemCode } from "../../sizing/problem";
import { resolveEnvironment, type ConfigurationInput, type Environment } from "../../stacks";
import { adopted, anyConfiguration, anyModelConfig, likelyDeployable } from "../support/anyConfiguration";
import { recordEnvironment } from "../support/environments";
import { suspectInputs } from "../support/record";

// Proves that no configuration ends in an exception, or in a plan that the program refuses. Other specs prove that a problem is the
// right one. This spec does not show what AWS refuses beyond these rules.

/** Every run tries the same configurations; another seed tries others. */
const seed = Number(process.env.FAST_CHECK_SEED ?? 20261124);
const codes: ReadonlySet<ProblemCode> = new Set(problemCodes);

function assertReadable(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const { code, severity, path, message, fix, changes } = problem;
    const told = JSON.stringify(problem).slice(0, 2000);
    assert.ok(codes.has(code), told);
    assert.ok(["error", "warning", "setBeforeUp"].includes(severity), told);
    for (const text of [path, message, fix]) assert.ok(typeof text === "string" && text.trim() !== "", told);
    assert.ok(message.length < 1000, told);
    assert.doesNotMatch(fix, /\bundefined\b|\bNaN\b|Infinity|\[object/, told);
    for (const change of changes) assert.ok(change.path !== "" && !Number.isNaN(change.value), told);
  }
}

/** A proposal is typed as it stands into a stack file or after `--set`, so its path must be a key. */
function assertKeysExist(problems: readonly Problem[]): void {
  for (const { code, changes } of problems) {
    for (const { path } of changes) {
      const parts = path.startsWith("aws:") ? undefined : parsePath(path);
      assert.ok(path.startsWith("aws:") || (parts && schemaAt(parts)), `${code} proposes ${path}, which is not a key`);
    }
  }
}

function assertFinite(value: unknown, path: string): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${path} is ${value}`);
  if (typeof value === "object" && value !== null) for (const [key, item] of Object.entries(value)) assertFinite(item, `${path}.${key}`);
}

/** Expects either an environment or an error, each well-formed. */
function assertDecided(input: ConfigurationInput): Environment | undefined {
  const before = structuredClone(input);
  const { environment, problems } = resolveEnvironment(input);
  assertReadable(problems);
  assertKeysExist(problems);
  assert.equal(
    environment === undefined,
    problems.some(({ severity }) => severity === "error"),
  );
  if (environment) assertFinite(environment, "environment");
  assert.deepEqual(input, before, "the input was changed");
  return environment;
}

describe("any configuration", function () {
  this.timeout(120_000);
  const frames = Error.stackTraceLimit;
  before(() => (Error.stackTraceLimit = 3)); // Pulumi writes a trace into every promise
  after(() => (Error.stackTraceLimit = frames));

  it("of 6,000 with missing, unknown and wrong keys is resolved or refused by name, and never throws", () => {
    fc.assert(
      fc.property(anyConfiguration, (input) => void assertDecided(input)),
      { seed, numRuns: 6000 },
    );
  });

  it("of 4,000 that change up to four values of our environments is resolved or refused by name, and never throws", () => {
    let deployable = 0;
    const any = fc.oneof(likelyDeployable("dev"), likelyDeployable("prod"), likelyDeployable("local"), adopted());
    fc.assert(
      fc.property(any, (input) => void (deployable += assertDecided(input) ? 1 : 0)),
      { seed, numRuns: 4000 },
    );
    assert.ok(deployable > 800, `${deployable} of 4000 are deployable: too few to prove anything`);
  });

  it("of a model, from 3,000 config.json texts, gives a shape with finite numbers or a problem", () => {
    let shapes = 0;
    fc.assert(
      fc.property(anyModelConfig, (text) => {
        const { shape, problems } = modelShapeFromConfig(text, "org/model");
        assertReadable(problems);
        assert.equal(
          shape === undefined,
          problems.some(({ severity }) => severity === "error"),
        );
        if (!shape) return;
        shapes += 1;
        assertFinite(shape, "shape");
        assert.ok(parameterCount(shape) > 0 && Number.isFinite(weightBytes(shape)));
      }),
      { seed, numRuns: 3000 },
    );
    assert.ok(shapes > 300, `${shapes} shapes`);
  });

  describe("that is deployable", () => {
    /** A run takes a twentieth of a second on Kubernetes alone, and half a second with a created VPC and cluster. */
    const kinds: [title: string, count: number, inputs: fc.Arbitrary<ConfigurationInput>][] = [
      ["120 on any Kubernetes cluster", 120, likelyDeployable("local")],
      ["50 on an adopted cluster", 50, adopted()],
      ["20 of dev", 20, likelyDeployable("dev")],
      ["10 of prod", 10, likelyDeployable("prod")],
    ];
    for (const [title, count, inputs] of kinds) {
      it(`goes through the recorder and no component refuses it: ${title}, every fourth in preview`, async () => {
        for (const [index, environment] of deployables(inputs, count).entries()) {
          const told = JSON.stringify(environment).slice(0, 3000);
          const recording = await recordEnvironment(environment, { preview: index % 4 === 3 }).catch((error: unknown) => {
            throw new Error(told, { cause: error });
          });
          assert.ok(recording.resources.length > 5, told);
          assert.deepEqual(suspectInputs(recording), [], told);
        }
      });
    }

    it("becomes a whole plan with finite numbers: 10 on any Kubernetes cluster, 6 on an adopted one", async () => {
      for (const [kind, count] of [
        [likelyDeployable("local"), 10],
        [adopted(), 6],
      ] as const) {
        for (const input of fc.sample(kind, { seed: seed + 1, numRuns: count })) {
          const { document } = await planConfiguration(input);
          assertReadable(document.problems);
          const { resources: _resources, ...numbers } = document;
          assertFinite(numbers, "plan");
        }
      }
    });
  });
});

/** The first `count` deployable environments of a sample. */
function deployables(inputs: fc.Arbitrary<ConfigurationInput>, count: number): Environment[] {
  const sample = fc.sample(inputs, { seed, numRuns: 20 * count });
  const found = sample.flatMap((input) => resolveEnvironment(input).environment ?? []).slice(0, count);
  assert.equal(found.length, count);
  return found;
}
