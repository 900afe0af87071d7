/** Whether the account has the zones, and EKS places control planes in them. */
import type { AvailabilityZone } from "@aws-sdk/client-ec2";
import { zonesWithoutControlPlane } from "../../../catalog/quotas";
import { problem, type Change, type Problem } from "../../../sizing/problem";
import type { AwsEnvironment } from "../../../environment/environment";
import type { Check } from "../../check";
import { present } from "../../unanswered";

export const zones: Check = {
  name: "zones",
  operations: ["ec2:DescribeAvailabilityZones"],
  question({ aws }) {
    return `May this account use ${wantedZones(aws).join(", ")}${aws.network.kind === "create" ? ", and EKS with them" : ""}?`;
  },
  async ask({ aws, account }) {
    // AWS lists local zones without opt-in only on request.
    const answer = await account.call("ec2:DescribeAvailabilityZones", {});
    const listed = present(answer.AvailabilityZones, "ec2:DescribeAvailabilityZones", "AvailabilityZones");
    const forControlPlane = aws.network.kind === "create";
    const obstacles = wantedZones(aws).flatMap((name) => {
      const reason = findObstacle(
        listed.find(({ ZoneName }) => ZoneName === name),
        forControlPlane,
      );
      return reason === undefined ? [] : [{ name, reason }];
    });
    const usable = listed.filter((zone) => findObstacle(zone, forControlPlane) === undefined).map(({ ZoneName }) => ZoneName ?? "");
    const sorted = usable.filter((name) => name !== "").sort();
    return { answer: `usable: ${sorted.join(", ") || "none"}`, problems: zoneProblems(aws, obstacles, sorted) };
  },
};

/** The control plane and the load balancer of an adopted network lie in its subnets, which the check `subnets` looks at. */
const wantedZones = ({ network, availabilityZone, availabilityZones }: AwsEnvironment): string[] =>
  network.kind === "create" ? availabilityZones : [availabilityZone];

function findObstacle(zone: AvailabilityZone | undefined, forControlPlane: boolean): string | undefined {
  if (!zone) return "this account has no such zone";
  const { State, ZoneType, ZoneId } = zone;
  // Older answers leave the type out: local and wavelength zones always have one.
  if ((ZoneType ?? "availability-zone") !== "availability-zone") return `it is a ${ZoneType ?? ""}`;
  if (present(State, "ec2:DescribeAvailabilityZones", "State") !== "available") return `AWS says it is ${State ?? ""}`;
  const id = present(ZoneId, "ec2:DescribeAvailabilityZones", "ZoneId");
  return forControlPlane && zonesWithoutControlPlane.zoneIds.includes(id) ? `EKS does not place control planes in ${id}` : undefined;
}

function zoneProblems(aws: AwsEnvironment, obstacles: { name: string; reason: string }[], usable: string[]): Problem[] {
  if (obstacles.length === 0) return [];
  const message = `${obstacles.map(({ name, reason }) => `${name}: ${reason}`).join("; ")}. Usable in ${aws.region}: ${usable.join(", ") || "none"}.`;
  const unavailable = (path: string, fix: string, changes: Change[]): Problem[] => [
    problem({ code: "zone-unavailable", path, message, fix, changes }),
  ];
  if (obstacles.some(({ name }) => name === aws.availabilityZone))
    return unavailable(
      "availabilityZone",
      `Set availabilityZone to a usable zone that offers the instance type, and ${adviceOf(aws)}.`,
      [],
    );
  const proposed = [...new Set([aws.availabilityZone, ...aws.availabilityZones, ...usable])].filter((name) => usable.includes(name));
  const list = proposed.slice(0, aws.availabilityZones.length);
  // One change per entry: a shorter list would keep the last of the old entries.
  const complete = list.length === aws.availabilityZones.length;
  const changes = complete ? list.map((value, index) => ({ path: `network.availabilityZones[${index}]`, value })) : [];
  return unavailable("network.availabilityZones", `Set network.availabilityZones to ${JSON.stringify(list)}.`, changes);
}

const adviceOf = ({ network }: AwsEnvironment): string =>
  network.kind === "create" ? "put it first in network.availabilityZones" : "network.nodeSubnetId to a subnet there";
