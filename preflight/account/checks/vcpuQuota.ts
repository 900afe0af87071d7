/** Whether the account's vCPU quotas leave room for the nodes beside what already runs. */
import type { CapacityReservation } from "@aws-sdk/client-ec2";
import { vcpuQuotaOf, type VcpuQuotaFacts } from "../../../catalog/quotas";
import { demandedVcpus } from "../../../sizing/costAndTime/vcpuQuota";
import { systemNodeCount } from "../../../environment/environment";
import type { Check, Surroundings } from "../../check";
import { clusterTag, hasTag, isOwn } from "../runningInstances";
import { quotaAnswer, quotaOperations, quotaProblems, findQuotaValue, type Demand } from "../serviceQuota";
import { present, Unanswered } from "../../unanswered";
import { instancesOfQuota, unusedReservations, vcpuUseOperations, type CountedInstance } from "../vcpuUse";

/**
 * Paid capacity needs no check: a reservation counted against the quota when it was made, used or not
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html), and blocks have separate quotas, used up when
 * they were bought (https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html).
 */
export const vcpuQuota: Check = {
  name: "vcpu-quota",
  operations: [...quotaOperations, ...vcpuUseOperations],
  question({ environment: { instance, layout }, aws: { capacity, region } }) {
    if (layout.nodeCount === 0 || (capacity.type !== "onDemand" && capacity.type !== "spot")) return undefined;
    const vcpus = layout.nodeCount * instance.vcpus;
    return `Is the ${capacity.type === "spot" ? "spot" : "on-demand"} quota of ${region} large enough for ${layout.nodeCount} × ${instance.name}, ${vcpus} vCPUs?`;
  },
  async ask({ environment, aws, account }) {
    const { instance: type, layout } = environment;
    const quota = quotaFor(type.name, aws.capacity.type === "spot" ? "spot" : "onDemand");
    const isOwnNode = ({ instance }: CountedInstance) => isOwn(instance, environment) && instance.InstanceType === type.name;
    const isTaken = ({ InstanceType, AvailabilityZone, InstanceMatchCriteria, State, PlacementGroupArn }: CapacityReservation) =>
      InstanceType === type.name &&
      AvailabilityZone === aws.availabilityZone &&
      InstanceMatchCriteria === "open" &&
      State === "active" &&
      PlacementGroupArn === undefined;
    const demand = await measureDemand(account, quota, isOwnNode, isTaken, layout.nodeCount * type.vcpus);
    const adds = `${layout.nodeCount} × ${type.name} take ${layout.nodeCount * type.vcpus}`;
    return describeDemand({ ...demand, region: aws.region, path: "nodeCount", adds });
  },
};

/** A new account has 5 standard vCPUs: two m6i.large take 4 of them. */
export const systemVcpuQuota: Check = {
  name: "system-vcpu-quota",
  operations: [...quotaOperations, ...vcpuUseOperations, "ec2:DescribeInstanceTypes"],
  question({ aws: { cluster, region } }) {
    if (cluster.kind === "adopt") return undefined;
    return `Is the on-demand quota of ${region} large enough for the ${systemNodeCount} system nodes, ${cluster.systemInstanceType}?`;
  },
  async ask({ aws, account }) {
    if (aws.cluster.kind === "adopt") throw new Unanswered("an adopted cluster has its own system nodes");
    const { name, systemInstanceType } = aws.cluster;
    const quota = quotaFor(systemInstanceType, "onDemand");
    const { InstanceTypes } = await account.call("ec2:DescribeInstanceTypes", {
      Filters: [{ Name: "instance-type", Values: [systemInstanceType] }],
    });
    const vcpus = present(InstanceTypes?.[0]?.VCpuInfo?.DefaultVCpus, "ec2:DescribeInstanceTypes", `vCPUs of ${systemInstanceType}`);
    const isOwnNode = ({ instance }: CountedInstance) => hasTag(instance, clusterTag, name) && instance.InstanceType === systemInstanceType;
    const demand = await measureDemand(account, quota, isOwnNode, () => false, systemNodeCount * vcpus);
    const adds = `${systemNodeCount} × ${systemInstanceType} take ${systemNodeCount * vcpus}`;
    return describeDemand({ ...demand, region: aws.region, path: "cluster.systemInstanceType", adds });
  },
};

async function measureDemand(
  account: Surroundings["account"],
  quota: VcpuQuotaFacts,
  isOwnNode: (counted: CountedInstance) => boolean,
  isTaken: (reservation: CapacityReservation) => boolean,
  nodes: number,
): Promise<Pick<Demand, "quota" | "value" | "needed" | "used">> {
  const [value, instances, places] = await Promise.all([
    findQuotaValue(account, quota),
    instancesOfQuota(account, quota),
    unusedReservations(account, quota),
  ]);
  // Running nodes of this stack are among the nodes that it asks for.
  const nodesRunning = sum(instances.filter(isOwnNode));
  const running = sum(instances) - nodesRunning;
  const reservedForNodes = sum(places.filter(({ reservation }) => isTaken(reservation)));
  const reservedForOthers = sum(places) - reservedForNodes;
  const needed = demandedVcpus({ running, reservedForOthers, reservedForNodes, nodesRunning, nodes });
  return { quota, value, needed, used: running + reservedForOthers };
}

const sum = (counted: readonly { vcpus: number }[]) => counted.reduce((total, { vcpus }) => total + vcpus, 0);
const describeDemand = (demand: Demand) => ({ answer: quotaAnswer(demand), problems: quotaProblems(demand) });

function quotaFor(instanceType: string, lifecycle: VcpuQuotaFacts["lifecycle"]): VcpuQuotaFacts {
  const quota = vcpuQuotaOf(instanceType, lifecycle);
  if (!quota)
    throw new Unanswered(`AWS states no ${lifecycle === "spot" ? "spot" : "on-demand"} quota for ${instanceType}, so none was checked`);
  return quota;
}
