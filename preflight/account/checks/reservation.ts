/** Whether the capacity that was paid for is there, where and of what the nodes need. */
import type { CapacityReservation } from "@aws-sdk/client-ec2";
import { environmentTag } from "../../../environment/environment";
import type { Check, Surroundings } from "../../check";
import { isPlaceholder } from "../../../sizing/problem";
import { readReservation, reservationProblem, reservationProblems } from "../reservationRules";
import { runningInstances } from "../runningInstances";
import { hasCode, present, Unanswered } from "../../unanswered";

export const reservation: Check = {
  name: "reservation",
  operations: ["ec2:DescribeCapacityReservations", "ec2:DescribeInstances"],
  question({ environment: { instance, layout }, aws: { capacity, availabilityZone } }) {
    const reserved = capacity.type === "reservation" || capacity.type === "capacityBlock";
    if (!reserved || layout.nodeCount === 0) return undefined;
    const which = capacity.reservationId ?? capacity.reservationGroupArn ?? "the reservation";
    if (isPlaceholder(which)) return undefined;
    return `Has ${which} ${layout.nodeCount} places for ${instance.name} in ${availabilityZone}?`;
  },
  async ask(surroundings) {
    const { environment, aws } = surroundings;
    const { reservationId, reservationGroupArn } = aws.capacity;
    if (reservationId === undefined)
      throw new Unanswered(`${reservationGroupArn ?? "no reservation"} is a group: its reservations are not looked into`);
    const described = await reservationOf(surroundings, reservationId);
    if (!described) {
      const message = `${reservationId} does not exist in ${aws.region} for this account.`;
      const fix = "Copy the id from aws ec2 describe-capacity-reservations, in this region and account.";
      return { answer: `${reservationId} not found`, problems: [reservationProblem("capacity.reservationId", message, fix)] };
    }
    const found = readReservation(described);
    const short = found.state === "active" && found.free < environment.layout.nodeCount;
    const ownInstances = short ? await ownIn(surroundings, reservationId) : 0;
    const end = found.endsAt === undefined ? "without end" : `until ${found.endsAt}`;
    return {
      answer: `${found.state}, ${found.free} of ${found.total} × ${found.type} free in ${found.zone}, ${end}`,
      problems: reservationProblems(found, { environment, aws, ownInstances }),
    };
  },
};

async function reservationOf({ account }: Surroundings, id: string): Promise<CapacityReservation | undefined> {
  try {
    const { CapacityReservations } = await account.call("ec2:DescribeCapacityReservations", { CapacityReservationIds: [id] });
    return present(CapacityReservations, "ec2:DescribeCapacityReservations", "CapacityReservations")[0];
  } catch (error) {
    if (hasCode(error, "InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed")) return undefined;
    throw error;
  }
}

async function ownIn({ account, environment }: Surroundings, id: string): Promise<number> {
  const own = await runningInstances(account, [{ Name: `tag:${environmentTag}`, Values: [environment.name] }]);
  return own.filter(({ CapacityReservationId }) => CapacityReservationId === id).length;
}
