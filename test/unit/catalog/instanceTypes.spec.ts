/** Compares the numbers with figures copied a second time from the sources, and with each other. Does not prove that they are AWS's. */
import assert from "node:assert/strict";
import { findInstanceType, instanceType, instanceTypes, instanceTypesWithEfa } from "../../../catalog/instanceTypes";

const names = (types: { name: string }[]) => types.map((type) => type.name);

describe("catalog/instanceTypes", () => {
  it("lists 32 EFA types of one architecture, one UltraServer and one node without GPUs, each once", () => {
    assert.equal(instanceTypes.length, 34);
    assert.equal(new Set(instanceTypes.map((type) => type.name)).size, 34);
    assert.equal(instanceTypesWithEfa().length, 33);
    assert.deepEqual(names(instanceTypes.filter((type) => type.architecture !== "x86_64")), ["p6e-gb200.36xlarge"]);
    assert.deepEqual(names(instanceTypes.filter((type) => !type.gpu)), ["cpu"]);
  });

  it("refuses g7 and the UltraServer with a reason, and nothing else", () => {
    const refused = instanceTypes.filter((type) => type.unsupportedReason);
    assert.deepEqual(names(refused), ["g7.8xlarge", "g7.12xlarge", "g7.24xlarge", "g7.48xlarge", "p6e-gb200.36xlarge"]);
    assert.match(instanceType("g7.48xlarge").unsupportedReason ?? "", /driver 595 or newer/);
  });

  it("gives p6-b300 one network card more than EFA devices, and every other supported type as many cards as devices", () => {
    const b300 = instanceType("p6-b300.48xlarge");
    assert.deepEqual([b300.networkCards, b300.efaInterfaces, b300.networkGbps], [17, 16, 6400]);
    const different = instanceTypes.filter((type) => type.gpu && !type.unsupportedReason && type.networkCards !== type.efaInterfaces);
    assert.deepEqual(names(different), ["p6-b300.48xlarge"]);
  });

  for (const [name, cards, interfaces, addresses] of [
    ["p4d.24xlarge", 4, 15, 50],
    ["p5.4xlarge", 1, 4, 30],
    ["p5.48xlarge", 32, 2, 50],
    ["p5e.48xlarge", 32, 2, 50],
    ["p5en.48xlarge", 16, 4, 50],
    ["p6-b200.48xlarge", 8, 4, 50],
    ["g6e.24xlarge", 2, 10, 50],
    ["g6.8xlarge", 1, 8, 30],
  ] as const) {
    it(`gives ${name} ${cards} EFA devices and ${interfaces} interfaces of ${addresses} addresses on card 0`, () => {
      const type = instanceType(name);
      assert.deepEqual([type.efaInterfaces, type.interfacesOnCard0, type.ipv4PerInterface], [cards, interfaces, addresses]);
    });
  }

  it("computes the allocatable resources that Karpenter's table lists", () => {
    assert.deepEqual(instanceType("p4d.24xlarge").allocatable, { cpuMilli: 95690, memoryMi: 1082712 });
    assert.deepEqual(instanceType("p5.48xlarge").allocatable, { cpuMilli: 191450, memoryMi: 1938410 });
    assert.deepEqual(instanceType("p6-b300.48xlarge").allocatable, { cpuMilli: 191450, memoryMi: 3877198 });
  });

  it("never lets a pod have more than the node has", () => {
    for (const type of instanceTypes) {
      assert.ok(type.allocatable.cpuMilli < type.vcpus * 1000, type.name);
      assert.ok(type.allocatable.memoryMi < type.memoryGiB * 1024, type.name);
      assert.ok(type.allocatable.memoryMi > type.memoryGiB * 1024 * 0.8, type.name);
    }
  });

  it("has a price for types sold by the hour, and none for p5e, which is sold only as capacity blocks", () => {
    assert.equal(instanceType("p4d.24xlarge").onDemandUsdPerHour, 21.957642);
    assert.equal(instanceType("p5.48xlarge").onDemandUsdPerHour, 55.04);
    assert.equal(instanceType("g6.8xlarge").onDemandUsdPerHour, 2.0144);
    assert.equal(instanceType("cpu").onDemandUsdPerHour, 0);
    const unpriced = instanceTypes.filter((type) => type.onDemandUsdPerHour === undefined);
    assert.deepEqual(names(unpriced), ["p5e.48xlarge", "p6e-gb200.36xlarge"]);
  });

  it("states 0.3 to 4 percent less memory as CUDA sees it than as EC2 reports it", () => {
    for (const { name, gpu } of instanceTypes) {
      if (!gpu) continue;
      const share = gpu.cudaMemoryGiB / (gpu.memoryMiB / 1024);
      assert.ok(share > 0.96 && share < 0.997, `${name}: ${share}`);
      assert.ok(gpu.cudaMemorySource, name);
    }
    assert.equal(instanceType("p4d.24xlarge").gpu?.cudaMemoryGiB, 39.49);
    assert.equal(instanceType("p5en.48xlarge").gpu?.cudaMemoryGiB, 139.8);
  });

  it("knows the compute capability of each GPU", () => {
    const capabilities = new Map(instanceTypes.flatMap(({ gpu }) => (gpu ? [[gpu.model, gpu.computeCapability] as const] : [])));
    assert.deepEqual(Object.fromEntries(capabilities), {
      A10G: 8.6,
      L4: 8.9,
      L40S: 8.9,
      "RTX PRO 4500": 12,
      "RTX PRO 6000": 12,
      "A100-40": 8,
      "A100-80": 8,
      H100: 9,
      H200: 9,
      B200: 10,
      B300: 10.3,
      GB200: 10,
    });
  });

  it("links GPUs by NVSwitch only in P types, and never links a single GPU", () => {
    for (const { name, gpu } of instanceTypes) {
      if (!gpu) continue;
      assert.equal(gpu.link, gpu.count === 1 ? "none" : name.startsWith("p") ? "nvswitch" : "pcie", name);
    }
  });

  it("counts P types and G types against separate quotas", () => {
    assert.equal(instanceType("p5.4xlarge").vcpuQuotaCode, "L-417A185B");
    assert.equal(instanceType("gr6.8xlarge").vcpuQuotaCode, "L-DB2E81BA");
    assert.equal(instanceType("cpu").vcpuQuotaCode, undefined);
  });

  it("returns undefined for an unknown name, and throws with the known names if a type is required", () => {
    assert.equal(findInstanceType("p4d.48xlarge"), undefined);
    assert.throws(() => instanceType("p4d.48xlarge"), /no instance type "p4d.48xlarge"; it has cpu, g5.8xlarge/);
  });
});
