/** Where internet traffic of a subnet goes. */
import type { Route, RouteTable } from "@aws-sdk/client-ec2";

/** `private`: through a gateway that gives the traffic its own address, or out of AWS. `public`: only for hosts with a public address. */
type WayOut = { kind: "private"; through: string } | { kind: "public"; through: string } | { kind: "none"; reason: string };

/** A subnet without an association uses the VPC's main table. Undefined if there is neither. */
export function routeTableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
  const associated = (matches: (association: { SubnetId?: string | undefined; Main?: boolean | undefined }) => boolean) =>
    tables.find(({ Associations }) => (Associations ?? []).some(matches));
  return associated(({ SubnetId }) => SubnetId === subnetId) ?? associated(({ Main }) => Main === true);
}

export function findWayOut(routes: readonly Route[]): WayOut {
  const route = routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  if (!route) return { kind: "none", reason: "no route to 0.0.0.0/0" };
  const target = targetOf(route);
  if (target === undefined) return { kind: "none", reason: "a route to 0.0.0.0/0 without a target" };
  if (route.State === "blackhole") return { kind: "none", reason: `a route to 0.0.0.0/0 through ${target}, which is gone (blackhole)` };
  return { kind: target.startsWith("igw-") ? "public" : "private", through: target };
}

/** NAT gateway, transit gateway, NAT instance, firewall endpoint, virtual private gateway, cloud WAN: all of them can lead out. */
const targetOf = (route: Route): string | undefined =>
  route.NatGatewayId ??
  route.TransitGatewayId ??
  route.GatewayId ??
  route.NetworkInterfaceId ??
  route.InstanceId ??
  route.VpcPeeringConnectionId ??
  route.CoreNetworkArn ??
  route.LocalGatewayId ??
  route.CarrierGatewayId;
