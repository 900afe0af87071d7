/** The network interfaces of a GPU node: the launch-template layout for Elastic Fabric Adapter. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";

/** One interface of a launch template. An `efa-only` device carries fabric traffic and has no IP address. */
export interface NetworkInterface {
  networkCardIndex: number;
  deviceIndex: number;
  interfaceType: "interface" | "efa-only";
}

/**
 * The layout AWS recommends since 2026: one IP interface on card 0, one EFA device on every card that has EFA.
 * It uses one IP address per node; the older all-`efa` layout uses one per card (32 on a p5.48xlarge).
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
 */
export function efaNetworkInterfaces(type: InstanceTypeFacts): NetworkInterface[] {
  const primary: NetworkInterface = { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" };
  return [primary, ...efaCards(type).map(efaDevice)];
}

/** True if an EFA device takes an interface slot of card 0, the only card from which the VPC CNI gives addresses to pods. */
export const efaSharesCard0 = (type: InstanceTypeFacts): boolean => efaCards(type)[0] === 0;

/** p6-b300 has one more card than EFA devices: its card 0 is plain ENA (aws/aws-parallelcluster#7143). */
function efaCards(type: InstanceTypeFacts): number[] {
  const cards = Array.from({ length: type.networkCards }, (_, index) => index);
  return type.efaInterfaces < type.networkCards ? cards.slice(type.networkCards - type.efaInterfaces) : cards;
}

/** Device 0 of card 0 is the primary interface. Other cards have only the EFA device, and EC2 refuses a device index above 1 there. */
const efaDevice = (card: number): NetworkInterface => ({
  networkCardIndex: card,
  deviceIndex: card === 0 ? 1 : 0,
  interfaceType: "efa-only",
});
