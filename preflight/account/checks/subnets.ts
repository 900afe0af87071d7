/** Whether an adopted network has the zones, routes and addresses that this stack gives to one that it creates. */
import type { Subnet, Vpc } from "@aws-sdk/client-ec2";
import { isPlaceholder, type Problem } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import { type AdoptedNetwork, systemNodeCount } from "../../../environment/environment";
import { addressNeed } from "../addressNeed";
import type { Check, Surroundings } from "../../check";
import { clusterTag, hasTag, isOwn, runningInstances } from "../runningInstances";
import { subnetProblems, unsuitable } from "../subnetRules";
import { present, undefinedIfMissing, Unanswered } from "../../unanswered";

export const subnets: Check = {
  name: "subnets",
  operations: ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInstances"],
  question({ aws: { network } }) {
    if (network.kind === "create" || [network.vpcId, ...wanted(network).map(({ id }) => id)].some(isPlaceholder)) return undefined;
    return `Do the subnets of ${network.vpcId} have the zones, routes and free addresses for nodes and load balancer?`;
  },
  async ask(surroundings) {
    const { aws, account } = surroundings;
    const { network } = aws;
    if (network.kind === "create") throw new Unanswered("this stack creates the network");
    if (!(await findVpc(surroundings, network.vpcId))) return missing("network.vpcId", network.vpcId, aws.region);
    const named = await Promise.all(wanted(network).map(async (each) => ({ ...each, subnet: await findSubnet(surroundings, each.id) })));
    const absent = named.filter(({ subnet }) => subnet === undefined);
    if (absent.length > 0) {
      const problems = absent.flatMap(({ path, id }) => missing(path, id, aws.region).problems);
      return { answer: `${absent.map(({ id }) => id).join(", ")} not found`, problems };
    }
    const [nodeSubnet, ...loadBalancerSubnets] = named.map(({ subnet }) => subnet as Subnet);
    const [dns, tables, use] = await Promise.all([
      findDnsSettings(surroundings, network.vpcId),
      account.call("ec2:DescribeRouteTables", { Filters: [{ Name: "vpc-id", Values: [network.vpcId] }] }),
      countNodesToCome(surroundings),
    ]);
    const problems = subnetProblems({
      network,
      aws,
      dns,
      nodeSubnet: nodeSubnet as Subnet,
      loadBalancerSubnets,
      tables: present(tables.RouteTables, "ec2:DescribeRouteTables", "RouteTables"),
      need: addressNeed(surroundings.environment.instance, use.gpuNodes, use.systemNodes),
      deployedBefore: use.deployedBefore,
    });
    const free = named.map(
      ({ id, subnet }) => `${id} in ${subnet?.AvailabilityZone ?? "no zone"}: ${subnet?.AvailableIpAddressCount ?? "?"} free`,
    );
    return { answer: free.join("; "), problems };
  },
};

const wanted = ({ nodeSubnetId, loadBalancerSubnetIds }: AdoptedNetwork) => [
  { path: "network.nodeSubnetId", id: nodeSubnetId },
  ...loadBalancerSubnetIds.map((id, index) => ({ path: `network.loadBalancerSubnetIds[${index}]`, id })),
];

function missing(path: string, id: string, region: string): { answer: string; problems: Problem[] } {
  const command = id.startsWith("vpc-") ? "describe-vpcs" : "describe-subnets";
  const fix = `Copy the id from ${shellCommand("aws", "ec2", command, "--region", region)}, in this account.`;
  return { answer: `${id} not found`, problems: [unsuitable(path, `${id} does not exist in ${region} for this account.`, fix)] };
}

async function findVpc({ account }: Surroundings, id: string): Promise<Vpc | undefined> {
  const call = account.call("ec2:DescribeVpcs", { VpcIds: [id] });
  const answer = await undefinedIfMissing(call, "InvalidVpcID.NotFound", "InvalidVpcId.Malformed");
  return answer && present(answer.Vpcs, "ec2:DescribeVpcs", "Vpcs")[0];
}

/** One call for each id: of several ids, AWS names only the first that is missing. */
async function findSubnet({ account }: Surroundings, id: string): Promise<Subnet | undefined> {
  const call = account.call("ec2:DescribeSubnets", { SubnetIds: [id] });
  const answer = await undefinedIfMissing(call, "InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed");
  return answer && present(answer.Subnets, "ec2:DescribeSubnets", "Subnets")[0];
}

/** AWS returns one attribute per call. */
async function findDnsSettings({ account }: Surroundings, VpcId: string): Promise<{ hostnames: boolean; support: boolean }> {
  const [hostnames, support] = await Promise.all([
    account.call("ec2:DescribeVpcAttribute", { VpcId, Attribute: "enableDnsHostnames" }),
    account.call("ec2:DescribeVpcAttribute", { VpcId, Attribute: "enableDnsSupport" }),
  ]);
  return {
    hostnames: present(hostnames.EnableDnsHostnames?.Value, "ec2:DescribeVpcAttribute", "EnableDnsHostnames"),
    support: present(support.EnableDnsSupport?.Value, "ec2:DescribeVpcAttribute", "EnableDnsSupport"),
  };
}

/** Running nodes already hold their addresses. */
async function countNodesToCome({ account, environment, aws }: Surroundings) {
  const vpcId = aws.network.kind === "adopt" ? aws.network.vpcId : "";
  const running = await runningInstances(account, [{ Name: "vpc-id", Values: [vpcId] }]);
  const gpuNodes = running.filter((instance) => isOwn(instance, environment) && instance.InstanceType === environment.instance.name);
  const otherNodes = running.filter((instance) => hasTag(instance, clusterTag, aws.cluster.name) && !isOwn(instance, environment));
  const systemNodes = aws.cluster.kind === "create" ? systemNodeCount : 0;
  return {
    gpuNodes: Math.max(0, environment.layout.nodeCount - gpuNodes.length),
    systemNodes: Math.max(0, systemNodes - otherNodes.length),
    deployedBefore: gpuNodes.length + otherNodes.length > 0,
  };
}
