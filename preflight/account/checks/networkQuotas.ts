/** Whether the account's quotas leave room for one more VPC, its addresses and a load balancer. */
import { quotas, type QuotaFacts } from "../../../catalog/quotas";
import { given } from "../../../sizing/givenKeys";
import type { AccountApi } from "../account";
import type { Check, Surroundings } from "../../check";
import { allPages } from "../pages";
import { isOwn } from "../runningInstances";
import { quotaAnswer, quotaOperations, quotaProblems, findQuotaValue, type Demand } from "../serviceQuota";
import { present } from "../../unanswered";

/** How many exist, and how many of them an earlier deployment of this stack created. */
interface Count {
  quota: QuotaFacts;
  all: number;
  own: number;
  wanted: number;
  path: string;
}

export const networkQuotas: Check = {
  name: "network-quotas",
  operations: [...quotaOperations, "ec2:DescribeVpcs", "ec2:DescribeAddresses", "elasticloadbalancing:DescribeLoadBalancers"],
  question({ aws }) {
    if (aws.network.kind === "adopt") return undefined;
    const balancer = aws.ingress.mode === "none" ? "" : " and a load balancer";
    return `Do the quotas of ${aws.region} leave room for a VPC, ${addressesOf(aws)} elastic IP${addressesOf(aws) === 1 ? "" : "s"}${balancer}?`;
  },
  async ask({ environment, aws, account }) {
    const vpcs = await listVpcs(account);
    const ownVpcs = vpcs.filter((vpc) => isOwn(vpc, environment)).map(({ VpcId }) => VpcId);
    const { Addresses } = await account.call("ec2:DescribeAddresses", {});
    const addresses = present(Addresses, "ec2:DescribeAddresses", "Addresses");
    const counts: Count[] = [
      { quota: quotas.vpcs, all: vpcs.length, own: ownVpcs.length, wanted: 1, path: "network.vpcId" },
      {
        quota: quotas.elasticIps,
        all: addresses.length,
        own: addresses.filter((address) => isOwn(address, environment)).length,
        wanted: addressesOf(aws),
        path: "network.natGateways",
      },
    ];
    if (aws.ingress.mode !== "none") {
      const balancers = await listLoadBalancers(account);
      // Only this stack puts one into the VPC that it created, and reading tags would take one more call.
      const own = balancers.filter(({ VpcId }) => VpcId !== undefined && ownVpcs.includes(VpcId)).length;
      counts.push({ quota: quotas.applicationLoadBalancers, all: balancers.length, own, wanted: 1, path: "ingress.mode" });
    }
    const demands = await Promise.all(counts.map((count) => measureDemand(account, aws.region, count)));
    return { answer: demands.map(quotaAnswer).join("; "), problems: demands.flatMap(quotaProblems) };
  },
};

const addressesOf = ({ network, availabilityZones }: Surroundings["aws"]): number =>
  network.kind === "create" && network.natGateways === "onePerZone" ? availabilityZones.length : 1;

/** A deployment does not create again what an earlier one created. */
async function measureDemand(account: AccountApi, region: string, { quota, all, own, wanted, path }: Count): Promise<Demand> {
  const used = all - own;
  return {
    quota,
    region,
    path,
    used,
    value: await findQuotaValue(account, quota),
    needed: used + Math.max(own, wanted),
    adds: `this stack adds ${wanted}`,
  };
}

function listVpcs(account: AccountApi) {
  return allPages(async (NextToken) => {
    const answer = await account.call("ec2:DescribeVpcs", given({ NextToken }, "NextToken"));
    return { items: present(answer.Vpcs, "ec2:DescribeVpcs", "Vpcs"), next: answer.NextToken };
  });
}

async function listLoadBalancers(account: AccountApi) {
  const all = await allPages(async (Marker) => {
    const answer = await account.call("elasticloadbalancing:DescribeLoadBalancers", given({ Marker }, "Marker"));
    return { items: present(answer.LoadBalancers, "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers"), next: answer.NextMarker };
  });
  return all.filter(({ Type }) => present(Type, "elasticloadbalancing:DescribeLoadBalancers", "Type") === "application");
}
