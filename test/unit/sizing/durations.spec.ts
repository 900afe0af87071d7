import assert from "node:assert/strict";
import { phaseDurations, resourceDuration } from "../../../catalog/durations";
import { downloadTime } from "../../../sizing/costAndTime/download";
import { downloadJobDuration, durationsByType, engineDuration, gpuNodeGroupDuration } from "../../../sizing/costAndTime/durations";
import type { StoreRequest } from "../../../sizing/costAndTime/storage";
import type { TimelineNode } from "../../../sizing/costAndTime/timeline";

// Proves which number is used and how parts add up. Does not prove that deployments take that long.

const scratch: StoreRequest = { deploymentType: "SCRATCH_2", storageCapacityGiB: 1200 };
const downloadGiB = 65e9 / 1024 ** 3;
const node = (type: string, urn = "urn"): TimelineNode => ({ urn, type, name: "n", dependsOn: [], custom: true, remote: false });

describe("durations of resources", () => {
  it("come from the record of their type", () => {
    const type = "aws:fsx/lustreFileSystem:LustreFileSystem";
    const row = resourceDuration(type)!;
    assert.deepEqual(durationsByType()(node(type)), {
      label: "FSx for Lustre",
      seconds: row.seconds,
      source: row.source.url,
      assumed: false,
    });
  });

  it("are marked as assumed if there is no public record", () => {
    const { source, assumed } = durationsByType()(node("aws:eks/addon:Addon"));
    assert.deepEqual([source, assumed], ["assumed", true]);
  });

  it("can be overridden by URN for one resource, without affecting others of its type", () => {
    const durationOf = durationsByType(new Map([["gpu", gpuNodeGroupDuration()]]));
    const type = "aws:eks/nodeGroup:NodeGroup";
    assert.equal(durationOf(node(type, "gpu")).seconds, phaseDurations.gpuNodeGroup.seconds);
    assert.equal(durationOf(node(type, "system")).seconds, resourceDuration(type)!.seconds);
  });

  it("are zero for providers and other types that create nothing in a cloud", () => {
    assert.equal(durationsByType()(node("pulumi:providers:aws")).seconds, 0);
  });
});

describe("download of the model", () => {
  it("waits for the disks of the smallest SCRATCH_2: 9.2 min for 65 GB", () => {
    const { seconds, limitedBy } = downloadTime({ downloadGiB, store: scratch });
    assert.deepEqual([(seconds / 60).toFixed(1), limitedBy], ["9.2", "file system writes"]);
  });

  it("waits for Hugging Face if nothing is slower, and marks that rate as assumed", () => {
    const download = downloadTime({ downloadGiB });
    assert.deepEqual([Math.round(download.seconds), download.limitedBy], [217, "Hugging Face"]);
    assert.equal(downloadJobDuration(download).assumed, true);
  });

  it("shows the pull of the download image before the download", () => {
    const job = downloadJobDuration({ seconds: 100, limitedBy: "file system writes" });
    assert.deepEqual(
      job.phases!.map(({ label, seconds }) => [label, seconds]),
      [
        ["download image", 15],
        ["model download", 100],
      ],
    );
    assert.equal(job.seconds, 115);
  });
});

describe("start of the engine", () => {
  const load = { cold: 277, warm: 30, limitedBy: "file system disks", source: "computed" } as const;

  it("consists of image, weights, start and first completion, and takes their sum", () => {
    const engine = engineDuration({ load, imagePull: "parallel" });
    assert.deepEqual(
      engine.phases!.map(({ label, seconds, source }) => [label, seconds, source]),
      [
        ["vLLM image, SOCI parallel pull", 60, phaseDurations.imagePullParallel.source.url],
        ["weights to GPUs", 277, "computed, limited by file system disks"],
        ["engine start, first time", 90, phaseDurations.engineInitCold.source.url],
        ["first completion", 15, "assumed"],
      ],
    );
    assert.equal(engine.seconds, 442);
  });

  it("takes 3 min longer with a sequential pull", () => {
    assert.equal(engineDuration({ load, imagePull: "sequential" }).seconds, 442 + 180);
  });

  it("says when the load time is an assumption", () => {
    const weights = engineDuration({ load: { ...load, source: "assumed" }, imagePull: "parallel" }).phases![1]!;
    assert.deepEqual([weights.source, weights.assumed], ["assumed", true]);
  });
});
