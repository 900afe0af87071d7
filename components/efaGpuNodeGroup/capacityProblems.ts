/** Finds ways of buying GPUs that cannot work, before you pay for anything. */
import { arnForms } from "../../catalog/awsTextRules";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { capacityBlockRegions } from "../../catalog/regions";
import { isPlaceholder, problem, type Change, type Problem, type ProblemCode } from "../../sizing/problem";
import { blockNotStarted, CapacityType, type CapacityArgs } from "./capacity";

/** The options of a node group that say how you buy it. */
interface Purchase {
  capacity: CapacityArgs;
  placementGroup?: boolean;
  asOf?: string;
}

/** `type` is undefined when the name is not in the catalog; another check reports that. */
export function capacityProblems(purchase: Purchase, type: InstanceTypeFacts | undefined): Problem[] {
  const { capacity } = purchase;
  if (!capacityTypes.includes(capacity.type)) return [unknownType(capacity.type)];
  return [
    ...(isReserved(capacity) ? reservationProblems(capacity) : strayReservation(capacity)),
    ...formProblems(capacity),
    ...startProblems(capacity, purchase.asOf),
    ...placementProblems(purchase),
    ...soldOnlyAsBlock(capacity, type),
    ...notSoldAsBlock(capacity, type),
  ];
}

const capacityTypes: string[] = Object.values(CapacityType);
const isReserved = ({ type }: CapacityArgs) => type === CapacityType.Reservation || type === CapacityType.CapacityBlock;

const error = (code: ProblemCode, path: string, message: string, fix: string, changes: Change[] = []): Problem =>
  problem({ code, path, message, fix, changes });

const unknownType = (type: string): Problem =>
  error("wrong-type", "capacity.type", `"${type}" is not one of ${capacityTypes.join(", ")}.`, "Choose one of them.");

function reservationProblems({ type, reservationId, reservationGroupArn }: CapacityArgs): Problem[] {
  if (type === CapacityType.CapacityBlock && reservationGroupArn !== undefined) {
    const message = "A capacity block is a single reservation, but capacity.reservationGroupArn names a group of reservations.";
    return [error("capacity-conflict", "capacity.reservationGroupArn", message, "Remove it and set capacity.reservationId.")];
  }
  if (reservationId !== undefined && reservationGroupArn !== undefined) {
    const message = "capacity.reservationId and capacity.reservationGroupArn are both set; EC2 accepts only one target.";
    return [error("capacity-conflict", "capacity.reservationGroupArn", message, "Remove one of the two.")];
  }
  if (reservationId !== undefined || reservationGroupArn !== undefined) return [];
  const needs = type === CapacityType.CapacityBlock ? "capacity.reservationId" : "capacity.reservationId or capacity.reservationGroupArn";
  const message = `Capacity type ${type} needs ${needs}. Without it the nodes cannot use the capacity that you paid for.`;
  return [
    error("reservation-missing", "capacity.reservationId", message, `Set ${needs} (aws ec2 describe-capacity-reservations lists yours).`),
  ];
}

/** A reservation that is set together with `onDemand` would stay unused and still be billed. */
function strayReservation(capacity: CapacityArgs): Problem[] {
  const stray = (["reservationId", "reservationGroupArn"] as const).filter((key) => capacity[key] !== undefined);
  return stray.map((key) => {
    const message = `capacity.${key} is set, but capacity type ${capacity.type} does not use a reservation: you would pay for it and not use it.`;
    const fix = `Remove capacity.${key}, or set capacity.type to reservation or capacityBlock.`;
    return error("capacity-conflict", `capacity.${key}`, message, fix, [{ path: "capacity.type", value: CapacityType.Reservation }]);
  });
}

const resourceGroup = new RegExp(`^(${arnForms.resourceGroup})$`);

function formProblems({ reservationId, reservationGroupArn }: CapacityArgs): Problem[] {
  const problems: Problem[] = [];
  if (reservationId !== undefined && !isPlaceholder(reservationId) && !/^cr-[0-9a-f]{8,17}$/.test(reservationId)) {
    const message = `"${reservationId}" is not a capacity reservation id: expected cr- and 8 to 17 hexadecimal digits.`;
    problems.push(error("wrong-type", "capacity.reservationId", message, "Copy it from aws ec2 describe-capacity-reservations."));
  }
  const group = reservationGroupArn;
  if (group !== undefined && !isPlaceholder(group) && !resourceGroup.test(group)) {
    const message = `"${group}" is not the ARN of a resource group: expected arn:aws:resource-groups:<region>:<account>:group/<name>.`;
    problems.push(error("wrong-type", "capacity.reservationGroupArn", message, "Copy it from aws resource-groups list-groups."));
  }
  return problems;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const isTime = (value: string, ...forms: RegExp[]) => forms.some((form) => form.test(value)) && !Number.isNaN(Date.parse(value));

function startProblems(capacity: CapacityArgs, asOf: string | undefined): Problem[] {
  const { startsAt, type } = capacity;
  if (startsAt === undefined) return [];
  if (type !== CapacityType.CapacityBlock) {
    const message = `capacity.startsAt is set, but capacity type ${type} has no start.`;
    return [error("capacity-conflict", "capacity.startsAt", message, "Remove it, or set capacity.type to capacityBlock.")];
  }
  if (isPlaceholder(startsAt)) return [];
  if (!isTime(startsAt, rfc3339)) {
    const message = `"${startsAt}" is not an RFC 3339 time such as 2026-12-01T11:30:00Z.`;
    return [error("wrong-type", "capacity.startsAt", message, "Copy StartDate from aws ec2 describe-capacity-reservations.")];
  }
  if (asOf === undefined) {
    const message = "capacity.startsAt is set without asOf, so the component cannot tell whether that time has passed.";
    return [
      error("missing-value", "asOf", message, "Set asOf to the current time, or remove capacity.startsAt once the block has started."),
    ];
  }
  if (!isTime(asOf, rfc3339, day)) {
    return [error("wrong-type", "asOf", `"${asOf}" is neither a day (YYYY-MM-DD) nor an RFC 3339 time.`, "Give one of the two.")];
  }
  return blockNotStarted(capacity, asOf) ? [notStarted(startsAt, asOf)] : [];
}

const notStarted = (startsAt: string, asOf: string): Problem =>
  problem({
    code: "capacity-block-not-started",
    severity: "warning",
    path: "capacity.startsAt",
    message: `The capacity block starts at ${startsAt}, after ${asOf}: the node group is created without nodes, because a launch before the start would fail.`,
    fix: `Deploy again after ${startsAt}: then the nodes launch and the groups start.`,
  });

/** eksctl-io/eksctl#7949: 16 instances reserved, 11 obtained, because a separate placement group had no room next to the reservation. */
function placementProblems({ capacity, placementGroup }: Purchase): Problem[] {
  if (placementGroup !== true || !isReserved(capacity)) return [];
  const path = "placementGroup";
  const message = `A new cluster placement group cannot hold capacity that was reserved outside it (capacity type ${capacity.type}): launches fail with InsufficientInstanceCapacity.`;
  return [
    error("capacity-conflict", path, message, "Remove placementGroup: reserved capacity has its own placement.", [{ path, value: false }]),
  ];
}

/** The catalog has no on-demand price for a type that AWS sells only in blocks. */
function soldOnlyAsBlock(capacity: CapacityArgs, type: InstanceTypeFacts | undefined): Problem[] {
  if (isReserved(capacity) || type?.gpu === undefined || type.unsupportedReason !== undefined) return [];
  if (type.onDemandUsdPerHour !== undefined) return [];
  const message = `${type.name} has no on-demand price: AWS sells it as capacity blocks only, so ${capacity.type} nodes would never launch.`;
  const changes = [{ path: "capacity.type", value: CapacityType.CapacityBlock }];
  return [
    error(
      "capacity-conflict",
      "capacity.type",
      message,
      "Buy a capacity block and set capacity.reservationId, or choose another instance type.",
      changes,
    ),
  ];
}

/** The catalog lists every type that AWS sells in blocks. */
function notSoldAsBlock({ type: capacityType }: CapacityArgs, type: InstanceTypeFacts | undefined): Problem[] {
  if (capacityType !== CapacityType.CapacityBlock || type?.gpu === undefined || type.unsupportedReason !== undefined) return [];
  const sold = capacityBlockRegions.flatMap(({ instanceTypes }) => instanceTypes);
  if (sold.includes(type.name)) return [];
  const message = `AWS does not sell capacity blocks of ${type.name}; it sells them of ${sold.join(", ")}.`;
  return [error("capacity-conflict", "capacity.type", message, "Choose one of these types, or buy on demand, spot or a reservation.")];
}
