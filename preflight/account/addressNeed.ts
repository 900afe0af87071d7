/** How many addresses of a subnet the nodes need. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { efaSharesCard0 } from "../../components/efaGpuNodeGroup/networkInterfaces";

/** The engine, the FSx driver, the NVIDIA plugin and one more: pods on a GPU node that have their own address. The count is generous. */
const podsOnGpuNode = 4;
/** Controllers, CoreDNS and the download, on each system node. The count is generous. */
const podsOnSystemNode = 12;

export interface AddressNeed {
  /** With fewer addresses, some pods do not start. */
  least: number;
  /** What the VPC CNI takes when it can: it keeps the addresses of one whole interface in reserve. */
  usual: number;
}

/**
 * A node itself takes one address: EFA devices of the type `efa-only` take none. Its pods get theirs from the interfaces of card 0.
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
