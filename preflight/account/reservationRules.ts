/** Problems of a capacity reservation for the nodes that launch into it. */
import type { CapacityReservation } from "@aws-sdk/client-ec2";
import { problem, type Change, type Problem, type Severity } from "../../sizing/problem";
import type { AwsEnvironment, Environment } from "../../environment/environment";
import { given } from "../../sizing/givenKeys";
import { fieldOf, Unanswered } from "../unanswered";

interface ReservationRequest {
  environment: Environment;
  aws: AwsEnvironment;
  /** Instances of this stack that run in the reservation already. */
  ownInstances: number;
}

/** A reservation with every field that the rules need. */
interface ReadReservation {
  id: string;
  state: string;
  type: string;
  zone: string;
  platform: string;
  tenancy: string;
  free: number;
  total: number;
  isBlock: boolean;
  startsAt: string | undefined;
  endsAt: string | undefined;
  placementGroup: string | undefined;
}

/** 24 hours: a deployment of a model of this size should last longer. We chose the number. */
const shortMilliseconds = 24 * 3600 * 1000;

export function readReservation(described: CapacityReservation): ReadReservation {
  const field = fieldOf("ec2:DescribeCapacityReservations");
  return {
    id: field(described.CapacityReservationId, "CapacityReservationId"),
    state: field(described.State, "State"),
    type: field(described.InstanceType, "InstanceType"),
    zone: field(described.AvailabilityZone, "AvailabilityZone"),
    platform: field(described.InstancePlatform, "InstancePlatform"),
    tenancy: described.Tenancy ?? "default",
    free: field(described.AvailableInstanceCount, "AvailableInstanceCount"),
    total: field(described.TotalInstanceCount, "TotalInstanceCount"),
    // Reservations that are older than the field do not have it.
    isBlock: described.ReservationType === "capacity-block",
    startsAt: described.StartDate && rfc3339(described.StartDate),
    endsAt: described.EndDate && rfc3339(described.EndDate),
    placementGroup: described.PlacementGroupArn,
  };
}

/** `capacity.startsAt` takes no fractions of a second. */
const rfc3339 = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

export function reservationProblems(reservation: ReadReservation, request: ReservationRequest): Problem[] {
  return [
    ...kindProblems(reservation, request),
    ...placeProblems(reservation, request),
    ...stateProblems(reservation, request),
    ...endProblems(reservation, request),
  ];
}

export const reservationProblem = (
  path: string,
  message: string,
  fix: string,
  { changes, severity }: { changes?: Change[]; severity?: Severity } = {},
): Problem => problem({ code: "reservation-unusable", path, message, fix, ...given({ changes, severity }, "changes", "severity") });

const another = (words: string) => `Name ${words} in capacity.reservationId; aws ec2 describe-capacity-reservations lists yours.`;

function kindProblems({ id, isBlock, platform, tenancy, placementGroup }: ReadReservation, { aws }: ReservationRequest): Problem[] {
  const problems: Problem[] = [];
  const due = isBlock ? "capacityBlock" : "reservation";
  if (aws.capacity.type !== due) {
    const message = `${id} is ${isBlock ? "a capacity block" : "an on-demand capacity reservation"}, and capacity.type is ${aws.capacity.type}: the nodes would request the wrong kind of capacity.`;
    problems.push(
      reservationProblem("capacity.type", message, `Set capacity.type to ${due}.`, { changes: [{ path: "capacity.type", value: due }] }),
    );
  }
  if (platform !== "Linux/UNIX" || tenancy !== "default") {
    const message = `${id} is for ${platform}, tenancy ${tenancy}; the nodes run Linux/UNIX with tenancy default and need a reservation for that.`;
    problems.push(reservationProblem("capacity.reservationId", message, another("a reservation for Linux/UNIX")));
  }
  if (placementGroup !== undefined) {
    const message = `${id} is in the placement group ${placementGroup}; nodes launched outside it may not get its capacity.`;
    const fix = another("a reservation without a placement group");
    problems.push(reservationProblem("capacity.reservationId", message, fix, { severity: "warning" }));
  }
  return problems;
}

function placeProblems({ id, type, zone }: ReadReservation, { environment, aws }: ReservationRequest): Problem[] {
  const problems: Problem[] = [];
  if (type !== environment.instance.name) {
    const message = `${id} reserves ${type}, and instanceType is ${environment.instance.name}.`;
    problems.push(
      reservationProblem("instanceType", message, `Set instanceType to ${type}, or name a reservation of ${environment.instance.name}.`),
    );
  }
  if (zone !== aws.availabilityZone) {
    const message = `${id} is in ${zone}, and the nodes launch in ${aws.availabilityZone}.`;
    const movable = aws.network.kind === "create" && aws.availabilityZones.includes(zone);
    const fix = movable
      ? `Set availabilityZone to ${zone}.`
      : `Set availabilityZone to ${zone}, and ${aws.network.kind === "create" ? "add it to network.availabilityZones" : "network.nodeSubnetId to a subnet there"}.`;
    problems.push(
      reservationProblem("availabilityZone", message, fix, { changes: movable ? [{ path: "availabilityZone", value: zone }] : [] }),
    );
  }
  return problems;
}

function stateProblems(reservation: ReadReservation, request: ReservationRequest): Problem[] {
  const { id, state, free, total, isBlock, startsAt } = reservation;
  const { environment, ownInstances } = request;
  if (isBlock && (state === "scheduled" || state === "payment-pending")) return notStartedProblems(reservation, request);
  if (state !== "active") {
    const start = startsAt !== undefined && Date.parse(startsAt) > Date.parse(environment.now) ? ` and starts at ${startsAt}` : "";
    return [
      reservationProblem(
        "capacity.reservationId",
        `${id} is ${state}${start}; nodes launch only into an active reservation.`,
        another("an active reservation"),
      ),
    ];
  }
  const { nodeCount } = environment.layout;
  if (free + ownInstances >= nodeCount) return [];
  const besides = ownInstances > 0 ? `; nodes of this stack already run in ${ownInstances} more` : "";
  const message = `${nodeCount} nodes need places in ${id}, and ${free} of its ${total} places are free${besides}.`;
  return [reservationProblem("capacity.reservationId", message, another(`a reservation with ${nodeCount} free places`))];
}

function notStartedProblems({ id, state, startsAt }: ReadReservation, { environment, aws }: ReservationRequest): Problem[] {
  if (startsAt === undefined) throw new Unanswered(`ec2:DescribeCapacityReservations answered without the StartDate of ${id}`);
  const configured = aws.capacity.startsAt;
  if (aws.capacity.type === "capacityBlock" && (configured === undefined || Date.parse(configured) < Date.parse(startsAt))) {
    const message = `${id} is ${state} and starts at ${startsAt}, and ${configured === undefined ? "capacity.startsAt is not set" : `capacity.startsAt is ${configured}`}: nodes would launch too early, and the node group would fail.`;
    const changes = [{ path: "capacity.startsAt", value: startsAt }];
    return [reservationProblem("capacity.startsAt", message, `Set capacity.startsAt to ${startsAt}.`, { changes })];
  }
  const start = Date.parse(environment.now) >= Date.parse(startsAt) ? "should have started" : "starts";
  const message = `${id} is ${state}; it ${start} at ${startsAt}, and no node can launch until it is active.`;
  return [reservationProblem("capacity.startsAt", message, "Run pulumi up again when it is active.", { severity: "warning" })];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-blocks-using.html: EC2 begins to end instances 30 minutes before. */
function endProblems({ id, endsAt, isBlock, state }: ReadReservation, { environment }: ReservationRequest): Problem[] {
  if (endsAt === undefined || state !== "active") return [];
  const left = Date.parse(endsAt) - Date.parse(environment.now);
  if (left >= shortMilliseconds) return [];
  const hours = Math.max(0, left / 3600 / 1000).toFixed(1);
  const ending = isBlock ? "EC2 starts to end its instances 30 minutes earlier" : "nodes launched after that do not get its capacity";
  const message = `${id} ends at ${endsAt}, in ${hours} h: ${ending}.`;
  const severity = left <= 0 ? "error" : "warning";
  return [reservationProblem("capacity.reservationId", message, another("a reservation that ends later"), { severity })];
}
