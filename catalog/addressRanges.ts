/** Addresses that no client on the internet has, and what EKS says about them. */
import type { Source } from "./source";

export interface ReservedRange {
  range: string;
  /** What it is for, as a noun. */
  use: string;
  /** `true` for ranges that pages and examples use. */
  documentation?: true;
}

export const reservedRangesSource: Source = {
  url: "https://www.iana.org/assignments/iana-ipv4-special-registry (RFC 6890), iana-ipv6-special-registry",
  asOf: "2026-11-30",
  confidence: "high",
};

/** Not reachable from the internet. Documentation ranges are marked, because examples and placeholders use them. */
export const reservedRanges: readonly ReservedRange[] = [
  { range: "0.0.0.0/8", use: "this network" },
  { range: "10.0.0.0/8", use: "private addresses" },
  { range: "100.64.0.0/10", use: "addresses shared by carriers" },
  { range: "127.0.0.0/8", use: "loopback" },
  { range: "169.254.0.0/16", use: "link-local addresses" },
  { range: "172.16.0.0/12", use: "private addresses" },
  { range: "192.0.0.0/24", use: "protocol assignments" },
  { range: "192.0.2.0/24", use: "documentation", documentation: true },
  { range: "192.88.99.0/24", use: "the former 6to4 relays" },
  { range: "192.168.0.0/16", use: "private addresses" },
  { range: "198.18.0.0/15", use: "benchmarks" },
  { range: "198.51.100.0/24", use: "documentation", documentation: true },
  { range: "203.0.113.0/24", use: "documentation", documentation: true },
  { range: "224.0.0.0/4", use: "multicast" },
  { range: "240.0.0.0/4", use: "future use" },
  { range: "::/128", use: "the unspecified address" },
  { range: "::1/128", use: "loopback" },
  { range: "2001:db8::/32", use: "documentation", documentation: true },
  { range: "fc00::/7", use: "private addresses" },
  { range: "fe80::/10", use: "link-local addresses" },
  { range: "ff00::/8", use: "multicast" },
];

/** Every public IPv6 address begins with these three bits so far (RFC 4291). */
export const publicIpv6 = "2000::/3";

/** `publicAccessCidrs` of a cluster may not contain reserved addresses; `0.0.0.0/0` is allowed and is EKS's default. */
export const apiRangesSource: Source = {
  url: "https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html",
  asOf: "2026-11-30",
  confidence: "high",
};

/**
 * A list that admits at least this share of the public addresses keeps no scanner out. A sixteenth of IPv4 is about 230 million addresses;
 * a single range of that size is a /4.
 */
export const openShare = 1 / 16;
