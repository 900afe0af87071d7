import assert from "node:assert/strict";
import fc from "fast-check";
import { vllmImages } from "../../../catalog/images";
import { defaultKubernetesVersion, gpuNodeAmi, kubernetesVersions } from "../../../catalog/versions";
import { checkAddonVersions, checkDriver, checkKubernetesVersion, compareVersions } from "../../../sizing/versions";

// Proves the rules on the dates and floors of the catalog. Does not prove that AWS keeps its dates or that an image starts on a driver.

const briefly = (problems: ReturnType<typeof checkKubernetesVersion>) => problems.map(({ code, severity }) => `${code} ${severity}`);

describe("comparison of versions", () => {
  for (const [older, newer] of [
    ["1.9", "1.10"],
    ["0.19.1", "0.20.0"],
    ["570.195.03", "580"],
    ["580", "580.159.03"],
    ["v0.9.0", "0.10.0"],
    ["0.28.0", "0.28.1rc1.dev580"],
  ] as const) {
    it(`puts ${older} before ${newer}`, () => {
      assert.ok(compareVersions(older, newer) < 0);
      assert.ok(compareVersions(newer, older) > 0);
    });
  }

  it("treats a missing part as 0 and ignores a leading v and a suffix", () => {
    assert.equal(compareVersions("1.35", "v1.35.0"), 0);
    assert.equal(compareVersions("0.27.1rc1", "0.27.1"), 0);
  });

  it("orders any versions by their parts", () => {
    const version = fc.array(fc.nat(600), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const index = a.findIndex((part, at) => part !== b[at]);
        const expected = index < 0 ? 0 : Math.sign(a[index]! - b[index]!);
        assert.equal(Math.sign(compareVersions(a.join("."), b.join("."))), expected);
      }),
    );
  });
});

describe("Kubernetes version", () => {
  it("accepts the default version during its standard support", () => {
    assert.deepEqual(checkKubernetesVersion(defaultKubernetesVersion, "2026-11-24", true), []);
    assert.deepEqual(briefly(checkKubernetesVersion(defaultKubernetesVersion, "2027-03-27", true)), ["support-ends warning"]);
  });

  it("is refused for a new cluster from the day after standard support, with the date and the default version as the fix", () => {
    assert.deepEqual(briefly(checkKubernetesVersion("1.34", "2026-12-02", true)), ["support-ends warning"]);
    const [problem, ...others] = checkKubernetesVersion("1.34", "2026-12-03", true);
    assert.deepEqual(others, []);
    assert.deepEqual(problem, {
      code: "kubernetes-unsupported",
      severity: "error",
      path: "cluster.version",
      message:
        "Kubernetes 1.34: standard support ended on 2026-12-02; until 2027-12-02 the control plane costs $0.60/h instead of $0.10/h.",
      fix: "Create the cluster with 1.35.",
      changes: [{ path: "cluster.version", value: "1.35" }],
    });
  });

  it("gives only a warning, with the price of extended support, on an existing cluster", () => {
    const [problem] = checkKubernetesVersion("1.33", "2026-11-24", false);
    assert.equal(problem!.severity, "warning");
    assert.match(problem!.message, /\$0\.60\/h instead of \$0\.10\/h/);
    assert.deepEqual(problem!.changes, []);
  });

  it("says that EKS upgrades clusters automatically after extended support", () => {
    assert.doesNotMatch(checkKubernetesVersion("1.31", "2026-11-26", false)[0]!.message, /by itself/);
    assert.match(
      checkKubernetesVersion("1.31", "2026-11-27", false)[0]!.message,
      /extended support ended on 2026-11-26, and EKS upgrades such clusters automatically/,
    );
  });

  it("is refused before its release", () => {
    assert.deepEqual(briefly(checkKubernetesVersion("1.35", "2026-01-26", true)), ["kubernetes-unsupported error"]);
  });

  it("is refused for a new cluster if the package does not know it", () => {
    assert.deepEqual(briefly(checkKubernetesVersion("1.38", "2026-11-24", true)), ["kubernetes-unsupported error"]);
    assert.deepEqual(briefly(checkKubernetesVersion("1.38", "2026-11-24", false)), ["kubernetes-unsupported warning"]);
  });

  it("gives a warning if its kernel is not known to mount Lustre: 1.36 with 6.18", () => {
    const [problem, ...others] = checkKubernetesVersion("1.36", "2026-11-24", true);
    assert.deepEqual(others, []);
    assert.deepEqual([problem!.code, problem!.severity, problem!.path], ["kernel-unproven", "warning", "cluster.version"]);
    assert.match(problem!.message, /kernel 6\.18/);
    assert.deepEqual(problem!.changes, [{ path: "cluster.version", value: "1.35" }]);
    assert.deepEqual(checkKubernetesVersion("1.36", "2026-11-24", false)[0]!.changes, []);
  });

  it("never refuses an existing cluster, on any day", () => {
    const version = fc.constantFrom(...kubernetesVersions.map((row) => row.version), "1.99");
    const day = fc.date({ min: new Date("2024-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(version, day, (given, today) => {
        const problems = checkKubernetesVersion(given, today.toISOString().slice(0, 10), false);
        assert.ok(problems.every((problem) => problem.severity === "warning"));
      }),
    );
  });
});

describe("CUDA of the image against the driver of the node", () => {
  it("accepts every image of the catalog on the node image of the package", () => {
    for (const { cudaVersion } of vllmImages) assert.deepEqual(checkDriver({ cudaVersion, driver: gpuNodeAmi.nvidiaDriver }), []);
  });

  it("refuses CUDA 13 on a 570 driver, with both numbers", () => {
    const [problem, ...others] = checkDriver({ cudaVersion: "13.0", driver: "570.195.03" });
    assert.deepEqual(others, []);
    assert.deepEqual([problem!.code, problem!.severity, problem!.path], ["driver-too-old", "error", "engine.image"]);
    assert.equal(problem!.message, "The image's CUDA 13.0 needs NVIDIA driver 580 or newer; the node image has driver 570.195.03.");
  });

  it("names the newest released vLLM whose CUDA the driver runs", () => {
    assert.match(checkDriver({ cudaVersion: "13.0", driver: "575.57.08" })[0]!.fix, /older CUDA: 0\.19\.1 is the newest/);
    assert.doesNotMatch(checkDriver({ cudaVersion: "13.0", driver: "550.1" })[0]!.fix, /older CUDA/);
  });

  it("applies the floor of a series to its later CUDA versions, and none below the oldest", () => {
    assert.equal(checkDriver({ cudaVersion: "13.2", driver: "575.57.08" }).length, 1);
    assert.deepEqual(checkDriver({ cudaVersion: "12.4", driver: "550.1" }), []);
  });
});

describe("versions of add-ons", () => {
  const installed = ["vpc-cni", "kube-proxy", "coredns"];
  const refused = (version: string) => checkAddonVersions({ "vpc-cni": version }, installed).map(({ code, path }) => `${code} ${path}`);

  it("refuse a VPC CNI below 1.18.5, in any spelling", () => {
    for (const version of ["v1.18.4-eksbuild.3", "1.18.4", "v1.9.9-eksbuild.1", "latest"])
      assert.deepEqual(refused(version), ['out-of-range cluster.addonVersions["vpc-cni"]'], version);
  });

  it("accept it from 1.18.5", () => {
    for (const version of ["v1.18.5-eksbuild.1", "1.18.5", "v1.18.6-eksbuild.1", "v1.20.0"])
      assert.deepEqual(refused(version), [], version);
  });

  it("are refused for add-ons that the stack does not install, with the nearest name", () => {
    const [found] = checkAddonVersions({ vpc_cni: "v1.19.2-eksbuild.1" }, installed);
    assert.deepEqual([found?.code, found?.path], ["unknown-key", 'cluster.addonVersions["vpc_cni"]']);
    assert.equal(found?.fix, "Did you mean vpc-cni? Otherwise remove it.");
  });

  it("leave other add-ons, and those without a version, to EKS", () => {
    assert.deepEqual(checkAddonVersions({ coredns: "v1.0.0-eksbuild.1" }, installed), []);
    assert.deepEqual(checkAddonVersions({}, installed), []);
  });
});
