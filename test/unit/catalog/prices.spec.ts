/** Does not prove today's prices: these are list prices of one day in one region. */
import assert from "node:assert/strict";
import { hoursPerMonth, lustrePriceItem, onDemandPriceOf, priceOf, prices } from "../../../catalog/prices";

describe("catalog/prices", () => {
  it("lists 19 items, none of them free", () => {
    assert.equal(prices.length, 19);
    for (const { item, usd } of prices) assert.ok(usd > 0, item);
    assert.equal(hoursPerMonth, 730);
  });

  it("has the prices that the plan adds up", () => {
    const usd = (item: Parameters<typeof priceOf>[0]) => priceOf(item, "us-east-1").usd;
    assert.deepEqual([usd("controlPlaneStandard"), usd("controlPlaneExtended")], [0.1, 0.6]);
    assert.deepEqual([usd("natGateway"), usd("natGatewayData")], [0.045, 0.045]);
    assert.deepEqual([usd("applicationLoadBalancer"), usd("loadBalancerCapacityUnit")], [0.0225, 0.008]);
    assert.deepEqual([usd("gp3Volume"), usd("gp3Iops"), usd("gp3Throughput")], [0.08, 0.005, 0.04]);
    assert.equal(usd("m6i.large"), 0.096);
  });

  it("uses us-east-1 for every other region and says so", () => {
    assert.equal(priceOf("natGateway", "us-east-1").fromOtherRegion, false);
    const elsewhere = priceOf("natGateway", "eu-central-1");
    assert.deepEqual([elsewhere.usd, elsewhere.region, elsewhere.fromOtherRegion], [0.045, "us-east-1", true]);
  });

  it("prices p4d.24xlarge at $21.957642 an hour: certain in us-east-1, usual in us-west-2, assumed elsewhere", () => {
    const inRegion = (region: string) => {
      const price = onDemandPriceOf("p4d.24xlarge", region);
      return [price?.usd, price?.source.confidence, price?.fromOtherRegion];
    };
    assert.deepEqual(inRegion("us-east-1"), [21.957642, "high", false]);
    assert.deepEqual(inRegion("us-west-2"), [21.957642, "medium", false]);
    assert.deepEqual(inRegion("eu-west-1"), [21.957642, "medium", true]);
  });

  it("has no hourly price for capacity blocks and unknown types, and a price of 0 for a local node", () => {
    assert.equal(onDemandPriceOf("p5e.48xlarge", "us-east-1"), undefined);
    assert.equal(onDemandPriceOf("x9.large", "us-east-1"), undefined);
    assert.equal(onDemandPriceOf("cpu", "us-east-1")?.usd, 0);
    assert.equal(onDemandPriceOf("m6i.xlarge", "us-west-2")?.usd, 0.192);
  });

  for (const [deploymentType, throughput, usd] of [
    ["SCRATCH_2", undefined, 0.14],
    ["PERSISTENT_2", 125, 0.145],
    ["PERSISTENT_2", 250, 0.21],
    ["PERSISTENT_2", 500, 0.34],
    ["PERSISTENT_2", 1000, 0.6],
  ] as const) {
    it(`prices ${deploymentType} ${throughput ?? ""} at $${usd} per GB and month`, () => {
      const item = lustrePriceItem(deploymentType, throughput);
      assert.ok(item);
      const price = priceOf(item, "us-east-1");
      assert.deepEqual([price.usd, price.unit], [usd, "GB-month"]);
    });
  }

  it("has no price for a file system that FSx does not offer", () => {
    assert.equal(lustrePriceItem("PERSISTENT_2", 300), undefined);
    assert.equal(lustrePriceItem("PERSISTENT_2"), undefined);
    assert.equal(lustrePriceItem("PERSISTENT_1", 125), undefined);
  });
});
