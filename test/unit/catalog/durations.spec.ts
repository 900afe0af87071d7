/** Does not prove how long a deployment takes: the rows are records of others or assumptions, and each says which. */
import assert from "node:assert/strict";
import {
  phaseDurations,
  rates,
  resourceDuration,
  resourceDurations,
  smallResourceDurations,
  systemNodeBandwidth,
  type DurationRow,
} from "../../../catalog/durations";

const all: DurationRow[] = [...resourceDurations, ...smallResourceDurations, ...Object.values(phaseDurations)];

describe("catalog/durations", () => {
  it("keeps the typical duration between the best and the longest on record", () => {
    for (const { key, seconds, bestSeconds = seconds, longestSeconds = seconds } of all) {
      assert.ok(bestSeconds <= seconds && seconds <= longestSeconds && bestSeconds > 0, key);
    }
    assert.equal(new Set(all.map((row) => row.key)).size, all.length);
  });

  it("counts 10 minutes for a control plane; 8 min 23 s is the best on record", () => {
    const row = resourceDuration("eks:index:Cluster");
    assert.deepEqual([row?.seconds, row?.bestSeconds], [600, 503]);
  });

  for (const [type, seconds] of [
    ["aws:fsx/lustreFileSystem:LustreFileSystem", 450],
    ["aws:lb/loadBalancer:LoadBalancer", 180],
    ["aws:eks/nodeGroup:NodeGroup", 150],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", 5],
    ["kubernetes:core/v1:Service", 1],
    ["kubernetes:helm.sh/v3:Release", 45],
  ] as const) {
    it(`counts ${seconds} s for ${type}`, () => assert.equal(resourceDuration(type)?.seconds, seconds));
  }

  it("counts no time for components and providers", () => {
    assert.equal(resourceDuration("vllm-eks:index:EfaGpuNodeGroup"), undefined);
    assert.equal(resourceDuration("pulumi:providers:aws"), undefined);
  });

  it("pulls an image in parallel faster than layer by layer", () => {
    const { imagePullParallel, imagePullSequential } = phaseDurations;
    assert.ok(imagePullParallel.seconds < imagePullSequential.seconds);
  });

  it("names every phase by its key", () => {
    for (const [name, row] of Object.entries({ ...phaseDurations, ...rates })) assert.equal(row.key, name);
  });

  it("downloads below the best rate on record, through system nodes whose sustained network is slower than that", () => {
    assert.ok(rates.huggingFaceDownload.MBps < rates.huggingFaceDownload.bestMBps);
    assert.equal(systemNodeBandwidth.find((row) => row.instanceType === "m6i.large")?.baselineGbps, 0.781);
  });
});
