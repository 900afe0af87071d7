/** The subnets of a created VPC, as plain ranges: policies and file system rules name them before the VPC exists. */

export type SubnetName = "nodes" | "public" | "load-balancer";

export interface SubnetSpec {
  name: SubnetName;
  type: "Private" | "Public";
  cidrMask: number;
}

/** A VPC smaller than this leaves no room for a load balancer in each of three zones. */
export const smallestVpcMask = 22;
/** AWS allows nothing larger. */
export const largestVpcMask = 16;

/**
 * Largest first: awsx lays the specs of a zone out in this order, each on its own alignment, and rejects most other orders because the
 * blocks of neighbouring zones would overlap. Nodes get half of a zone's block: every pod takes an address of it. The load balancer
 * needs 8 free addresses a subnet and gets 32, in ranges of its own, so that a network policy can name it.
 */
export function subnetSpecs(vpcCidr: string, zones: number): SubnetSpec[] {
  const zoneMask = zoneBlockMask(vpcCidr, zones);
  return [
    { name: "nodes", type: "Private", cidrMask: zoneMask + 1 },
    { name: "public", type: "Public", cidrMask: Math.max(24, zoneMask + 2) },
    { name: "load-balancer", type: "Private", cidrMask: Math.max(27, zoneMask + 3) },
  ];
}

/** Ranges of one subnet kind, one a zone, by awsx's `Auto` strategy: inside a zone's block the specs follow each other. */
export function subnetCidrs(vpcCidr: string, zones: number, name: SubnetName): string[] {
  const { address } = parseCidr(vpcCidr);
  const zoneMask = zoneBlockMask(vpcCidr, zones);
  const specs = subnetSpecs(vpcCidr, zones);
  return Array.from({ length: zones }, (_, zone) => {
    let next = address + zone * sizeOf(zoneMask);
    for (const spec of specs) {
      next = Math.ceil(next / sizeOf(spec.cidrMask)) * sizeOf(spec.cidrMask);
      if (spec.name === name) return formatCidr(next, spec.cidrMask);
      next += sizeOf(spec.cidrMask);
    }
    throw new Error(`There is no subnet named ${name}.`);
  });
}

/** Undefined when the text is no IPv4 range or has bits below its mask. */
export function validCidr(text: string): { address: number; mask: number } | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const mask = parts.pop() ?? 0;
  if (parts.some((octet) => octet > 255) || mask > 32) return undefined;
  const address = parts.reduce((sum, octet) => sum * 256 + octet, 0);
  return address % sizeOf(mask) === 0 ? { address, mask } : undefined;
}

/** awsx cuts the VPC into blocks of its mask + ⌈log2(zones)⌉. */
const zoneBlockMask = (vpcCidr: string, zones: number) => parseCidr(vpcCidr).mask + Math.ceil(Math.log2(zones));

function parseCidr(text: string): { address: number; mask: number } {
  const cidr = validCidr(text);
  if (!cidr) throw new Error(`"${text}" is no IPv4 range.`);
  return cidr;
}

const sizeOf = (mask: number) => 2 ** (32 - mask);

const formatCidr = (address: number, mask: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".") + `/${mask}`;
