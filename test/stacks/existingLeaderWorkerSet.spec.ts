import assert from "node:assert/strict";
import { simulatedAccount, type SimulatedAccount } from "../../plan/simulatedAccount";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { only } from "../support/record";

// Proves the check against definitions with and without the needed policy. The engine lane shows how real releases spell it.

const found = (spec: Record<string, unknown>): SimulatedAccount => ({
  ...simulatedAccount(),
  read: (_type, id) => ({ id, state: { metadata: { name: id }, spec } }),
});

describe("the LeaderWorkerSet controller of an existing cluster", () => {
  for (const [title, environment] of [
    ["local", () => environmentOf("local")],
    ["an adopted cluster", () => environmentOf("dev", ...adoptedSettings)],
  ] as const) {
    it(`is refused by name on ${title} when it is older than 0.9`, async () => {
      const account = found({ versions: [{ schema: { enum: ["Default", "RecreateGroupOnPodRestart", "None"] } }] });
      await assert.rejects(
        recordEnvironment(environment(), { account }),
        /does not know the restart policy RecreateGroupAfterStart: it is older than 0\.9\.0/,
      );
    });

    it(`is accepted on ${title} when it knows the restart policy`, async () => {
      const recording = await recordEnvironment(environment());
      only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet");
    });
  }
});
