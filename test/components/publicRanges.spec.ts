import assert from "node:assert/strict";
import fc from "fast-check";
import { openShare, reservedRanges } from "../../catalog/addressRanges";
import { dotted, halves, rangeTexts, type NumericRange } from "../support/rangeCuts";
import { openPart, publicAddresses, rangesInWords, reservedIn } from "../../components/publicRanges";

// Proves that lists of ranges are judged as a union. What EKS and security groups refuse beyond these ranges shows only in an account.

const quarters = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"];

describe("the part of the internet that ranges admit", () => {
  const open: [title: string, ranges: string[], part: string][] = [
    ["one range", ["0.0.0.0/0"], "the whole internet"],
    ["two halves", ["0.0.0.0/1", "128.0.0.0/1"], "the whole internet"],
    ["two halves in another order, beside others", ["128.0.0.0/1", "10.0.0.0/8", "0.0.0.0/1"], "the whole internet"],
    ["four quarters", quarters, "the whole internet"],
    ["overlapping ranges", ["0.0.0.0/1", "64.0.0.0/2", "128.0.0.0/2", "160.0.0.0/3", "192.0.0.0/2"], "the whole internet"],
    [
      "everything but one /8",
      [...quarters.slice(1), "0.0.0.0/3", "32.0.0.0/4", "48.0.0.0/5", "56.0.0.0/6", "60.0.0.0/7", "62.0.0.0/8"],
      "the whole internet",
    ],
    ["one address for all the rest", ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], "the whole internet"],
    ["half of it", ["128.0.0.0/1"], "43 % of all public IPv4 addresses"],
    ["one sixteenth", ["16.0.0.0/4"], "7 % of all public IPv4 addresses"],
    ["IPv6", ["::/0"], "the whole internet"],
    ["two halves of IPv6", ["::/1", "8000::/1"], "the whole internet"],
    ["the public part of IPv6, in other spellings", ["2000:0:0::/4", "3000::/4"], "the whole internet"],
    ["half of IPv6", ["2000::/4"], "50 % of all public IPv6 addresses"],
    ["IPv4 ranges beside an IPv6 range", ["0.0.0.0/1", "2600::/12", "128.0.0.0/1"], "the whole internet"],
  ];
  for (const [title, ranges, part] of open) it(`is named for ${title}`, () => assert.equal(openPart(ranges), part));

  const closed: [title: string, ranges: string[]][] = [
    ["none", []],
    ["private networks", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]],
    ["a company's own addresses", ["100.20.30.0/24", "8.8.8.8/32"]],
    ["a large network", ["17.0.0.0/8", "20.0.0.0/8"]],
    ["multicast and what is reserved", ["224.0.0.0/3"]],
    ["IPv6 addresses of one organisation", ["2600:1f00::/24", "fd00::/8"]],
    ["texts that are not ranges", ["internet", "0.0.0.0/99", "::g/0", "1.2.3/0", ":::/0", "300.0.0.0/0"]],
  ];
  for (const [title, ranges] of closed) it(`is not named for ${title}`, () => assert.equal(openPart(ranges), undefined));

  it("begins at a sixteenth of the public addresses", () => {
    const { share } = publicAddresses(["16.0.0.0/5", "24.0.0.0/6", "28.0.0.0/8"], "IPv4");
    assert.ok(share < openShare && publicAddresses(["16.0.0.0/4"], "IPv4").share >= openShare, String(share));
  });

  it("is the number of addresses that a model counts one by one, with reserved ones left out", () => {
    const base = 192 * 256 ** 3 + 256; // 192.0.1.0 to 192.0.4.255, with the documentation range 192.0.2.0/24 in it
    const anyRange = fc.tuple(fc.integer({ min: 0, max: 1023 }), fc.integer({ min: 24, max: 32 }));
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 8 }), (given) => {
        const admitted = new Set<number>();
        for (const [offset, prefix] of given) {
          const size = 2 ** (32 - prefix);
          const first = Math.floor((base + offset) / size) * size;
          for (let address = first; address < first + size; address++) if (Math.floor(address / 256) % 256 !== 2) admitted.add(address);
        }
        const ranges = given.map(([offset, prefix]) => `${dotted(base + offset)}/${prefix}`);
        assert.equal(publicAddresses(ranges, "IPv4").admitted, BigInt(admitted.size), ranges.join(" "));
      }),
    );
  });

  it("does not depend on how a range is cut into smaller ones, or on their order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 8 }),
        fc.array(fc.nat(50), { maxLength: 12 }),
        (octet, prefix, cuts) => {
          const size = 2 ** (8 - prefix);
          let parts: NumericRange[] = [[Math.floor(octet / size) * size * 2 ** 24, prefix]];
          const whole = openPart(rangeTexts(parts));
          for (const cut of cuts) parts = parts.flatMap((part, index) => (index === cut % parts.length ? halves(part).reverse() : [part]));
          assert.equal(openPart(rangeTexts(parts)), whole, rangeTexts(parts).join(" "));
        },
      ),
    );
  });
});

describe("reserved ranges", () => {
  it("are found in a range that touches one, and not beside it", () => {
    const found = (range: string) => reservedIn(range).map(({ range: reserved }) => reserved);
    assert.deepEqual(found("10.20.0.0/16"), ["10.0.0.0/8"]);
    assert.deepEqual(found("172.0.0.0/8"), ["172.16.0.0/12"]);
    assert.deepEqual(found("100.127.255.255/32"), ["100.64.0.0/10"]);
    assert.deepEqual(found("fd12::/16"), ["fc00::/7"]);
    assert.deepEqual(["9.255.255.255/32", "11.0.0.0/8", "172.32.0.0/16", "100.128.0.0/9", "2600::/12"].flatMap(found), []);
    for (const { range } of reservedRanges) assert.ok(found(range).includes(range), range);
  });
});

it("a long list of ranges is shortened in a message", () => {
  assert.equal(rangesInWords(["a"]), "a");
  assert.equal(rangesInWords(["a", "b"]), "a and b");
  assert.equal(rangesInWords(["a", "b", "c", "d", "e", "f"]), "a, b, c and 3 more");
});
