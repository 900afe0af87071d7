import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { newestDefaults, oldestDefaults } from "../../catalog/defaults";
import { ConfigurationError } from "../../components/problems";
import { simulatedAccount } from "../../plan/simulatedAccount";
import { inferenceStack, secretPlaceholder } from "../../stacks";
import { environmentOf, recordEnvironment, resolve, today } from "../support/environments";
import { ofType, only, recordProgram } from "../support/record";

// Proves what the program takes from the outputs of its stack, which a recorder answers. test/engine/upgrade.spec.ts asks a real engine.

const asked = "pulumi:pulumi:readStackOutputs";
const values = { instanceType: "p4d.24xlarge", cluster: { publicAccessCidrs: ["100.20.30.40/32"] }, apiKey: secretPlaceholder };

/** The program on a stack whose last update left these outputs. */
function update(outputs: Record<string, unknown> | Error, settings: Record<string, unknown> = {}) {
  const account = simulatedAccount();
  const call = (token: string, inputs: Record<string, unknown>) => {
    if (token !== asked) return account.call(token, inputs);
    assert.deepEqual(inputs, { name: "organization/vllm-eks/dev" });
    if (outputs instanceof Error) throw outputs;
    return { ...inputs, outputs };
  };
  const input = { stack: "dev", values: { ...values, ...settings }, region: "us-west-2", today };
  const program = inferenceStack({ input, secrets: { apiKey: pulumi.secret("sk-test-only") } });
  return recordProgram(program, { account: { ...account, call } });
}

const imageOf = (recording: Awaited<ReturnType<typeof update>>) => {
  const set = only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet");
  const [image, ...others] = new Set([...JSON.stringify(set.inputs).matchAll(/"image":"[^"]*vllm:([^"]*)"/g)].map(([, tag]) => tag));
  assert.deepEqual(others, []);
  return image;
};

describe("the defaults of a stack", () => {
  it("are the newest when it is new, and its outputs say so", async () => {
    const recording = await update({});
    assert.equal(imageOf(recording), "server-cuda-v2.4");
    assert.equal(recording.outputs.defaults, "2026-11");
  });

  it("stay those that it was made with", async () => {
    const recording = await update({ defaults: "2026-08", model: "m" });
    assert.equal(imageOf(recording), "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2");
    assert.equal(recording.outputs.defaults, "2026-08");
  });

  it("are the oldest when it was made before they had names", async () => {
    const recording = await update({ model: "m", fit: {}, usdPerHour: 44 });
    assert.equal(imageOf(recording), "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2");
    assert.equal(recording.outputs.defaults, "2026-08");
  });

  it("are what the configuration names, and then the outputs are not asked", async () => {
    for (const { name, vllmImageTag } of [oldestDefaults, newestDefaults]) {
      const recording = await update(new Error("not asked"), { defaults: name });
      assert.equal(imageOf(recording), vllmImageTag);
      assert.equal(recording.outputs.defaults, name);
      assert.deepEqual(recording.invokes, []);
    }
  });

  it("give way to an image that the configuration names", async () => {
    const image = "mirror.internal/vllm:0.28.0-gpu-py312-cu130-ubuntu24.04-ec2";
    assert.equal(imageOf(await update({ defaults: "2026-08" }, { engine: { image } })), "0.28.0-gpu-py312-cu130-ubuntu24.04-ec2");
  });

  for (const [what, outputs, says] of [
    ["of a newer release of the package", { defaults: "2027-03" }, /2027-03.*knows 2026-08, 2026-11/],
    [
      "of a stack that Pulumi may not read",
      Object.assign(new Error(), { details: "[403] forbidden" }),
      /cannot be read .*\[403\] forbidden/,
    ],
  ] as const) {
    it(`${what} are refused before anything is registered, with the command that chooses others`, async () => {
      await assert.rejects(update(outputs), (error: unknown) => {
        assert.ok(error instanceof ConfigurationError, String(error));
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          ["defaults"],
        );
        assert.match(error.message.replaceAll(/\s+/g, " "), says);
        assert.match(error.message, /pulumi config set -s dev defaults 2026-\d\d$/);
        return true;
      });
    });
  }

  it("decide the version of each chart", async () => {
    const environment = environmentOf("dev");
    const { charts } = environment.defaults;
    const older = { ...charts, loadBalancerController: { ...charts.loadBalancerController, version: "3.4.0" } };
    const recording = await recordEnvironment({ ...environment, defaults: { ...environment.defaults, charts: older } });
    const versions = ofType(recording, "kubernetes:helm.sh/v3:Release").map(
      ({ inputs }) => `${String(inputs.chart)} ${String(inputs.version)}`,
    );
    assert.ok(versions.includes("aws-load-balancer-controller 3.4.0"), versions.join(", "));
    assert.equal(versions.length, 4);
  });

  it("are refused by a name that does not exist, with the names that do", () => {
    const { problems } = resolve("dev", "defaults=2026-09");
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path }) => path),
      ["defaults"],
    );
  });
});
