/** Does not prove that a chart or a version can still be downloaded. */
import assert from "node:assert/strict";
import {
  addons,
  charts,
  defaultKubernetesVersion,
  findKubernetesVersion,
  gpuNodeAmi,
  kubernetesSupportOn,
  kubernetesVersions,
  requirements,
  type AddonFacts,
  type ChartFacts,
} from "../../../catalog/versions";

const support = (version: string, day: string) => {
  const row = findKubernetesVersion(version);
  assert.ok(row, version);
  return kubernetesSupportOn(row, day);
};
const allCharts: ChartFacts[] = Object.values(charts);
const allAddons: AddonFacts[] = Object.values(addons);

describe("catalog/versions", () => {
  it("has Kubernetes 1.35, the default, in standard support on 2026-11-24 and until 2027-03-27", () => {
    assert.equal(defaultKubernetesVersion, "1.35");
    assert.equal(support("1.35", "2026-11-24"), "standard");
    assert.equal(support("1.35", "2027-03-27"), "standard");
    assert.equal(support("1.35", "2027-03-28"), "extended");
  });

  for (const [version, day, expected] of [
    ["1.31", "2026-11-26", "extended"],
    ["1.31", "2026-11-27", "ended"],
    ["1.33", "2026-11-24", "extended"],
    ["1.34", "2026-12-02", "standard"],
    ["1.34", "2026-12-03", "extended"],
    ["1.36", "2026-06-01", "notReleased"],
    ["1.36", "2026-11-24", "standard"],
  ] as const) {
    it(`has Kubernetes ${version} ${expected} on ${day}`, () => assert.equal(support(version, day), expected));
  }

  it("orders the dates of a version, with twelve months of extended support", () => {
    for (const row of kubernetesVersions) {
      assert.ok(row.releasedOn < row.standardSupportEndsOn && row.standardSupportEndsOn < row.extendedSupportEndsOn, row.version);
      assert.equal(Number(row.extendedSupportEndsOn.slice(0, 4)) - Number(row.standardSupportEndsOn.slice(0, 4)), 1, row.version);
    }
  });

  it("marks Lustre as unproven only on kernel 6.18 of Kubernetes 1.36 and 1.37", () => {
    assert.deepEqual(
      kubernetesVersions.filter((row) => !row.lustreProven).map((row) => [row.version, row.amiKernel]),
      [
        ["1.36", "6.18"],
        ["1.37", "6.18"],
      ],
    );
    assert.equal(findKubernetesVersion("1.35")?.amiKernel, "6.12");
    assert.equal(findKubernetesVersion("1.38"), undefined);
  });

  it("names the release and the driver of the nodes' image", () => {
    assert.match(gpuNodeAmi.nvidiaDriver, /^580\./);
    assert.equal(gpuNodeAmi.release, "20261012");
  });

  it("pins the four charts", () => {
    assert.deepEqual(
      allCharts.map((chart) => `${chart.chart} ${chart.version}`),
      [
        "oci://registry.k8s.io/lws/charts/lws 0.10.0",
        "nvidia-device-plugin 0.20.0",
        "aws-efa-k8s-device-plugin v0.5.30",
        "aws-load-balancer-controller 3.5.0",
      ],
    );
    for (const chart of allCharts) assert.equal(chart.repository === undefined, chart.chart.startsWith("oci://"), chart.chart);
  });

  it("does not deploy moving tags", () => {
    const deployed = allCharts.flatMap((chart) => [chart.chart, chart.version, chart.repository ?? "", chart.image]);
    const required = Object.values(requirements).map((requirement) => requirement.version);
    for (const text of [...deployed, ...required, gpuNodeAmi.release]) assert.doesNotMatch(text, /latest|main|master|nightly/, text);
    for (const { image } of allCharts) assert.match(image, /:v\d+\.\d+\.\d+$/);
  });

  it("leaves add-on versions to EKS and knows which VPC CNI understands efa-only interfaces", () => {
    for (const addon of allAddons) assert.equal(addon.version, undefined, addon.name);
    assert.equal(addons.vpcCni.minimumVersion, "1.18.5");
    assert.equal(allAddons.length, 7);
  });

  it("states the lowest versions of the things it does not install", () => {
    assert.equal(requirements.minimumLeaderWorkerSet.version, "0.9.0");
    assert.equal(requirements.minimumVllmMultiNode.version, "0.13.0");
    assert.equal(requirements.fsxLustre.version, "2.15");
    assert.equal(requirements.minimumAwsCli.version, "2.7.0");
  });
});
