/** How many addresses of a subnet the nodes take. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { efaSharesCard0 } from "../../components/efaGpuNodeGroup/networkInterfaces";

/** The engine, the FSx driver, the NVIDIA plugin and one more: pods on a GPU node that have an address of their own. Counted generously. */
const podsOnGpuNode = 4;
/** Controllers, CoreDNS, the download: on each system node. Counted generously. */
const podsOnSystemNode = 12;

export interface AddressNeed {
  /** Fewer do not let every pod start. */
  least: number;
  /** What the VPC CNI takes where it can: it keeps one whole interface of addresses spare. */
  usual: number;
}

/**
 * A node has one address of its own: EFA devices of the type `efa-only` take none. Its pods get theirs from the interfaces of card 0.
 * https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html (WARM_ENI_TARGET is 1)
 */
export function addressNeed(type: InstanceTypeFacts, newGpuNodes: number, newSystemNodes: number): AddressNeed {
  const interfaces = Math.min(2, type.interfacesOnCard0 - (efaSharesCard0(type) ? 1 : 0));
  const system = newSystemNodes * (1 + podsOnSystemNode);
  return {
    least: newGpuNodes * (1 + podsOnGpuNode) + system,
    usual: newGpuNodes * interfaces * type.ipv4PerInterface + system,
  };
}
