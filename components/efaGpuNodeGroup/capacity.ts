/** How the GPUs are bought, and everything that follows from it for launch template, node group and replacement. */

/** How the capacity of a GPU node group is bought. */
export const CapacityType = {
  /** Pay by the second; whether AWS has the nodes is known only when they launch. */
  OnDemand: "onDemand",
  /** Cheaper, and one reclaimed node stops its whole group of nodes. */
  Spot: "spot",
  /** An on-demand capacity reservation (ODCR) that you own. */
  Reservation: "reservation",
  /** A capacity block for machine learning: paid in advance, from a start to an end. */
  CapacityBlock: "capacityBlock",
} as const;
export type CapacityType = (typeof CapacityType)[keyof typeof CapacityType];

export interface CapacityArgs {
  /** How the nodes are bought. A change replaces the node group. */
  type: CapacityType;
  /**
   * Id of the capacity reservation or capacity block, `cr-…`. It must be in the zone of `subnetId` and for `instanceType`, or no node ever
   * launches. Needed by a capacity block; a reservation needs this or `reservationGroupArn`. @default none
   */
  reservationId?: string;
  /** ARN of a resource group that holds several on-demand capacity reservations. @default none */
  reservationGroupArn?: string;
  /**
   * When the capacity block starts, RFC 3339, for example `2026-12-01T11:30:00Z`. Until `asOf` has reached it the group asks for no nodes:
   * a launch before the start fails the node group. @default the block has started
   */
  startsAt?: string;
}

/** Plain part of a launch template and a node group that depends on how the capacity is bought. */
export interface ResolvedCapacity {
  capacityType: "ON_DEMAND" | "SPOT" | "CAPACITY_BLOCK";
  /** No more nodes can be had than those paid for: nothing may surge, be created beside, or be given back. */
  noRoomForTwo: boolean;
  /** Where the instance type is stated: EKS wants it in the template for capacity blocks and accepts it in one place only. */
  instanceTypeInTemplate: boolean;
  reservationTarget?: { capacityReservationId: string } | { capacityReservationResourceGroupArn: string };
  reservationPreference?: "capacity-reservations-only";
  marketType?: "capacity-block";
}

/**
 * https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html for blocks; a reservation is on-demand capacity with a target.
 */
export function resolveCapacity(capacity: CapacityArgs): ResolvedCapacity {
  const elastic = { noRoomForTwo: false, instanceTypeInTemplate: false };
  switch (capacity.type) {
    case CapacityType.OnDemand:
      return { capacityType: "ON_DEMAND", ...elastic };
    case CapacityType.Spot:
      return { capacityType: "SPOT", ...elastic };
    case CapacityType.Reservation:
      return {
        capacityType: "ON_DEMAND",
        noRoomForTwo: true,
        instanceTypeInTemplate: false,
        reservationTarget: reservationTarget(capacity),
        // Without it a full reservation spills over to on-demand nodes at full price, unseen.
        reservationPreference: "capacity-reservations-only",
      };
    case CapacityType.CapacityBlock:
      return {
        capacityType: "CAPACITY_BLOCK",
        noRoomForTwo: true,
        instanceTypeInTemplate: true,
        reservationTarget: reservationTarget(capacity),
        marketType: "capacity-block",
      };
  }
}

const reservationTarget = ({ reservationId = "", reservationGroupArn }: CapacityArgs) =>
  reservationGroupArn === undefined
    ? { capacityReservationId: reservationId }
    : { capacityReservationResourceGroupArn: reservationGroupArn };

/** A cluster placement group brings nodes close together; with a reservation it only adds a way to be refused the paid capacity. */
export const placementGroupByDefault = (capacity: CapacityArgs): boolean => !resolveCapacity(capacity).noRoomForTwo;

/** True when `asOf` has not reached the start of the capacity block. A date without a time is its midnight, UTC. */
export const blockNotStarted = ({ type, startsAt }: CapacityArgs, asOf: string | undefined): boolean =>
  type === CapacityType.CapacityBlock && startsAt !== undefined && asOf !== undefined && Date.parse(asOf) < Date.parse(startsAt);

/**
 * XID errors for which EKS may replace the node (https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html). Sources disagree on
 * which of them it only reboots by default; stated for all, the action does not depend on it.
 */
const replacingXids = [74, 79, 119, 120, 121, 140];

export interface RepairOverride {
  nodeMonitoringCondition: string;
  nodeUnhealthyReason: string;
  minRepairWaitTimeMins: number;
  repairAction: "Reboot";
}

/**
 * A replacement gives the paid slot back before it asks for another, and may not get one: reboot instead. EKS accepts waits from 10 to 120
 * minutes in steps of 10.
 */
export const repairOverrides = (plan: ResolvedCapacity): RepairOverride[] =>
  (plan.noRoomForTwo ? replacingXids : []).map((xid) => ({
    nodeMonitoringCondition: "AcceleratedHardwareReady",
    nodeUnhealthyReason: `NvidiaXID${xid}Error`,
    minRepairWaitTimeMins: 10,
    repairAction: "Reboot",
  }));
