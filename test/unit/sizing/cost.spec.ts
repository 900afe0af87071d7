import assert from "node:assert/strict";
import fc from "fast-check";
import { beforeFirstToken, hourlyCost, type HourlyCostRequest } from "../../../sizing/costAndTime/cost";

// Proves the arithmetic on list prices. What an account pays (discounts, taxes, its region) is not proved here.

const development: HourlyCostRequest = {
  region: "us-east-1",
  today: "2026-11-24",
  instanceType: "p4d.24xlarge",
  nodeCount: 2,
  capacityType: "onDemand",
  rootVolume: { sizeGiB: 200 },
  systemNodes: { instanceType: "m6i.large", count: 2 },
  createCluster: true,
  kubernetesVersion: "1.35",
  store: { deploymentType: "SCRATCH_2", storageCapacityGiB: 1200 },
  loadBalancer: true,
  natGateways: 1,
  publicIps: 1,
};
const cents = (usd: number | null) => (usd === null ? null : Number(usd.toFixed(4)));

describe("cost per hour", () => {
  it("says what answers to the internet cost, only where the load balancer faces it", () => {
    const egress = (publicIps: number) =>
      hourlyCost({ ...development, natGateways: 1, publicIps }).notes.filter((note) => /internet/.test(note));
    assert.deepEqual(egress(1), []);
    assert.deepEqual(egress(3), ["Answers to clients on the internet cost $0.09 per GB on top of the total."]);
  });

  it("lists each part for two p4d with the smallest scratch store", () => {
    const { notes, gpuPaidWithoutNodes, ...parts } = hourlyCost(development);
    assert.deepEqual(Object.fromEntries(Object.entries(parts).map(([part, usd]) => [part, cents(usd)])), {
      gpuNodes: 43.9591, // 2 × 21.957642 + 2 × 200 GB × 0.08 ÷ 730
      systemNodes: 0.1964, // 2 × 0.096 + 2 × 20 GB × 0.08 ÷ 730
      controlPlane: 0.1,
      modelStore: 0.2301, // 1200 × 0.14 ÷ 730
      loadBalancer: 0.0305,
      network: 0.05,
      total: 44.5661,
    });
    assert.equal(gpuPaidWithoutNodes, false);
    assert.deepEqual(notes, [
      "These prices are assumed, not read from a 2026 price list: gp3Volume $0.08 per GB-month, m6i.large $0.096 per hour, " +
        "lustreScratch2 $0.14 per GB-month, applicationLoadBalancer $0.0225 per hour, loadBalancerCapacityUnit $0.008 per LCU-hour.",
    ]);
  });

  it("is only the store and the fixed parts while paused", () => {
    const { gpuNodes, total } = hourlyCost({ ...development, nodeCount: 0 });
    assert.equal(gpuNodes, 0);
    assert.equal(cents(total), 0.607);
  });

  it("counts neither control plane nor system nodes of an adopted cluster", () => {
    const adopted: HourlyCostRequest = { ...development, createCluster: false, natGateways: 0, publicIps: 0, loadBalancer: false };
    delete adopted.systemNodes;
    const { controlPlane, systemNodes, network, loadBalancer, total, gpuNodes, modelStore } = hourlyCost(adopted);
    assert.deepEqual([controlPlane, systemNodes, network, loadBalancer], [0, 0, 0, 0]);
    assert.equal(total, gpuNodes! + modelStore);
  });

  it("prices volumes beyond 3000 IOPS and 125 MB/s", () => {
    const { gpuNodes } = hourlyCost({ ...development, rootVolume: { sizeGiB: 200, iops: 16_000, throughputMBps: 1000 } });
    assert.equal(cents(gpuNodes! - hourlyCost(development).gpuNodes!), cents((2 * (13_000 * 0.005 + 875 * 0.04)) / 730));
  });

  for (const [throughputMBpsPerTiB, usd] of [
    [125, 0.145],
    [250, 0.21],
    [500, 0.34],
    [1000, 0.6],
  ] as const) {
    it(`prices PERSISTENT_2 at ${throughputMBpsPerTiB} MB/s per TiB with $${usd} per GB-month`, () => {
      const store = { deploymentType: "PERSISTENT_2", storageCapacityGiB: 4800, throughputMBpsPerTiB };
      assert.equal(cents(hourlyCost({ ...development, store }).modelStore), cents((4800 * usd) / 730));
    });
  }

  it("prices a control plane in extended support at six times the standard price, from the day after standard support", () => {
    const controlPlane = (kubernetesVersion: string, today: string) =>
      hourlyCost({ ...development, kubernetesVersion, today }).controlPlane;
    assert.equal(controlPlane("1.34", "2026-12-02"), 0.1);
    assert.equal(controlPlane("1.34", "2026-12-03"), 0.6);
    assert.equal(controlPlane("1.31", "2026-12-03"), 0.6);
  });

  it("treats a version newer than the catalog as in standard support, and an older one as past it", () => {
    const controlPlane = (kubernetesVersion: string) => hourlyCost({ ...development, kubernetesVersion }).controlPlane;
    assert.deepEqual([controlPlane("1.37"), controlPlane("1.30")], [0.1, 0.6]);
  });

  it("says that another region uses the prices of us-east-1", () => {
    const other = hourlyCost({ ...development, region: "eu-west-1" });
    assert.equal(other.total, hourlyCost(development).total);
    assert.ok(other.notes.includes("The catalog has no prices for eu-west-1: it uses the prices of us-east-1."));
    assert.ok(!hourlyCost(development).notes.some((note) => note.startsWith("Prices of")));
  });

  for (const [capacityType, note, paid] of [
    ["spot", /the most they cost/, false],
    ["reservation", /billed at the on-demand list price from its start/, true],
    ["capacityBlock", /paid in advance at its own price/, true],
  ] as const) {
    it(`says what the list price means for ${capacityType} capacity`, () => {
      const { notes, gpuPaidWithoutNodes } = hourlyCost({ ...development, capacityType });
      assert.match(notes[0]!, note);
      assert.equal(gpuPaidWithoutNodes, paid);
    });
  }

  it("gives no total if the GPU type has no on-demand price, and says so", () => {
    const cost = hourlyCost({ ...development, instanceType: "p5e.48xlarge", capacityType: "capacityBlock" });
    assert.deepEqual([cost.gpuNodes, cost.total], [null, null]);
    assert.ok(cost.notes.some((note) => note.startsWith("No on-demand price is known for p5e.48xlarge")));
  });

  it("always adds up, and never falls when something is added", () => {
    fc.assert(
      fc.property(fc.nat(16), fc.nat(3), fc.nat(6), (nodeCount, natGateways, publicIps) => {
        const request = { ...development, nodeCount, natGateways, publicIps };
        const { gpuNodes, systemNodes, controlPlane, modelStore, loadBalancer, network, total } = hourlyCost(request);
        assert.equal(cents(total), cents(gpuNodes! + systemNodes! + controlPlane + modelStore + loadBalancer + network));
        assert.ok(hourlyCost({ ...request, nodeCount: nodeCount + 1 }).total! > total!);
        assert.ok(hourlyCost({ ...request, natGateways: natGateways + 1 }).total! > total!);
      }),
    );
  });
});

describe("cost before the first token", () => {
  const timeline = { toFirstTokenMinutes: 30, gpuBilledIdleMinutes: 6 };
  const request = { timeline, hourly: hourlyCost(development), region: "us-east-1", downloadGiB: 61, natGateways: 1 };

  it("counts idle GPUs for their own minutes, the rest for all minutes, and the download through the NAT gateway", () => {
    const { total, idleGpu, dataTransfer } = beforeFirstToken(request);
    assert.equal(cents(idleGpu), 4.3959);
    assert.equal(cents(dataTransfer), cents(61 * 1.073741824 * 0.045));
    assert.equal(cents(total), cents(idleGpu! + dataTransfer + 0.5 * (request.hourly.total! - request.hourly.gpuNodes!)));
  });

  it("says that a paused reservation is still billed, outside the total", () => {
    const { gpuNodes, notes } = hourlyCost({ ...development, nodeCount: 0, capacityType: "reservation" });
    assert.equal(gpuNodes, 0);
    assert.match(notes.join(" "), /reservation is billed during the pause; its instances are not in the total/);
  });

  it("counts a paid reservation from minute 0, because it is billed even without nodes", () => {
    const reserved = beforeFirstToken({ ...request, hourly: hourlyCost({ ...development, capacityType: "reservation" }) });
    assert.equal(cents(reserved.idleGpu), cents(request.hourly.gpuNodes! / 2));
  });

  it("has no transfer cost without a NAT gateway", () => {
    assert.equal(beforeFirstToken({ ...request, natGateways: 0 }).dataTransfer, 0);
  });

  it("is unknown if the GPUs have no price", () => {
    const hourly = hourlyCost({ ...development, instanceType: "p5e.48xlarge" });
    const { total, idleGpu } = beforeFirstToken({ ...request, hourly });
    assert.deepEqual([total, idleGpu], [null, null]);
  });
});
