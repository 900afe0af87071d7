import assert from "node:assert/strict";
import type { DocumentTime, PlanDocument } from "../../plan/document";
import { planStack } from "../../plan/planner";
import { root } from "./commandLine";

// Proves which waits the plan counts on the recorded program. How long each step takes depends on records and assumptions.
const plan = async (stack: string, ...settings: string[]): Promise<PlanDocument> =>
  (await planStack({ directory: root, stack, settings, today: "2026-11-24" })).document;

describe("minutes to the first token", () => {
  let dev: DocumentTime;
  before(async () => (dev = (await plan("dev")).time!));

  it("run from the control plane through the download and the GPU nodes to the first completion", () => {
    const names = dev.criticalPath.map(({ name }) => name);
    const place = (text: string) => names.findIndex((name) => name.includes(text));
    const steps = [
      "EKS control plane",
      "system-nodes",
      "model download",
      "GPU nodes join",
      "vLLM image",
      "weights to GPUs",
      "first completion",
    ].map(place);
    assert.deepEqual(steps.includes(-1), false, names.join(", "));
    assert.deepEqual(
      steps,
      [...steps].sort((a, b) => a - b),
    );
  });

  it("give both settings of gpuNodes.start the numbers that a plan with the setting gives", async () => {
    const withCluster = (await plan("dev", "gpuNodes.start=withCluster")).time!;
    assert.equal(dev.gpuNodesStart.configured, "afterWeights");
    assert.equal(withCluster.gpuNodesStart.configured, "withCluster");
    assert.deepEqual({ ...dev.gpuNodesStart, configured: "" }, { ...withCluster.gpuNodesStart, configured: "" });
    assert.equal(dev.gpuNodesStart.afterWeights.toFirstTokenMinutes, dev.toFirstTokenMinutes);
    assert.equal(withCluster.gpuNodesStart.withCluster.toFirstTokenMinutes, withCluster.toFirstTokenMinutes);
  });

  it("cost fewer minutes and more idle dollars when GPU nodes start with the cluster", () => {
    const { afterWeights, withCluster } = dev.gpuNodesStart;
    assert.ok(withCluster.toFirstTokenMinutes < afterWeights.toFirstTokenMinutes);
    assert.ok(withCluster.idleGpuUsd! > afterWeights.idleGpuUsd!);
  });

  it("are the same on the alternative that is already configured", async () => {
    assert.equal(dev.alternatives[0]!.toFirstTokenMinutes, dev.toFirstTokenMinutes);
    const persistent = ["modelStore.deploymentType=PERSISTENT_2", "modelStore.throughputMBpsPerTiB=1000"];
    const other = (await plan("dev", ...persistent)).time!;
    assert.equal(dev.alternatives[1]!.toFirstTokenMinutes, other.toFirstTokenMinutes);
  });

  it("shrink with a faster store, with weights from S3, and most when everything already exists", () => {
    const [scratch, persistent, fast, streamed, present] = dev.alternatives.map(({ toFirstTokenMinutes }) => toFirstTokenMinutes);
    assert.ok(scratch! > persistent! && persistent! > fast! && fast! > streamed! && streamed! > present!);
  });

  it("never count a path that cannot be deployed from nothing as the best one", () => {
    assert.equal(/streamed|already there/.test(dev.target.bestPath), false);
    assert.equal(dev.target.bestMinutes, Math.min(...dev.alternatives.slice(0, 3).map(({ toFirstTokenMinutes }) => toFirstTokenMinutes)));
  });

  it("are missing for a stack without GPU nodes, which still has a cost", async () => {
    const { time, cost } = await plan("dev", "nodeCount=0", "replicas=0");
    assert.equal(time, null);
    assert.equal(cost!.hourly.gpuNodes, 0);
    assert.equal(cost!.beforeFirstToken, null);
  });
});
