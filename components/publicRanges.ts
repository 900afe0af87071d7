/**
 * Judges lists of ranges as a union: `0.0.0.0/1` and `128.0.0.0/1` together are the whole internet. Endpoint, Kubernetes API, adopted
 * subnets and policies ask these functions.
 */
import { openShare, publicIpv6, reservedRanges, type ReservedRange } from "../catalog/addressRanges";

interface Span {
  first: bigint;
  last: bigint;
}
type Family = "IPv4" | "IPv6";
const widths: Record<Family, number> = { IPv4: 32, IPv6: 128 };

/** Says which part of the internet the ranges admit together, or returns undefined if they admit less than a sixteenth of it. */
export function openPart(ranges: readonly string[]): string | undefined {
  const shares = (["IPv4", "IPv6"] as const).map((family) => ({ family, ...publicAddresses(ranges, family) }));
  const widest = shares.reduce((a, b) => (a.share >= b.share ? a : b));
  if (widest.share < openShare) return undefined;
  // What a list leaves out is named only if it is more than one range of eight bits.
  if (widest.missing <= 1n << BigInt(widths[widest.family] - 8)) return "the whole internet";
  return `${Math.round(widest.share * 100)} % of all public ${widest.family} addresses`;
}

/** How many public addresses of a family the ranges admit together. Texts that are not ranges do not count. */
export function publicAddresses(ranges: readonly string[], family: Family): { admitted: bigint; missing: bigint; share: number } {
  const admitted = count(intersection(union(spansOf(ranges, family)), publicSpans[family]));
  const all = count(publicSpans[family]);
  return { admitted, missing: all - admitted, share: Number((admitted * 1_000_000n) / all) / 1_000_000 };
}

/** The reserved ranges that share addresses with a range. */
export function reservedIn(range: string): ReservedRange[] {
  const found = spanOf(range);
  if (!found) return [];
  return reservedRanges.filter((row) => {
    const reserved = spanOf(row.range);
    return reserved?.family === found.family && reserved.first <= found.last && found.first <= reserved.last;
  });
}

/** For a message: at most four ranges are named. */
export function rangesInWords(ranges: readonly string[]): string {
  const named = ranges.slice(0, ranges.length > 4 ? 3 : 4);
  const rest = ranges.length - named.length;
  const words = [...named, ...(rest > 0 ? [`${rest} more`] : [])];
  return [words.slice(0, -1).join(", "), words.at(-1) ?? ""].filter((text) => text !== "").join(" and ");
}

/** Whether the range admits every address of its family. */
export const isEveryAddress = (range: string): boolean => /^(0\.0\.0\.0|::|(0+:){7}0+)\/0$/.test(range.trim());

const spansOf = (ranges: readonly string[], family: Family): Span[] =>
  ranges.flatMap((range) => {
    const span = spanOf(range);
    return span?.family === family ? [span] : [];
  });

/** AWS clears bits behind the prefix, so this does too: what a policy judges may not have passed the form check. */
function spanOf(range: string): (Span & { family: Family }) | undefined {
  const [, address = "", length = ""] = /^\s*([0-9a-f:.]+)(?:\/(\d{1,3}))?\s*$/i.exec(range) ?? [];
  const family = address.includes(":") ? "IPv6" : "IPv4";
  const width = widths[family];
  const prefix = length === "" ? width : Number(length);
  const number = family === "IPv6" ? ipv6Number(address) : ipv4Number(address);
  if (number === undefined || prefix > width) return undefined;
  const size = 1n << BigInt(width - prefix);
  const first = number - (number % size);
  return { family, first, last: first + size - 1n };
}

function ipv4Number(address: string): bigint | undefined {
  const octets = address.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function ipv6Number(address: string): bigint | undefined {
  const dotted = /^(.*:)([\d.]+)$/.exec(address.includes(".") ? address : "");
  const tail = dotted ? ipv4Number(dotted[2] ?? "") : undefined;
  if (address.includes(".") && tail === undefined) return undefined;
  const hex = tail === undefined ? address : `${dotted?.[1] ?? ""}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const halves = hex.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], end = []] = halves;
  const groups = halves.length === 1 ? head : [...head, ...Array<string>(Math.max(0, 8 - head.length - end.length)).fill("0"), ...end];
  if (halves.length > 2 || groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const last = merged.at(-1);
    if (last && span.first <= last.last + 1n) last.last = last.last > span.last ? last.last : span.last;
    else merged.push({ first: span.first, last: span.last });
  }
  return merged;
}

/** Of two lists whose spans do not overlap within the list. */
const intersection = (a: readonly Span[], b: readonly Span[]): Span[] =>
  a.flatMap((one) =>
    b.flatMap((other) => {
      const first = one.first > other.first ? one.first : other.first;
      const last = one.last < other.last ? one.last : other.last;
      return first <= last ? [{ first, last }] : [];
    }),
  );

function difference(whole: Span, without: readonly Span[]): Span[] {
  const left: Span[] = [];
  let first = whole.first;
  for (const span of union(without)) {
    if (span.last < first || span.first > whole.last) continue;
    if (span.first > first) left.push({ first, last: span.first - 1n });
    first = span.last + 1n;
  }
  return first <= whole.last ? [...left, { first, last: whole.last }] : left;
}

const count = (spans: readonly Span[]): bigint => spans.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);

const publicOf = (family: Family, whole: string): Span[] => {
  const span = spanOf(whole);
  const reserved = spansOf(
    reservedRanges.map(({ range }) => range),
    family,
  );
  return span ? difference(span, reserved) : [];
};
const publicSpans: Record<Family, Span[]> = { IPv4: publicOf("IPv4", "0.0.0.0/0"), IPv6: publicOf("IPv6", publicIpv6) };
