/** How much of the internet a list of ranges admits together. Host bits do not matter here, unlike in components/cidr.ts. */

type Family = 4 | 6;
interface Span {
  family: Family;
  first: bigint;
  last: bigint;
}

const bitsOf = { 4: 32n, 6: 128n } as const;

/**
 * Whether the ranges together hold at least half of all addresses of a family. Two halves of the internet are the internet, and a client
 * list that large names no clients.
 */
export function admitsTheWorld(ranges: readonly string[]): boolean {
  const spans = ranges.flatMap((range) => spanOf(range) ?? []);
  return ([4, 6] as const).some((family) => {
    const held = heldBy(spans.filter((span) => span.family === family));
    return held >= 1n << (bitsOf[family] - 1n);
  });
}

function heldBy(spans: Span[]): bigint {
  let held = 0n;
  let reached = -1n;
  for (const { first, last } of [...spans].sort((one, other) => (one.first < other.first ? -1 : 1))) {
    const from = first > reached ? first : reached + 1n;
    if (last >= from) held += last - from + 1n;
    if (last > reached) reached = last;
  }
  return held;
}

function spanOf(range: string): Span | undefined {
  const [, address = "", length = ""] = /^\s*([0-9a-fA-F:.]+)\/(\d{1,3})\s*$/.exec(range) ?? [];
  const family = address.includes(":") ? 6 : 4;
  const value = family === 6 ? ipv6(address) : ipv4(address);
  const bits = bitsOf[family];
  if (value === undefined || length === "" || BigInt(length) > bits) return undefined;
  const size = 1n << (bits - BigInt(length));
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

function ipv4(address: string): bigint | undefined {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function ipv6(address: string): bigint | undefined {
  const [before = "", after] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [head, tail] = [groups(before), groups(after ?? "")];
  const gap = 8 - head.length - tail.length;
  if (gap < 0 || (after === undefined && gap > 0)) return undefined;
  const all = [...head, ...Array<string>(gap).fill("0"), ...tail];
  if (all.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
