/** IPv4 ranges as security groups, subnets and network policies accept them. */

export interface Cidr {
  /** First address as a number. */
  address: number;
  prefixLength: number;
}

export const sizeOfPrefix = (prefixLength: number) => 2 ** (32 - prefixLength);

export const formatCidr = ({ address, prefixLength }: Cidr) =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${prefixLength}`;

/** Returns undefined if the text has a mistake. */
export function parseCidr(text: string): Cidr | undefined {
  const parsed = read(text);
  return typeof parsed === "string" || firstOf(parsed).address !== parsed.address ? undefined : parsed;
}

/** Whether every address of `inner` is in `outer`. */
export const containsCidr = (outer: Cidr, inner: Cidr): boolean =>
  inner.address >= outer.address && inner.address + sizeOfPrefix(inner.prefixLength) <= outer.address + sizeOfPrefix(outer.prefixLength);

/** Says what is wrong with `text` as an IPv4 range, or returns undefined. `network` is the range that the user probably meant. */
export function cidrMistake(text: string): { reason: string; network?: string } | undefined {
  const parsed = read(text);
  if (typeof parsed === "string") return { reason: parsed };
  const network = formatCidr(firstOf(parsed));
  // EC2 clears the host bits, so every later preview would show the same change.
  return network === text ? undefined : { reason: `a range of this length begins at ${network}`, network };
}

/** Returns the numbers as written, or the reason why the text is not a range. */
function read(text: string): Cidr | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return "an IPv4 range is four numbers and a prefix length, such as 10.0.0.0/16";
  const octets = match.slice(1, 5).map(Number);
  const prefixLength = Number(match[5]);
  if (octets.some((octet) => octet > 255)) return "each of the four numbers is at most 255";
  if (prefixLength > 32) return "the prefix length is at most 32";
  return { address: octets.reduce((sum, octet) => sum * 256 + octet, 0), prefixLength };
}

const firstOf = ({ address, prefixLength }: Cidr): Cidr => ({ address: address - (address % sizeOfPrefix(prefixLength)), prefixLength });
