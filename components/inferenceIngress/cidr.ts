/** Whether a text is an IPv4 range that a security group keeps as written. */

/** What is wrong with `text` as an IPv4 range, or nothing. `network` is the range that was probably meant. */
export function cidrMistake(text: string): { reason: string; network?: string } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return { reason: "an IPv4 range is four numbers and a prefix length, such as 10.0.0.0/16" };
  const [octets, prefixLength] = [match.slice(1, 5).map(Number), Number(match[5])];
  if (octets.some((octet) => octet > 255)) return { reason: "each of the four numbers is at most 255" };
  if (prefixLength > 32) return { reason: "the prefix length is at most 32" };
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefixLength);
  const first = address - (address % size);
  const network = `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${prefixLength}`;
  // EC2 clears the host bits itself, and every later preview would show a change that never goes away.
  return network === text ? undefined : { reason: `a range of this length begins at ${network}`, network };
}
