import assert from "node:assert/strict";
import { parseCidr, sizeOfPrefix } from "../../components/cidr";
import { largestVpcMask, smallestVpcMask, subnetCidrs, subnetSpecs, type SubnetName } from "../../environment/subnets";

// Proves the ranges against awsx's published `Auto` strategy; the engine lane shows that this version of awsx uses them.
describe("subnets of a created VPC", () => {
  const names: SubnetName[] = ["nodes", "public", "load-balancer"];

  it("are these in a /16 of three zones", () => {
    assert.deepEqual(
      names.map((name) => subnetCidrs("10.0.0.0/16", 3, name)),
      [
        ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"],
        ["10.0.32.0/24", "10.0.96.0/24", "10.0.160.0/24"],
        ["10.0.33.0/27", "10.0.97.0/27", "10.0.161.0/27"],
      ],
    );
  });

  it("are these in the smallest VPC, a /22 of three zones", () => {
    assert.deepEqual(
      names.map((name) => subnetCidrs("172.16.4.0/22", 3, name)[2]),
      ["172.16.6.0/25", "172.16.6.128/26", "172.16.6.192/27"],
    );
  });

  for (let mask = largestVpcMask; mask <= smallestVpcMask; mask++) {
    for (const zones of [2, 3]) {
      it(`lie inside a /${mask} of ${zones} zones, do not overlap, and hold at least 32 addresses`, () => {
        const vpc = parseCidr(`10.64.0.0/${mask}`)!;
        const ranges = names
          .flatMap((name) => subnetCidrs(`10.64.0.0/${mask}`, zones, name))
          .map((text) => parseCidr(text) ?? assert.fail(`${text} does not begin where its length says`))
          .sort((a, b) => a.address - b.address);
        assert.equal(ranges.length, 3 * zones);
        const end = (range: typeof vpc) => range.address + sizeOfPrefix(range.prefixLength);
        ranges.forEach((range, index) => assert.ok(range.address >= (index === 0 ? vpc.address : end(ranges[index - 1]!))));
        assert.ok(end(ranges.at(-1)!) <= end(vpc));
        for (const range of ranges) assert.ok(sizeOfPrefix(range.prefixLength) >= 32);
      });

      it(`are given to awsx largest first in a /${mask} of ${zones} zones, because it refuses other orders`, () => {
        const masks = subnetSpecs(`10.64.0.0/${mask}`, zones).map(({ cidrMask }) => cidrMask);
        assert.deepEqual(
          masks,
          [...masks].sort((a, b) => a - b),
        );
      });
    }
  }

  it("are not computed for text that is not a range", () =>
    assert.throws(() => subnetCidrs("10.0.0.1/16", 3, "nodes"), /"10\.0\.0\.1\/16"/));
});
