import assert from "node:assert/strict";
import { readConfiguration } from "../../plan/configuration";
import { resolveEnvironment } from "../../stacks";
import { environmentOf, recordEnvironment, repository, today } from "../support/environments";
import { only } from "../support/record";

// Proves what the program asks for before and after the start of a capacity block, but not that EKS accepts a group without nodes.

const settings = (startsAt: string) => [
  "availabilityZone=us-west-2a",
  "capacity.type=capacityBlock",
  "capacity.reservationId=cr-0123456789abcdef0",
  `capacity.startsAt=${startsAt}`,
];

async function registered(startsAt: string) {
  const recording = await recordEnvironment(environmentOf("dev", ...settings(startsAt)));
  const set = only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet").inputs as {
    metadata: { annotations?: Record<string, string> };
    spec: { replicas: number };
  };
  const gpuNodes = only(recording, "aws:eks/nodeGroup:NodeGroup", "gpu-nodes").inputs as { scalingConfig: { desiredSize: number } };
  return {
    replicas: set.spec.replicas,
    waits: set.metadata.annotations?.["pulumi.com/waitFor"],
    nodes: gpuNodes.scalingConfig.desiredSize,
  };
}

describe("a capacity block", () => {
  it("asks for no node and waits for no pod before it starts", async () => {
    assert.deepEqual(await registered("2026-12-24T00:00:00Z"), { replicas: 0, waits: undefined, nodes: 0 });
  });

  it("starts at its hour, not on the next day", () => {
    const configuration = readConfiguration({ directory: repository, stack: "dev", settings: settings(`${today}T11:30:00Z`) });
    const at = (now?: string) =>
      resolveEnvironment({ stack: "dev", today, ...(now && { now }), ...configuration }).problems.some(
        ({ code }) => code === "capacity-block-not-started",
      );
    assert.deepEqual([at(`${today}T11:29:59.999Z`), at(`${today}T11:30:00.000Z`), at()], [true, false, true]);
  });

  it("asks for its nodes and waits for its group once it has started", async () => {
    assert.deepEqual(await registered("2026-11-20T00:00:00Z"), { replicas: 1, waits: "condition=Available", nodes: 2 });
  });
});
