/** Proves that the lists are well formed and cover the catalog's images. Does not prove that they are vLLM's: its parsers wrote them. */
import assert from "node:assert/strict";
import { engineFlags, engineFlagsOf, engineFlagVersions, FlagValue } from "../../../catalog/engineFlags";
import { vllmImages } from "../../../catalog/images";
import { models } from "../../../catalog/models";
import { compareVersions } from "../../../sizing/versions";

describe("catalog/engineFlags", () => {
  it("has a list for every release of an image, and for the ones after the newest image", () => {
    const releases = new Set(vllmImages.map(({ vllmVersion }) => vllmVersion).filter((version) => /^[\d.]+$/.test(version)));
    assert.deepEqual(
      [...releases].filter((release) => !engineFlagVersions.includes(release)),
      [],
    );
    assert.deepEqual(engineFlagVersions.slice(-6), ["0.28.0", "0.29.0", "0.30.0", "0.31.0", "0.32.0", "0.33.0"]);
    assert.deepEqual([...engineFlagVersions].sort(compareVersions), engineFlagVersions);
  });

  it("has rows with known forms of values, known releases, and names that begin with a hyphen", () => {
    for (const { names, value, since, until } of engineFlags) {
      assert.ok(names.length > 0 && names.every((name) => /^-[a-z]+$|^--[a-z0-9][a-z0-9-]+$/.test(name)), names.join(" "));
      assert.ok(Object.values(FlagValue).includes(value), names[0]);
      assert.ok(engineFlagVersions.includes(since) && engineFlagVersions.includes(until), `${names[0]} ${since}..${until}`);
    }
  });

  it("has each name once in a release", () => {
    for (const version of engineFlagVersions) {
      const names = engineFlagsOf(version).flatMap((flag) => flag.names);
      assert.equal(new Set(names).size, names.length, version);
    }
  });

  it("has as many names as the parsers have, and the changes that release notes name", () => {
    const count = (version: string) => engineFlagsOf(version).flatMap(({ names }) => names.filter((name) => name.startsWith("--"))).length;
    assert.deepEqual(["0.24.0", "0.27.1", "0.32.0", "0.33.0"].map(count), [337, 359, 406, 411]);
    const has = (version: string, name: string) => engineFlagsOf(version).some(({ names }) => names.includes(name));
    assert.deepEqual([has("0.28.0", "--max-num-queued-reqs"), has("0.29.0", "--max-num-queued-reqs")], [false, true]);
    assert.deepEqual([has("0.27.1", "--calculate-kv-scales"), has("0.28.0", "--calculate-kv-scales")], [true, false]);
    assert.deepEqual([has("0.32.0", "--disable-lora"), has("0.33.0", "--disable-lora")], [false, true]);
  });

  it("has every flag that the catalog's models need, in the default release and after", () => {
    const flags = models.flatMap(({ engineArguments }) => engineArguments.filter((word) => word.startsWith("-")));
    for (const version of engineFlagVersions.slice(engineFlagVersions.indexOf("0.27.1"))) {
      const names = new Set(engineFlagsOf(version).flatMap((flag) => flag.names));
      assert.deepEqual(
        flags.filter((flag) => !names.has(flag)),
        [],
        version,
      );
    }
  });
});
