import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError, refuseErrors } from "../../components/problems";
import type { Problem } from "../../sizing/problem";

// Proves the content of the error for a wrong configuration. The engine lane proves that Pulumi prints its message.

describe("the error for a wrong configuration", () => {
  const problem: Problem = { code: "too-few-nodes", severity: "error", path: "nodeCount", message: "1.", fix: "Two.", changes: [] };

  it("lists every problem with path, code and what to do", () => {
    const { message, problems } = new ConfigurationError("The stack dev", [problem, { ...problem, path: "replicas" }]);
    assert.equal(
      message,
      "The stack dev cannot be deployed as configured:\n  [too-few-nodes] nodeCount: 1.\n    Two.\n  [too-few-nodes] replicas: 1.\n    Two.",
    );
    assert.equal(problems.length, 2);
  });

  it("is printed by Pulumi without a stack, and for a component also names the properties to other languages", () => {
    const ofStack = new ConfigurationError("The stack dev", [problem]);
    assert.deepEqual([pulumi.RunError.isInstance(ofStack), pulumi.InputPropertiesError.isInstance(ofStack)], [true, false]);
    const paused = { ...problem, severity: "warning" as const, path: "replicas" };
    assert.throws(
      () => refuseErrors("EfaGpuNodeGroup", "gpu", [problem, paused]),
      (error: unknown) => {
        assert.ok(
          error instanceof ConfigurationError && pulumi.RunError.isInstance(error) && pulumi.InputPropertiesError.isInstance(error),
        );
        assert.deepEqual(error.errors, [{ propertyPath: "nodeCount", reason: "[too-few-nodes] 1. Two." }]);
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          ["args.nodeCount"],
        );
        return true;
      },
    );
  });

  it("contains the caller's lines but no frame inside a package, because Node would need ten seconds to print it", () => {
    const error = new ConfigurationError("The stack dev", [problem]);
    const frames = error.stack!.split("\n").filter((line) => /^\s+at /.test(line));
    assert.match(frames[0]!, /configurationError\.spec\.ts/);
    assert.deepEqual(
      frames.filter((line) => line.includes("node_modules")),
      [],
    );
    assert.ok(inspect(error, { colors: true }).length < 5000);
  });
});
