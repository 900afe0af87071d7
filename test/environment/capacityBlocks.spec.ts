import assert from "node:assert/strict";
import { checkCapacityBlockRegion } from "../../environment/capacityBlocks";

// Proves the rule on the catalog's rows. The preflight asks whether AWS sells a block there.

const refused = (...request: Parameters<typeof checkCapacityBlockRegion>) =>
  checkCapacityBlockRegion(...request).map(({ message }) => message);

describe("regions of capacity blocks", () => {
  it("refuse a region that is not in a complete list, and name the regions that sell blocks", () => {
    assert.deepEqual(refused("capacityBlock", "p4de.24xlarge", "us-east-2"), [
      "Capacity blocks of p4de.24xlarge are sold in us-east-1, us-west-2 only, and the region is us-east-2.",
    ]);
  });

  it("accept a region that sells them", () => {
    for (const region of ["us-east-1", "us-west-2"]) assert.deepEqual(refused("capacityBlock", "p4de.24xlarge", region), []);
    assert.deepEqual(refused("capacityBlock", "p4d.24xlarge", "us-east-2"), []);
  });

  it("say nothing if the list is incomplete, the type unknown or the region not known", () => {
    assert.deepEqual(refused("capacityBlock", "p5.48xlarge", "eu-west-1"), []);
    assert.deepEqual(refused("capacityBlock", "g6e.12xlarge", "eu-west-1"), []);
    assert.deepEqual(refused("capacityBlock", "p4de.24xlarge", undefined), []);
  });

  it("say nothing about capacity bought in another way", () => {
    for (const type of ["onDemand", "spot", "reservation"]) assert.deepEqual(refused(type, "p4de.24xlarge", "eu-west-1"), []);
  });
});
