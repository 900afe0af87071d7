// Proves that every image and chart that the package installs has a row, and how a digest is written. It does not prove that a registry
// still has it: `npm run digests -- --check` asks.
import assert from "node:assert/strict";
import { chartDigests, imageDigests, pinned } from "../../../catalog/digests";
import { installedCharts, installedImages } from "../../../catalog/defaults";

describe("catalog/digests", () => {
  it("has a row for every image and every chart that the package installs, and no other", () => {
    assert.deepEqual(Object.keys(imageDigests).sort(), [...installedImages].sort());
    assert.deepEqual(Object.keys(chartDigests).sort(), installedCharts.map(({ chart, version }) => `${chart} ${version}`).sort());
  });

  it("has whole digests", () => {
    const rows = [...Object.values(imageDigests), ...Object.values(chartDigests)].filter((row) => row !== undefined);
    assert.equal(rows.length, 6);
    for (const { digest } of rows) assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    assert.equal(new Set(rows.map(({ digest }) => digest)).size, rows.length);
  });

  it("keeps the tag in front of the digest, and leaves an image without a known digest as it is", () => {
    assert.equal(
      pinned("nvcr.io/nvidia/k8s-device-plugin:v0.20.0"),
      "nvcr.io/nvidia/k8s-device-plugin:v0.20.0@sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312",
    );
    assert.equal(pinned("registry.example/other:v1"), "registry.example/other:v1");
  });
});
