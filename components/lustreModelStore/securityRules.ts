/** The ports that FSx for Lustre and its clients open to each other. */

interface PortRange {
  fromPort: number;
  toPort: number;
}

/**
 * LNET: requests go to 988, and connections come from 1018–1023.
 * https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
 */
export const lustrePorts: PortRange[] = [
  { fromPort: 988, toPort: 988 },
  { fromPort: 1018, toPort: 1023 },
];

interface StoreRule extends PortRange {
  /** End of the logical name. It contains the range, not its index, so that the order of the list does not matter. */
  suffix: string;
  direction: "ingress" | "egress";
  /** If undefined, the peer is the security group of the file system. */
  cidrIpv4?: string;
}

/**
 * Rules of the file system's security group: its servers among themselves, and the clients by address. The clients' security group exists
 * only after the control plane does, and the file system would wait for it. The rules are for both directions, because a new group starts
 * without egress.
 */
export function storeRules(clientCidrBlocks: readonly string[]): StoreRule[] {
  const peers = [undefined, ...new Set(clientCidrBlocks)];
  return peers.flatMap((cidrIpv4) =>
    (["ingress", "egress"] as const).flatMap((direction) =>
      lustrePorts.map((ports) => ({
        suffix: [direction, ports.fromPort, cidrIpv4?.replace(/[./]/g, "-") ?? "self"].join("-"),
        direction,
        ...ports,
        ...(cidrIpv4 !== undefined && { cidrIpv4 }),
      })),
    ),
  );
}
