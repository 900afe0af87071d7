import assert from "node:assert/strict";
import { environmentOf, recordEnvironment } from "../support/environments";
import { only } from "../support/record";

// Proves what is asked for before and after the start of a capacity block. That EKS accepts the group with no nodes is not seen here.

const block = (startsAt: string) =>
  environmentOf(
    "dev",
    "availabilityZone=us-west-2a",
    "capacity.type=capacityBlock",
    "capacity.reservationId=cr-0123456789abcdef0",
    `capacity.startsAt=${startsAt}`,
  );

async function registered(startsAt: string) {
  const recording = await recordEnvironment(block(startsAt));
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

  it("asks for its nodes and waits for its group once it has started", async () => {
    assert.deepEqual(await registered("2026-11-20T00:00:00Z"), { replicas: 1, waits: "condition=Available", nodes: 2 });
  });
});
