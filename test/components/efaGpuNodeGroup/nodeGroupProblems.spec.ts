import assert from "node:assert/strict";
import { inConfiguration } from "../../../environment/configurationPaths";
import { nodeGroupProblems, type EfaGpuNodeGroupOptions } from "../../../components/efaGpuNodeGroup/nodeGroupProblems";

// Does not prove that AWS has capacity of a type or offers it in the zone: only the account knows that.
const good: EfaGpuNodeGroupOptions = { instanceType: "p4d.24xlarge", nodeCount: 2 };
const found = (change: Partial<EfaGpuNodeGroupOptions>, name = "gpu") => nodeGroupProblems(name, { ...good, ...change });
const brief = (change: Partial<EfaGpuNodeGroupOptions>) => found(change).map(({ code, path }) => `${code} ${path}`);

describe("arguments of a GPU node group", () => {
  it("are accepted with only type and number of nodes", () => assert.deepEqual(found({}), []));

  it("are accepted at the edges of every range", () => {
    for (const change of [
      { nodeCount: 0 },
      { rootVolumeGiB: 50 },
      { rootVolumeGiB: 16_384 },
      { hugePagesMiB: 0 },
      { hugePagesMiB: 10_256 },
      { releaseVersion: "1.35.0-20260714" },
    ]) {
      assert.deepEqual(brief(change), []);
    }
  });

  const refused: [title: string, change: Partial<EfaGpuNodeGroupOptions>, problem: string][] = [
    ["a type that is not in the catalog", { instanceType: "p4d.24xlrge" }, "instance-type-unknown instanceType"],
    ["a type that needs a newer driver than the AMI has", { instanceType: "g7.8xlarge" }, "instance-type-unsupported instanceType"],
    ["a type with another processor", { instanceType: "p6e-gb200.36xlarge" }, "instance-type-unsupported instanceType"],
    ["a type without GPUs", { instanceType: "cpu" }, "instance-type-unsupported instanceType"],
    ["a negative number of nodes", { nodeCount: -1 }, "out-of-range nodeCount"],
    ["half a node", { nodeCount: 1.5 }, "out-of-range nodeCount"],
    ["NaN as a number of nodes", { nodeCount: Number.NaN }, "out-of-range nodeCount"],
    ["a root volume too small for the operating system", { rootVolumeGiB: 49 }, "out-of-range rootVolumeGiB"],
    ["a root volume larger than the limit", { rootVolumeGiB: 16_385 }, "out-of-range rootVolumeGiB"],
    ["an odd number of MiB in huge pages", { hugePagesMiB: 5121 }, "out-of-range hugePagesMiB"],
    ["huge pages that leave no memory", { hugePagesMiB: 1_100_000 }, "out-of-range hugePagesMiB"],
    ["an invalid release", { releaseVersion: "latest" }, "wrong-type releaseVersion"],
  ];
  for (const [title, change, problem] of refused) {
    it(`are refused for ${title}`, () => assert.deepEqual(brief(change), [problem]));
  }

  it("propose the nearest name for a misspelt one", () => {
    const [problem] = found({ instanceType: "p4d.24xlrge" });
    assert.deepEqual(problem?.changes, [{ path: "instanceType", value: "p4d.24xlarge" }]);
    assert.match(problem?.fix ?? "", /^Did you mean p4d\.24xlarge\?/);
  });

  it("never propose a type that is itself refused", () => {
    for (const instanceType of ["g7.8xlarg", "g7.48xlage", "p6e-gb200.36xlarg"]) {
      const proposed = found({ instanceType })[0]?.changes[0]?.value as string;
      assert.deepEqual(brief({ instanceType: proposed }), []);
    }
  });

  it("do not propose other hardware for a type that is known and refused", () => {
    assert.deepEqual(found({ instanceType: "g7.8xlarge" })[0]?.changes, []);
  });

  it("propose an accepted value for a number out of range", () => {
    for (const [key, value] of [
      ["nodeCount", -3],
      ["nodeCount", 1.5],
      ["rootVolumeGiB", 10],
      ["rootVolumeGiB", 99_999],
      ["hugePagesMiB", 5121],
    ] as const) {
      const proposed = found({ [key]: value })[0]?.changes[0]?.value;
      assert.deepEqual(brief({ [key]: proposed }), [], `${key} ${value} → ${proposed}`);
    }
  });

  it("report every problem at once", () => {
    const codes = brief({ instanceType: "p4d", nodeCount: -1, capacity: { type: "reservation" }, releaseVersion: "1.35" });
    assert.deepEqual(codes, [
      "instance-type-unknown instanceType",
      "out-of-range nodeCount",
      "reservation-missing capacity.reservationId",
      "wrong-type releaseVersion",
    ]);
  });

  it("have the paths of the configuration in a stack", () => {
    const problems = inConfiguration("EfaGpuNodeGroup", found({ rootVolumeGiB: 1, hugePagesMiB: 3, releaseVersion: "x" }));
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["gpuNodes.rootVolumeGiB", "gpuNodes.hugePagesMiB", "gpuNodes.releaseVersion"],
    );
  });

  it("refuse a name that is too long for AWS with its suffixes, and accept the longest that fits", () => {
    // AWS allows 63 characters; Pulumi appends 8 of them and the component appends "-nodes".
    const longest = "g".repeat(63 - 8 - 6);
    assert.deepEqual(found({}, longest), []);
    assert.deepEqual(
      found({}, `${longest}g`).map(({ code }) => code),
      ["name-too-long"],
    );
  });
});
