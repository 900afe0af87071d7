import assert from "node:assert/strict";
import { instanceType } from "../../../catalog/instanceTypes";
import { CapacityType, type CapacityArgs } from "../../../components/efaGpuNodeGroup/capacity";
import { inConfiguration } from "../../../environment/configurationPaths";
import { capacityProblems } from "../../../components/efaGpuNodeGroup/capacityProblems";
import { resolveNodeGroup } from "../../../components/efaGpuNodeGroup/resolveNodeGroup";

// Does not prove that EC2 or EKS accepts the combination: the provider passes CAPACITY_BLOCK and capacity-block on without a check.
const id = "cr-0123456789abcdef0";
const group = "arn:aws:resource-groups:us-west-2:111122223333:group/gpus";
const startsAt = "2026-12-01T11:30:00Z";
const onDemand: CapacityArgs = { type: CapacityType.OnDemand };
const spot: CapacityArgs = { type: CapacityType.Spot };
const reservation: CapacityArgs = { type: CapacityType.Reservation, reservationId: id };
const block: CapacityArgs = { type: CapacityType.CapacityBlock, reservationId: id };

const planOf = (capacity: CapacityArgs, more: { asOf?: string; nodeCount?: number } = {}) =>
  resolveNodeGroup({ instanceType: "p5.48xlarge", nodeCount: 2, capacity, ...more });

const found = (capacity: CapacityArgs, more: { asOf?: string; placementGroup?: boolean; type?: string } = {}) => {
  const { type = "p5.48xlarge", ...rest } = more;
  return capacityProblems({ capacity, ...rest }, instanceType(type)).map(({ code, path, severity }) => `${severity} ${code} ${path}`);
};

describe("capacity of a GPU node group", () => {
  it("is bought on demand by default", () => {
    const plan = resolveNodeGroup({ instanceType: "p5.48xlarge", nodeCount: 2 });
    assert.equal(plan.nodeGroup.capacityType, "ON_DEMAND");
    assert.deepEqual(plan.nodeGroup.instanceTypes, ["p5.48xlarge"]);
  });

  for (const [title, capacity, expected] of [
    ["on demand", onDemand, { capacityType: "ON_DEMAND", noRoomForTwo: false, instanceTypeInTemplate: false }],
    ["on spot", spot, { capacityType: "SPOT", noRoomForTwo: false, instanceTypeInTemplate: false }],
    [
      "only from one reservation",
      reservation,
      {
        capacityType: "ON_DEMAND",
        noRoomForTwo: true,
        instanceTypeInTemplate: false,
        reservationTarget: { capacityReservationId: id },
        reservationPreference: "capacity-reservations-only",
      },
    ],
    [
      "only from a group of reservations",
      { type: CapacityType.Reservation, reservationGroupArn: group },
      {
        capacityType: "ON_DEMAND",
        noRoomForTwo: true,
        instanceTypeInTemplate: false,
        reservationTarget: { capacityReservationResourceGroupArn: group },
        reservationPreference: "capacity-reservations-only",
      },
    ],
    [
      "from a capacity block, with the instance type in the launch template only",
      block,
      {
        capacityType: "CAPACITY_BLOCK",
        noRoomForTwo: true,
        instanceTypeInTemplate: true,
        reservationTarget: { capacityReservationId: id },
        marketType: "capacity-block",
      },
    ],
  ] as [string, CapacityArgs, object][]) {
    it(`launches nodes ${title}`, () => {
      assert.deepEqual(planOf(capacity).capacity, expected);
      assert.equal(planOf(capacity).nodeGroup.instanceTypes === undefined, capacity.type === CapacityType.CapacityBlock);
      assert.deepEqual(found(capacity), []);
    });
  }

  it("is updated without a spare node and repaired by a reboot if it is reserved, because there are no other nodes", () => {
    for (const capacity of [reservation, block]) {
      const { updateConfig, nodeRepairConfig } = planOf(capacity).nodeGroup;
      assert.deepEqual(updateConfig, { maxUnavailable: 1, updateStrategy: "MINIMAL" });
      const overrides = nodeRepairConfig.nodeRepairConfigOverrides ?? [];
      assert.deepEqual(
        overrides.map((each) => each.nodeUnhealthyReason),
        [74, 79, 119, 120, 121, 140].map((xid) => `NvidiaXID${xid}Error`),
      );
      assert.ok(overrides.every((each) => each.repairAction === "Reboot" && each.minRepairWaitTimeMins % 10 === 0));
    }
    for (const capacity of [onDemand, spot]) {
      assert.deepEqual(planOf(capacity).nodeGroup.updateConfig, { maxUnavailable: 1, updateStrategy: "DEFAULT" });
      assert.deepEqual(planOf(capacity).nodeGroup.nodeRepairConfig, { enabled: true });
    }
  });

  it("gets a placement group on demand and on spot, whatever the number of nodes, and never with a reservation", () => {
    for (const nodeCount of [0, 1, 2]) {
      assert.deepEqual(
        [onDemand, spot, reservation, block].map((capacity) => planOf(capacity, { nodeCount }).placementGroup),
        [true, true, false, false],
      );
    }
  });

  describe("in a block that has not started", () => {
    const waiting = { ...block, startsAt };
    it("asks for no nodes, with a warning", () => {
      assert.deepEqual(planOf(waiting, { asOf: "2026-12-01T11:29:59Z" }).nodeGroup.scalingConfig, {
        minSize: 0,
        desiredSize: 0,
        maxSize: 2,
      });
      assert.deepEqual(found(waiting, { asOf: "2026-12-01" }), ["warning capacity-block-not-started capacity.startsAt"]);
    });
    it("asks for all nodes from the second at which the block starts", () => {
      assert.equal(planOf(waiting, { asOf: startsAt }).nodeGroup.scalingConfig.desiredSize, 2);
      assert.equal(planOf(waiting, { asOf: "2026-12-01T12:30:00+01:00" }).nodeGroup.scalingConfig.desiredSize, 2);
      assert.deepEqual(found(waiting, { asOf: startsAt }), []);
    });
    it("changes only the number of nodes when the block starts", () => {
      const before = planOf(waiting, { asOf: "2026-11-24" });
      const after = planOf(waiting, { asOf: "2026-12-02" });
      const { scalingConfig, ...rest } = after.nodeGroup;
      assert.deepEqual({ ...before, nodeGroup: null }, { ...after, nodeGroup: null });
      assert.deepEqual(before.nodeGroup, { ...rest, scalingConfig: { ...scalingConfig, desiredSize: 0 } });
    });
    it("is refused without a date", () => assert.deepEqual(found(waiting), ["error missing-value asOf"]));
  });

  const refused: [title: string, capacity: CapacityArgs, more: Parameters<typeof found>[1], problems: string[]][] = [
    ["a reservation without id or group", { type: "reservation" }, {}, ["error reservation-missing capacity.reservationId"]],
    ["a capacity block without id", { type: "capacityBlock" }, {}, ["error reservation-missing capacity.reservationId"]],
    [
      "a capacity block with a group",
      { ...block, reservationGroupArn: group },
      {},
      ["error capacity-conflict capacity.reservationGroupArn"],
    ],
    [
      "an id and a group at once",
      { ...reservation, reservationGroupArn: group },
      {},
      ["error capacity-conflict capacity.reservationGroupArn"],
    ],
    ["a reservation beside on demand", { ...onDemand, reservationId: id }, {}, ["error capacity-conflict capacity.reservationId"]],
    [
      "a reservation group beside spot",
      { ...spot, reservationGroupArn: group },
      {},
      ["error capacity-conflict capacity.reservationGroupArn"],
    ],
    ["a start outside a capacity block", { ...reservation, startsAt }, { asOf: startsAt }, ["error capacity-conflict capacity.startsAt"]],
    ["a start that is not a time", { ...block, startsAt: "tomorrow" }, { asOf: startsAt }, ["error wrong-type capacity.startsAt"]],
    ["an invalid date", { ...block, startsAt }, { asOf: "today" }, ["error wrong-type asOf"]],
    ["an invalid id", { ...reservation, reservationId: "gpu-reservation" }, {}, ["error wrong-type capacity.reservationId"]],
    ["a placement group with a reservation", reservation, { placementGroup: true }, ["error capacity-conflict placementGroup"]],
    ["a placement group with a capacity block", block, { placementGroup: true }, ["error capacity-conflict placementGroup"]],
    ["on demand for a type sold as blocks", onDemand, { type: "p5e.48xlarge" }, ["error capacity-conflict capacity.type"]],
    ["a way of buying that does not exist", { type: "ondemand" as CapacityType }, {}, ["error wrong-type capacity.type"]],
  ];
  for (const [title, capacity, more, problems] of refused) {
    it(`is refused for ${title}`, () => assert.deepEqual(found(capacity, more), problems));
  }

  it("accepts a placeholder of an environment file, for which the stack asks later", () => {
    assert.deepEqual(found({ ...block, reservationId: "<reservation id>" }), []);
  });

  it("names the setting by its path in the configuration", () => {
    const found = capacityProblems({ capacity: reservation, placementGroup: true }, instanceType("p5.48xlarge"));
    assert.equal(found[0]?.path, "placementGroup");
    const [problem] = inConfiguration("EfaGpuNodeGroup", found);
    assert.equal(problem?.path, "gpuNodes.placementGroup");
    assert.deepEqual(problem?.changes, [{ path: "gpuNodes.placementGroup", value: false }]);
  });
});
