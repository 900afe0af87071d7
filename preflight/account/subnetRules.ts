/** Problems of an adopted VPC and its subnets. */
import type { RouteTable, Subnet } from "@aws-sdk/client-ec2";
import { zonesWithoutControlPlane } from "../../catalog/quotas";
import { containsCidr, parseCidr } from "../../components/cidr";
import { problem, type Change, type Problem, type Severity } from "../../sizing/problem";
import { shellCommand } from "../../sizing/shellCommand";
import type { AddressNeed } from "./addressNeed";
import type { AdoptedNetwork, AwsEnvironment } from "../../environment/environment";
import { findWayOut, routeTableOf } from "./routes";
import { fieldOf, present, Unanswered } from "../unanswered";

interface SubnetFacts {
  network: AdoptedNetwork;
  aws: AwsEnvironment;
  dns: { hostnames: boolean; support: boolean };
  nodeSubnet: Subnet;
  loadBalancerSubnets: Subnet[];
  tables: RouteTable[];
  need: AddressNeed;
  /** Nodes of this stack run: load balancer and control plane already have their addresses. */
  deployedBefore: boolean;
}

/** "You must … have at least 8 free IP addresses per subnet": https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const addressesOfLoadBalancer = 8;

export const subnetProblems = (facts: SubnetFacts): Problem[] => [
  ...vpcProblems(facts),
  ...nodeSubnetProblems(facts),
  ...loadBalancerProblems(facts),
  ...controlPlaneProblems(facts),
];

export const unsuitable = (path: string, message: string, fix: string, changes: Change[] = [], severity: Severity = "error"): Problem =>
  problem({ code: "subnet-unsuitable", severity, path, message, fix, changes });

const field = fieldOf("ec2:DescribeSubnets");
const idOf = ({ SubnetId }: Subnet) => field(SubnetId, "SubnetId");
const zoneOf = ({ AvailabilityZone }: Subnet) => field(AvailabilityZone, "AvailabilityZone");
const freeOf = ({ AvailableIpAddressCount }: Subnet) => field(AvailableIpAddressCount, "AvailableIpAddressCount");
const nodePath = "network.nodeSubnetId";
const balancerPath = "network.loadBalancerSubnetIds";

/** https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html: without both, nodes cannot register. */
function vpcProblems({ network, dns, nodeSubnet }: SubnetFacts): Problem[] {
  const off = [
    ...(dns.support ? [] : [{ what: "DNS support", option: "--enable-dns-support" }]),
    ...(dns.hostnames ? [] : [{ what: "DNS hostnames", option: "--enable-dns-hostnames" }]),
  ];
  const problems = off.map(({ what, option }) =>
    unsuitable(
      "network.vpcId",
      `${network.vpcId} has ${what} switched off; nodes cannot join a cluster without it.`,
      `Switch it on: ${shellCommand("aws", "ec2", "modify-vpc-attribute", "--vpc-id", network.vpcId, option)}`,
    ),
  );
  const range = field(nodeSubnet.CidrBlock, "CidrBlock");
  if (contains(network.cidrBlock, range)) return problems;
  const message = `The nodes' subnet has the range ${range}, outside network.cidrBlock ${network.cidrBlock}: the file system would refuse the nodes.`;
  return [
    ...problems,
    unsuitable("network.cidrBlock", message, `Set network.cidrBlock to the range of ${network.vpcId} that contains it.`),
  ];
}

function contains(outer: string, inner: string): boolean {
  const [around, inside] = [parseCidr(outer), parseCidr(inner)];
  if (!around || !inside) throw new Unanswered(`ec2:DescribeSubnets answered with ${inner}, which is not an IPv4 range`);
  return containsCidr(around, inside);
}

function nodeSubnetProblems({ network, aws, nodeSubnet, tables, need }: SubnetFacts): Problem[] {
  const problems: Problem[] = [...foreign(nodeSubnet, nodePath, network)];
  const [id, zone, free] = [idOf(nodeSubnet), zoneOf(nodeSubnet), freeOf(nodeSubnet)];
  if (zone !== aws.availabilityZone) {
    const message = `${id} is in ${zone}, and availabilityZone is ${aws.availabilityZone}: nodes and file system would be in the subnet's zone.`;
    problems.push(
      unsuitable(nodePath, message, `Name a subnet in ${aws.availabilityZone}, or set availabilityZone to ${zone}.`, [
        { path: "availabilityZone", value: zone },
      ]),
    );
  }
  if (free < need.usual) {
    const tooFew = free < need.least;
    const message = tooFew
      ? `${id} has ${free} free addresses; the new nodes and their pods need at least ${need.least}: one per node and one per pod, none for EFA devices.`
      : `${id} has ${free} free addresses; the VPC CNI takes up to ${need.usual} for the new nodes, and pods wait when none is left.`;
    problems.push(unsuitable(nodePath, message, "Name a larger subnet.", [], tooFew ? "error" : "warning"));
  }
  const way = findWayOut(routesOf(id, tables));
  if (way.kind !== "private") {
    const reason =
      way.kind === "public" ? `sends internet traffic to ${way.through}, and the nodes have no public address` : `has ${way.reason}`;
    const message = `${id} ${reason}: the nodes can fetch neither images nor weights.`;
    problems.push(
      unsuitable(nodePath, message, "Name a subnet with a default route to a NAT gateway or a transit gateway, or add the route."),
    );
  }
  return problems;
}

const foreign = (subnet: Subnet, path: string, { vpcId }: AdoptedNetwork): Problem[] =>
  field(subnet.VpcId, "VpcId") === vpcId
    ? []
    : [
        unsuitable(
          path,
          `${idOf(subnet)} is in ${subnet.VpcId ?? ""}, not in ${vpcId}.`,
          `Name a subnet of ${vpcId}, or set network.vpcId.`,
        ),
      ];

function routesOf(subnetId: string, tables: RouteTable[]) {
  const table = routeTableOf(subnetId, tables);
  return present(table?.Routes, "ec2:DescribeRouteTables", `routes of ${subnetId}`);
}

function loadBalancerProblems(facts: SubnetFacts): Problem[] {
  const { network, aws, loadBalancerSubnets, deployedBefore } = facts;
  if (aws.ingress.mode === "none") return [];
  const zones = new Set(loadBalancerSubnets.map(zoneOf));
  const problems: Problem[] = [];
  if (zones.size < 2) {
    const message = `The load balancer's subnets are in ${[...zones].join(", ")}; it needs two zones.`;
    problems.push(unsuitable(balancerPath, message, "Add a subnet in another zone."));
  }
  if (!zones.has(aws.availabilityZone)) {
    const message = `No subnet of the load balancer is in ${aws.availabilityZone}, where the pods are: it forwards only to the zones of its subnets.`;
    problems.push(unsuitable(balancerPath, message, `Add a subnet in ${aws.availabilityZone}.`));
  }
  loadBalancerSubnets.forEach((subnet, index) => {
    const path = `${balancerPath}[${index}]`;
    problems.push(...foreign(subnet, path, network), ...exposureProblems(subnet, path, facts));
    const free = freeOf(subnet);
    if (free < addressesOfLoadBalancer) {
      const message = `${idOf(subnet)} has ${free} free addresses; a load balancer needs ${addressesOfLoadBalancer} in each subnet to be created and to grow.`;
      problems.push(unsuitable(path, message, "Name a larger subnet, or free some addresses.", [], deployedBefore ? "warning" : "error"));
    }
    const range = field(subnet.CidrBlock, "CidrBlock");
    if (!network.loadBalancerCidrs.some((declared) => contains(declared, range))) {
      const message = `${idOf(subnet)} has the range ${range}, which is missing in network.loadBalancerCidrs (${network.loadBalancerCidrs.join(", ")}): the pods would refuse the load balancer.`;
      const next = { path: `network.loadBalancerCidrs[${network.loadBalancerCidrs.length}]`, value: range };
      problems.push(unsuitable("network.loadBalancerCidrs", message, `Add ${range}.`, [next]));
    }
  });
  return problems;
}

function exposureProblems(subnet: Subnet, path: string, { aws, tables }: SubnetFacts): Problem[] {
  const isPublic = findWayOut(routesOf(idOf(subnet), tables)).kind === "public";
  if (aws.ingress.scheme === "internet-facing" && !isPublic)
    return [
      unsuitable(
        path,
        `${idOf(subnet)} has no route to an internet gateway, and the endpoint is internet-facing.`,
        "Name a public subnet.",
      ),
    ];
  if (aws.ingress.scheme === "internal" && isPublic) {
    const message = `${idOf(subnet)} has a route to an internet gateway; an internal load balancer belongs in a private subnet.`;
    return [unsuitable(path, message, "Name a private subnet.", [], "warning")];
  }
  return [];
}

/** The control plane of a created cluster has interfaces in all of them. */
function controlPlaneProblems({ aws, nodeSubnet, loadBalancerSubnets }: SubnetFacts): Problem[] {
  if (aws.cluster.kind === "adopt") return [];
  return [
    { subnet: nodeSubnet, path: nodePath },
    ...loadBalancerSubnets.map((subnet, index) => ({ subnet, path: `${balancerPath}[${index}]` })),
  ]
    .filter(({ subnet }) => zonesWithoutControlPlane.zoneIds.includes(field(subnet.AvailabilityZoneId, "AvailabilityZoneId")))
    .map(({ subnet, path }) =>
      unsuitable(
        path,
        `${idOf(subnet)} is in ${subnet.AvailabilityZoneId ?? ""}, where EKS does not place control planes.`,
        "Name a subnet in another zone.",
      ),
    );
}
