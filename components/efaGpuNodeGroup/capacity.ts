/** How you buy the GPUs, and what follows for launch template, node group and replacement. */

/** How you buy the capacity of a GPU node group. */
export const CapacityType = {
  /** You pay by the second. Only the launch shows whether AWS has the nodes. */
  OnDemand: "onDemand",
  /** Cheaper, but AWS can reclaim a node, which stops its whole group of nodes. */
  Spot: "spot",
  /** An on-demand capacity reservation (ODCR) that you own. */
  Reservation: "reservation",
  /** A capacity block for machine learning: you pay in advance for the time from its start to its end. */
  CapacityBlock: "capacityBlock",
} as const;
export type CapacityType = (typeof CapacityType)[keyof typeof CapacityType];

export interface CapacityArgs {
  /** How you buy the nodes. A change replaces the node group. */
  type: CapacityType;
  /**
   * Id of the capacity reservation or capacity block, `cr-…`. It must be in the zone of `subnetId` and for `instanceType`, or no node
   * launches. A capacity block needs it; a reservation needs this or `reservationGroupArn`. @default none
   */
  reservationId?: string;
  /** ARN of a resource group that holds several on-demand capacity reservations. @default none */
  reservationGroupArn?: string;
  /**
   * When the capacity block starts, RFC 3339, for example `2026-12-01T11:30:00Z`. Until `asOf` reaches it, the group asks for no nodes,
   * because a launch before the start fails the node group. @default the block has started
   */
  startsAt?: string;
}

/** The plain settings of launch template and node group that depend on how you buy the capacity. */
export interface ResolvedCapacity {
  capacityType: "ON_DEMAND" | "SPOT" | "CAPACITY_BLOCK";
  /** There are no nodes beyond those paid for: do not surge, do not create a second group first, do not give a node back. */
  noRoomForTwo: boolean;
  /** Where to set the instance type: for capacity blocks EKS requires it in the template, and it accepts it in one place only. */
  instanceTypeInTemplate: boolean;
  reservationTarget?: { capacityReservationId: string } | { capacityReservationResourceGroupArn: string };
  reservationPreference?: "capacity-reservations-only";
  marketType?: "capacity-block";
}

/**
 * Blocks: https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html. A reservation is on-demand capacity with a target.
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
        // Without it a full reservation silently spills over to on-demand nodes at full price.
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

/** A cluster placement group puts nodes close together. With a reservation it can only cause EC2 to refuse the paid capacity. */
export const placementGroupByDefault = (capacity: CapacityArgs): boolean => !resolveCapacity(capacity).noRoomForTwo;

/** True if the capacity block starts after `asOf`. A date without a time means midnight UTC. */
export const blockNotStarted = ({ type, startsAt }: CapacityArgs, asOf: string | undefined): boolean =>
  type === CapacityType.CapacityBlock && startsAt !== undefined && asOf !== undefined && Date.parse(asOf) < Date.parse(startsAt);

/**
 * XID errors for which EKS may replace the node (https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html). Sources disagree on
 * which of them only cause a reboot by default, so the action is set for all of them.
 */
const replacingXids = [74, 79, 119, 120, 121, 140];

export interface RepairOverride {
  nodeMonitoringCondition: string;
  nodeUnhealthyReason: string;
  minRepairWaitTimeMins: number;
  repairAction: "Reboot";
}

/**
 * A replacement gives the paid slot back before it asks for another, and may not get one, so the node reboots instead. EKS accepts waits
 * from 10 to 120 minutes in steps of 10.
 */
export const repairOverrides = (plan: ResolvedCapacity): RepairOverride[] =>
  (plan.noRoomForTwo ? replacingXids : []).map((xid) => ({
    nodeMonitoringCondition: "AcceleratedHardwareReady",
    nodeUnhealthyReason: `NvidiaXID${xid}Error`,
    minRepairWaitTimeMins: 10,
    repairAction: "Reboot",
  }));
