/** Answers of EC2 about an adopted network in which everything is well. */
import type { Subnet } from "@aws-sdk/client-ec2";

export const vpcId = "vpc-0123456789abcdef0";
/** Names of `adoptedSettings`: nodes in b, the load balancer in a and b. */
export const [nodeSubnetId, firstBalancerId, secondBalancerId] = ["0", "1", "2"].map((end) => `subnet-0123456789abcdef${end}`) as [
  string,
  string,
  string,
];

export function subnet(id: string, letter: "a" | "b", cidr: string, free: number, changes: Partial<Subnet> = {}): Subnet {
  return {
    SubnetId: id,
    VpcId: vpcId,
    State: "available",
    AvailabilityZone: `us-west-2${letter}`,
    AvailabilityZoneId: letter === "a" ? "usw2-az1" : "usw2-az2",
    CidrBlock: cidr,
    AvailableIpAddressCount: free,
    ...changes,
  };
}

export const adoptedSubnets: Subnet[] = [
  subnet(nodeSubnetId, "b", "10.0.64.0/19", 8187),
  subnet(firstBalancerId, "a", "10.0.1.0/24", 251),
  subnet(secondBalancerId, "b", "10.0.2.0/24", 251),
];

/** EC2 answers by id, and with an error for a missing one. */
export const subnetsOf = (all: readonly Subnet[]) => ({
  "ec2:DescribeSubnets": ({ SubnetIds = [] }: { SubnetIds?: string[] | undefined }) => ({
    Subnets: all.filter(({ SubnetId }) => SubnetIds.includes(SubnetId ?? "")),
  }),
});

const local = { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active" as const };

/** The main table leads through NAT. */
export const mainTable = {
  RouteTableId: "rtb-main",
  VpcId: vpcId,
  Associations: [{ Main: true, RouteTableId: "rtb-main" }],
  Routes: [local, { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-0123456789abcdef0", State: "active" as const }],
};

export const publicTable = (...subnetIds: string[]) => ({
  RouteTableId: "rtb-public",
  VpcId: vpcId,
  Associations: subnetIds.map((SubnetId) => ({ Main: false, RouteTableId: "rtb-public", SubnetId })),
  Routes: [local, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-0123456789abcdef0", State: "active" as const }],
});

export const dns = (hostnames: boolean, support: boolean) => ({
  "ec2:DescribeVpcAttribute": ({ Attribute }: { Attribute: string | undefined }) =>
    Attribute === "enableDnsHostnames"
      ? { VpcId: vpcId, EnableDnsHostnames: { Value: hostnames } }
      : { VpcId: vpcId, EnableDnsSupport: { Value: support } },
});
