/** Whether the capacity that was paid for is active, in the right zone and of the right type. */
import type { CapacityReservation } from "@aws-sdk/client-ec2";
import { environmentTag } from "../../../environment/environment";
import type { Check, Surroundings } from "../../check";
import { isPlaceholder } from "../../../sizing/problem";
import { readReservation, reservationProblem, reservationProblems } from "../reservationRules";
import { runningInstances } from "../runningInstances";
import { present, undefinedIfMissing, Unanswered } from "../../unanswered";

export const reservation: Check = {
  name: "reservation",
  operations: ["ec2:DescribeCapacityReservations", "ec2:DescribeInstances"],
  question({ environment: { instance, layout }, aws: { capacity, availabilityZone } }) {
    const reserved = capacity.type === "reservation" || capacity.type === "capacityBlock";
    if (!reserved || layout.nodeCount === 0) return undefined;
    const which = capacity.reservationId ?? capacity.reservationGroupArn ?? "the reservation";
    if (isPlaceholder(which)) return undefined;
    return `Does ${which} have room for ${layout.nodeCount} × ${instance.name} in ${availabilityZone}?`;
  },
  async ask(surroundings) {
    const { environment, aws } = surroundings;
    const { reservationId, reservationGroupArn } = aws.capacity;
    if (reservationId === undefined)
      throw new Unanswered(
        `${reservationGroupArn ?? "no reservation"} is a resource group; the preflight does not look into its reservations`,
      );
    const described = await findReservation(surroundings, reservationId);
    if (!described) {
      const message = `${reservationId} does not exist in ${aws.region} for this account.`;
      const fix = "Copy the id from aws ec2 describe-capacity-reservations, in this region and account.";
      return { answer: `${reservationId} not found`, problems: [reservationProblem("capacity.reservationId", message, fix)] };
    }
    const reservation = readReservation(described);
    const short = reservation.state === "active" && reservation.free < environment.layout.nodeCount;
    const ownInstances = short ? await countOwnInstances(surroundings, reservationId) : 0;
    const end = reservation.endsAt === undefined ? "without end" : `until ${reservation.endsAt}`;
    return {
      answer: `${reservation.state}, ${reservation.free} of ${reservation.total} × ${reservation.type} free in ${reservation.zone}, ${end}`,
      problems: reservationProblems(reservation, { environment, aws, ownInstances }),
    };
  },
};

async function findReservation({ account }: Surroundings, id: string): Promise<CapacityReservation | undefined> {
  const call = account.call("ec2:DescribeCapacityReservations", { CapacityReservationIds: [id] });
  const answer = await undefinedIfMissing(call, "InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed");
  return answer && present(answer.CapacityReservations, "ec2:DescribeCapacityReservations", "CapacityReservations")[0];
}

async function countOwnInstances({ account, environment }: Surroundings, id: string): Promise<number> {
  const ownInstances = await runningInstances(account, [{ Name: `tag:${environmentTag}`, Values: [environment.name] }]);
  return ownInstances.filter(({ CapacityReservationId }) => CapacityReservationId === id).length;
}
