/** What AWS still has of the stack: found by the tags of the program, and by the tags that Kubernetes and EKS give to what they create. */
import type { Deployment } from "./deployment";
import { json, type Session } from "./session";

type Questioned = Pick<Deployment, "stack" | "cluster" | "region">;

/** ARNs, ids or names, each once. Throws when AWS cannot be asked: "unknown" does not mean "nothing". */
export async function leftovers({ stack, cluster, region }: Questioned, inside: Session): Promise<string[]> {
  const aws = (...args: string[]) =>
    json<string[] | null>(inside, { program: "aws", args: [...args, "--region", region, "--output", "json"] });
  const found: string[] = [];
  for (const filter of tagFilters(stack, cluster))
    found.push(...((await aws(...["resourcegroupstaggingapi", "get-resources", "--tag-filters", filter, "--query", arns])) ?? []));

  // The network plugin's interfaces: https://github.com/aws/amazon-vpc-cni-k8s/pull/2854
  const ofCluster = `Name=tag:cluster.k8s.amazonaws.com/name,Values=${cluster}`;
  const interfaces = ["ec2", "describe-network-interfaces", "--filters", ofCluster];
  found.push(...((await aws(...interfaces, "--query", "NetworkInterfaces[].NetworkInterfaceId")) ?? []));

  const groups = ["logs", "describe-log-groups", "--log-group-name-prefix", `/aws/eks/${cluster}/`];
  found.push(...((await aws(...groups, "--query", "logGroups[].logGroupName")) ?? []));

  const listed = [...new Set(found)];
  const dead = await ended(listed, aws);
  return listed.filter((each) => !dead.has(each));
}

const arns = "ResourceTagMappingList[].ResourceARN";

/** One call for each key: a call with several keys finds only what has all of them. */
const tagFilters = (stack: string, cluster: string): string[] => [
  `Key=vllm-eks/environment,Values=${stack}`, // ours (stacks/aws/site.ts)
  `Key=kubernetes.io/cluster/${cluster}`, // nodes, volumes, network interfaces
  `Key=aws:eks:cluster-name,Values=${cluster}`, // what EKS creates
  `Key=elbv2.k8s.aws/cluster,Values=${cluster}`, // what the load balancer controller creates
];

/**
 * Kinds that stay visible, with an end state, for about an hour after their deletion; the tagging API lists deleted resources too:
 * https://repost.aws/questions/QUH0hblHnBT9iK5VpfsVRnBQ. The query uses a filter: an id that EC2 no longer knows is then not an error.
 */
const lingering = [
  {
    arn: /:instance\/(i-\w+)$/,
    question: (ids: string) => ["ec2", "describe-instances", "--filters", `Name=instance-id,Values=${ids}`, aliveInstance],
    query: "Reservations[].Instances[].InstanceId",
  },
  {
    arn: /:natgateway\/(nat-\w+)$/,
    question: (ids: string) => ["ec2", "describe-nat-gateways", "--filter", `Name=nat-gateway-id,Values=${ids}`, aliveGateway],
    query: "NatGateways[].NatGatewayId",
  },
] as const;
const aliveInstance = "Name=instance-state-name,Values=pending,running,shutting-down,stopping,stopped";
const aliveGateway = "Name=state,Values=pending,available,deleting";

async function ended(listed: readonly string[], aws: (...args: string[]) => Promise<string[] | null>): Promise<Set<string>> {
  const dead = new Set<string>();
  for (const { arn, question, query } of lingering) {
    const ids = new Map(listed.flatMap((each): [string, string][] => (arn.test(each) ? [[arn.exec(each)![1]!, each]] : [])));
    if (ids.size === 0) continue;
    const alive = (await aws(...question([...ids.keys()].join(",")), "--query", query)) ?? [];
    for (const [id, each] of ids) if (!alive.includes(id)) dead.add(each);
  }
  return dead;
}
