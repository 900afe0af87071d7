/** Whether the GPU zone offers the instance type at all. AWS does not tell before the launch whether a machine is free. */
import { problem, type Change, type Problem } from "../../../sizing/problem";
import type { Check, Surroundings } from "../../check";
import { present } from "../../unanswered";

export const instanceTypeOffered: Check = {
  name: "instance-type-offered",
  operations: ["ec2:DescribeInstanceTypeOfferings"],
  question: ({ environment: { instance }, aws }) => `Does ${aws.availabilityZone} offer ${instance.name}?`,
  async ask(surroundings) {
    const { environment, aws, account } = surroundings;
    const { name } = environment.instance;
    const { InstanceTypeOfferings } = await account.call("ec2:DescribeInstanceTypeOfferings", {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: [name] }],
    });
    const offerings = present(InstanceTypeOfferings, "ec2:DescribeInstanceTypeOfferings", "InstanceTypeOfferings");
    const zones = offerings.map(({ Location }) => present(Location, "ec2:DescribeInstanceTypeOfferings", "Location")).sort();
    return {
      answer: zones.length > 0 ? `${name} is offered in ${zones.join(", ")}` : `no zone of ${aws.region} offers ${name}`,
      problems: zones.includes(aws.availabilityZone) ? [] : [notOffered(surroundings, zones)],
    };
  },
};

function notOffered({ environment: { instance }, aws }: Surroundings, zones: string[]): Problem {
  const code = "instance-type-not-offered";
  if (zones.length === 0)
    return problem({
      code,
      path: "instanceType",
      message: `No zone of ${aws.region} offers ${instance.name} to this account.`,
      fix: "Choose another instance type, or another region (aws:region).",
    });
  return problem({
    code,
    path: "availabilityZone",
    message: `${aws.availabilityZone} does not offer ${instance.name}; ${zones.join(", ")} ${zones.length === 1 ? "does" : "do"}.`,
    fix: `Set availabilityZone to ${zones.join(" or ")}${aws.network.kind === "adopt" ? ", and network.nodeSubnetId to a subnet there" : ""}.`,
    changes: changesTo(zones, aws),
  });
}

/** A reservation and an adopted subnet are each in one zone: changing the zone alone does not help there. */
function changesTo(zones: string[], { capacity, network, availabilityZones }: Surroundings["aws"]): Change[] {
  const elastic = capacity.type === "onDemand" || capacity.type === "spot";
  if (network.kind === "adopt" || !elastic) return [];
  const inNetwork = zones.find((zone) => availabilityZones.includes(zone));
  const zone = inNetwork ?? zones[0] ?? "";
  const moved: Change = { path: "availabilityZone", value: zone };
  // A list without the GPU zone is refused: the zone replaces the last entry.
  return inNetwork ? [moved] : [moved, ...listWith(zone, availabilityZones)];
}

const listWith = (zone: string, list: string[]): Change[] =>
  [...list.slice(0, -1), zone].map((value, index) => ({ path: `network.availabilityZones[${index}]`, value }));
