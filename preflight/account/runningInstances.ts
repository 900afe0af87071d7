/** Running instances, and which stack or cluster they belong to. */
import type { Filter, Instance } from "@aws-sdk/client-ec2";
import { environmentTag, type Environment } from "../../environment/environment";
import { given } from "../../sizing/givenKeys";
import type { AccountApi } from "./account";
import { allPages } from "./pages";
import { present } from "../unanswered";

/** The tag that EKS puts on the nodes of a managed group. */
export const clusterTag = "eks:cluster-name";

interface Tagged {
  Tags?: { Key?: string | undefined; Value?: string | undefined }[] | undefined;
}

export const hasTag = ({ Tags }: Tagged, key: string, value: string): boolean =>
  (Tags ?? []).some((tag) => tag.Key === key && tag.Value === value);

/** Whether an earlier deployment of this stack created it. */
export const isOwn = (resource: Tagged, { name }: Environment): boolean => hasTag(resource, environmentTag, name);

/** Stopping and stopped instances no longer take vCPUs or a place in a reservation. */
export function runningInstances(account: AccountApi, filters: Filter[]): Promise<Instance[]> {
  const states: Filter = { Name: "instance-state-name", Values: ["pending", "running"] };
  return allPages(async (NextToken) => {
    const asked = { Filters: [states, ...filters], MaxResults: 1000, ...given({ NextToken }, "NextToken") };
    const answer = await account.call("ec2:DescribeInstances", asked);
    const reservations = present(answer.Reservations, "ec2:DescribeInstances", "Reservations");
    return {
      items: reservations.flatMap(({ Instances }) => present(Instances, "ec2:DescribeInstances", "Instances")),
      next: answer.NextToken,
    };
  });
}
