/** Does not prove that an image or a chart can still be downloaded. */
import assert from "node:assert/strict";
import { defaultSets, findDefaults, newestDefaults, oldestDefaults } from "../../../catalog/defaults";
import { vllmImages } from "../../../catalog/images";

const versionsOf = (name: string) => {
  const { vllmImageTag, charts } = findDefaults(name)!;
  return [vllmImageTag, ...Object.values(charts).map(({ version }) => version)];
};

describe("catalog/defaults", () => {
  // Running stacks have these sets. A test that fails here says that one of them would roll: add a set instead.
  it("never changes a set that stacks were made with", () => {
    assert.deepEqual(versionsOf("2026-08"), ["0.27.1-gpu-py312-cu130-ubuntu22.04-ec2", "0.10.0", "0.20.0", "v0.5.30", "3.5.0"]);
    assert.deepEqual(versionsOf("2026-11"), ["server-cuda-v2.4", "0.10.0", "0.20.0", "v0.5.30", "3.5.0"]);
  });

  it("has sets in order of their dates, and images of the catalog", () => {
    const names = defaultSets.map(({ name }) => name);
    assert.deepEqual(names, [...names].sort());
    assert.deepEqual([names[0], names.at(-1)], [oldestDefaults.name, newestDefaults.name]);
    for (const { name, vllmImageTag } of defaultSets) {
      assert.match(name, /^\d{4}-\d{2}$/);
      assert.ok(
        vllmImages.some(({ tag }) => tag === vllmImageTag),
        vllmImageTag,
      );
    }
  });
});
