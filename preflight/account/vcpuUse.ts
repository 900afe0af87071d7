/** How many vCPUs of a quota are taken: by running instances, and by unused reservations. */
import type { CapacityReservation, Instance } from "@aws-sdk/client-ec2";
import { findInstanceType } from "../../catalog/instanceTypes";
import { vcpuQuotaOf, type VcpuQuotaFacts } from "../../catalog/quotas";
import { given } from "../../sizing/givenKeys";
import type { AccountApi, Operation } from "./account";
import { allPages } from "./pages";
import { runningInstances } from "./runningInstances";
import { fieldOf, present, Unanswered } from "../unanswered";

export const vcpuUseOperations = [
  "ec2:DescribeInstances",
  "ec2:DescribeCapacityReservations",
  "sts:GetCallerIdentity",
] as const satisfies Operation[];

export interface CountedInstance {
  instance: Instance;
  vcpus: number;
}

/** Running instances that count against the quota. */
export async function instancesOfQuota(account: AccountApi, quota: VcpuQuotaFacts): Promise<CountedInstance[]> {
  const patterns = quota.families.map((family) => `${family}*`);
  const instances = await runningInstances(account, [{ Name: "instance-type", Values: patterns }]);
  return instances
    .filter((instance) => lifecycleOf(instance) === quota.lifecycle)
    .filter(({ InstanceType, Placement }) => {
      // Dedicated hosts have separate quotas; instances on them count against none.
      return countsFor(present(InstanceType, "ec2:DescribeInstances", "InstanceType"), quota) && Placement?.Tenancy !== "host";
    })
    .map((instance) => ({ instance, vcpus: vcpusOf(instance) }));
}

const countsFor = (type: string, { lifecycle, quotaCode }: VcpuQuotaFacts): boolean =>
  vcpuQuotaOf(type, lifecycle)?.quotaCode === quotaCode;

/** Instances of capacity blocks have separate quotas, used up when the block was bought. */
const lifecycleOf = ({ InstanceLifecycle }: Instance) => InstanceLifecycle ?? "onDemand";

function vcpusOf({ InstanceType, InstanceId, CpuOptions }: Instance): number {
  const known = findInstanceType(InstanceType ?? "")?.vcpus;
  if (known !== undefined) return known;
  const { CoreCount, ThreadsPerCore } = CpuOptions ?? {};
  if (!CoreCount || !ThreadsPerCore)
    throw new Unanswered(
      `ec2:DescribeInstances answered without the vCPUs of ${InstanceId ?? "an instance"} (${InstanceType ?? "no type"})`,
    );
  return CoreCount * ThreadsPerCore;
}

interface UnusedPlaces {
  reservation: CapacityReservation;
  vcpus: number;
}

/**
 * "Capacity Reservations in the assessing, scheduled, pending, active, and delayed state count towards your On-Demand Instance quota":
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html. Reservations of other accounts count in those accounts.
 */
export async function unusedReservations(account: AccountApi, quota: VcpuQuotaFacts): Promise<UnusedPlaces[]> {
  if (quota.lifecycle === "spot") return [];
  const [reservations, { Account }] = await Promise.all([countingReservations(account), account.call("sts:GetCallerIdentity", {})]);
  const owner = present(Account, "sts:GetCallerIdentity", "Account");
  return reservations
    .filter(({ InstanceType, ReservationType, OwnerId }) => {
      return (
        countsFor(present(InstanceType, "ec2:DescribeCapacityReservations", "InstanceType"), quota) &&
        ReservationType !== "capacity-block" &&
        (OwnerId ?? owner) === owner
      );
    })
    .map((reservation) => ({ reservation, vcpus: unusedPlaces(reservation) * vcpusOfType(reservation) }))
    .filter(({ vcpus }) => vcpus > 0);
}

function countingReservations(account: AccountApi): Promise<CapacityReservation[]> {
  const states = ["assessing", "scheduled", "pending", "active", "delayed"];
  return allPages(async (NextToken) => {
    const asked = { Filters: [{ Name: "state", Values: states }], ...given({ NextToken }, "NextToken") };
    const answer = await account.call("ec2:DescribeCapacityReservations", asked);
    return {
      items: present(answer.CapacityReservations, "ec2:DescribeCapacityReservations", "CapacityReservations"),
      next: answer.NextToken,
    };
  });
}

function unusedPlaces({ State, AvailableInstanceCount, TotalInstanceCount }: CapacityReservation): number {
  const field = fieldOf("ec2:DescribeCapacityReservations");
  return field(State, "State") === "active"
    ? field(AvailableInstanceCount, "AvailableInstanceCount")
    : field(TotalInstanceCount, "TotalInstanceCount");
}

function vcpusOfType({ InstanceType = "", CapacityReservationId = "a reservation" }: CapacityReservation): number {
  const known = findInstanceType(InstanceType)?.vcpus;
  if (known === undefined)
    throw new Unanswered(`the catalog does not have the vCPUs of ${InstanceType}, which ${CapacityReservationId} reserves`);
  return known;
}
