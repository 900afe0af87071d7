/** The subnets of a created VPC, as plain ranges: policies and file system rules name them before the VPC exists. */

import { formatCidr, parseCidr, sizeOfPrefix, type Cidr } from "../components/cidr";

export type SubnetName = "nodes" | "public" | "load-balancer";

export interface SubnetSpec {
  name: SubnetName;
  type: "Private" | "Public";
  cidrMask: number;
}

/** A VPC smaller than this leaves no room for a load balancer in each of three zones. */
export const smallestVpcMask = 22;
/** AWS does not allow a larger VPC. */
export const largestVpcMask = 16;

/**
 * Largest first: awsx lays the specs of a zone out in this order, each on its own alignment, and rejects most other orders because the
 * blocks of neighbouring zones would overlap. Nodes get half of a zone's block, because every pod takes an address from it. The load
 * balancer needs 8 free addresses per subnet and gets 32, in separate ranges, so that a network policy can name it.
 */
export function subnetSpecs(vpcCidr: string, zones: number): SubnetSpec[] {
  const zoneMask = zoneBlockMask(vpcCidr, zones);
  return [
    { name: "nodes", type: "Private", cidrMask: zoneMask + 1 },
    { name: "public", type: "Public", cidrMask: Math.max(24, zoneMask + 2) },
    { name: "load-balancer", type: "Private", cidrMask: Math.max(27, zoneMask + 3) },
  ];
}

/** Ranges of one subnet kind, one for each zone, by awsx's `Auto` strategy: inside a zone's block the specs follow each other. */
export function subnetCidrs(vpcCidr: string, zones: number, name: SubnetName): string[] {
  const { address } = checkedCidr(vpcCidr);
  const zoneMask = zoneBlockMask(vpcCidr, zones);
  const specs = subnetSpecs(vpcCidr, zones);
  return Array.from({ length: zones }, (_, zone) => {
    let next = address + zone * sizeOfPrefix(zoneMask);
    for (const spec of specs) {
      next = Math.ceil(next / sizeOfPrefix(spec.cidrMask)) * sizeOfPrefix(spec.cidrMask);
      if (spec.name === name) return formatCidr({ address: next, prefixLength: spec.cidrMask });
      next += sizeOfPrefix(spec.cidrMask);
    }
    throw new Error(`There is no subnet named ${name}.`);
  });
}

/** awsx cuts the VPC into blocks with the mask of the VPC + ⌈log2(zones)⌉. */
const zoneBlockMask = (vpcCidr: string, zones: number) => checkedCidr(vpcCidr).prefixLength + Math.ceil(Math.log2(zones));

function checkedCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`"${text}" is not an IPv4 range.`);
  return cidr;
}
