// Proves what makes a reservation unusable. EC2's API says how it describes one; no answer shows that a launch will succeed.
import assert from "node:assert/strict";
import type { CapacityReservation, Instance } from "@aws-sdk/client-ec2";
import { reservation } from "../../../preflight/account/checks/reservation";
import { capacityReservation, instances, ownTag, reservationId } from "./answers";
import { reserved } from "./goodCases";
import { arises, awsError, brief, preflight, resultOf, type Settings } from "./recordedAccount";

const found = (changes: Partial<CapacityReservation>, running: Instance[] = []) => ({
  "ec2:DescribeCapacityReservations": { CapacityReservations: [capacityReservation(changes)] },
  "ec2:DescribeInstances": instances(...running),
});
const block: Settings = [...reserved, "capacity.type=capacityBlock"];
const ofBlock = { ReservationType: "capacity-block", EndDate: new Date("2026-12-20T11:30:00Z"), EndDateType: "limited" } as const;
const problem = (path: string, changes: object[] = [], severity = "error") => ({ code: "reservation-unusable", severity, path, changes });
const id = "capacity.reservationId";

describe("the question about a reservation", () => {
  it("asks for it by its id", async () => {
    const { report, account } = await preflight([reservation], reserved, found({}));
    assert.equal(report.checks[0]!.question, `Does ${reservationId} have room for 4 × p5en.48xlarge in us-west-2b?`);
    assert.deepEqual(account.calls, [{ name: "ec2:DescribeCapacityReservations", input: { CapacityReservationIds: [reservationId] } }]);
  });

  it("accepts AWS's answer that there is none", async () => {
    for (const code of ["InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed"]) {
      const answers = { "ec2:DescribeCapacityReservations": awsError(code, "The capacity reservation ID does not exist") };
      const result = await resultOf(reservation, reserved, answers);
      assert.deepEqual(brief(result), { outcome: "bad", answer: `${reservationId} not found`, problems: [problem(id)] });
      assert.equal(result.problems[0]!.message, `${reservationId} does not exist in us-west-2 for this account.`);
    }
  });

  const cases: [string, Partial<CapacityReservation>, object[], RegExp][] = [
    [
      "is of another type",
      { InstanceType: "p5.48xlarge" },
      [problem("instanceType")],
      /reserves p5\.48xlarge, and instanceType is p5en\.48xlarge/,
    ],
    [
      "is in another zone of the network",
      { AvailabilityZone: "us-west-2c" },
      [problem("availabilityZone", [{ path: "availabilityZone", value: "us-west-2c" }])],
      /is in us-west-2c, and the nodes launch in us-west-2b/,
    ],
    ["is in a zone outside the network", { AvailabilityZone: "us-west-2d" }, [problem("availabilityZone")], /is in us-west-2d/],
    ["is for another platform", { InstancePlatform: "Windows" }, [problem(id)], /is for Windows, tenancy default/],
    ["is for dedicated hardware", { Tenancy: "dedicated" }, [problem(id)], /is for Linux\/UNIX, tenancy dedicated/],
    ["is cancelled", { State: "cancelled" }, [problem(id)], /is cancelled; nodes launch only into an active reservation/],
    [
      "begins later",
      { State: "scheduled", StartDate: new Date("2026-12-01T00:00:00Z") },
      [problem(id)],
      /is scheduled and starts at 2026-12-01T00:00:00Z;/,
    ],
    [
      "has too few free places",
      { AvailableInstanceCount: 3 },
      [problem(id)],
      /^4 nodes need places in \S+, and 3 of its 4 places are free\.$/,
    ],
    [
      "is in a placement group",
      { PlacementGroupArn: "arn:aws:ec2:us-west-2:123456789012:placement-group/p" },
      [problem(id, [], "warning")],
      /placement-group\/p/,
    ],
    [
      "is a block",
      { ReservationType: "capacity-block" },
      [problem("capacity.type", [{ path: "capacity.type", value: "capacityBlock" }])],
      /is a capacity block, and capacity\.type is reservation/,
    ],
    ["ended a minute ago", { EndDate: new Date("2026-11-23T23:59:00Z") }, [problem(id)], /ends at 2026-11-23T23:59:00Z, in 0\.0 h/],
    ["ends today", { EndDate: new Date("2026-11-24T20:00:00Z") }, [problem(id, [], "warning")], /ends at 2026-11-24T20:00:00Z, in 20\.0 h/],
  ];
  for (const [words, changes, problems, message] of cases) {
    it(`has a problem if it ${words}`, async () => {
      const result = await resultOf(reservation, reserved, found(changes));
      assert.deepEqual(brief(result).problems, problems);
      assert.match(result.problems[0]!.message, message);
    });
  }

  it("has no problem if it ends tomorrow", async () => {
    const result = await resultOf(reservation, reserved, found({ EndDate: new Date("2026-11-25T00:00:00Z") }));
    assert.deepEqual([result.outcome, result.answer.split(", ").at(-1)], ["good", "until 2026-11-25T00:00:00Z"]);
  });

  it("has no problem if nodes of this stack run in the places that are taken", async () => {
    const own = { CapacityReservationId: reservationId, ...ownTag("prod") };
    const enough = await resultOf(reservation, reserved, found({ AvailableInstanceCount: 2 }, [own, own]));
    assert.equal(enough.outcome, "good");
    const elsewhere = { ...ownTag("prod"), CapacityReservationId: "cr-00000000000000001" };
    const short = await resultOf(reservation, reserved, found({ AvailableInstanceCount: 2 }, [own, elsewhere]));
    assert.match(short.problems[0]!.message, /2 of its 4 places are free; nodes of this stack already run in 1 more\.$/);
  });

  it("names everything that is wrong at once", async () => {
    const result = await resultOf(
      reservation,
      reserved,
      found({ InstanceType: "p5.48xlarge", AvailabilityZone: "us-west-2c", State: "expired" }),
    );
    assert.deepEqual(
      result.problems.map(({ path }) => path),
      ["instanceType", "availabilityZone", id],
    );
  });

  it("does not look into a group of reservations, and says so", async () => {
    const group = "arn:aws:resource-groups:us-west-2:123456789012:group/gpus";
    const settings: Settings = ["dev", "capacity.type=reservation", `capacity.reservationGroupArn=${group}`];
    const result = await resultOf(reservation, settings, {});
    assert.deepEqual(
      [result.outcome, result.answer],
      ["notAsked", `${group} is a resource group; the preflight does not look into its reservations`],
    );
  });

  it("does not arise on demand, without nodes or for a placeholder", async () => {
    assert.equal(await arises(reservation, ["dev"]), false);
    assert.equal(await arises(reservation, [...reserved, "nodeCount=0", "replicas=0"]), false);
    assert.equal(await arises(reservation, ["prod"]), false);
  });
});

describe("the question about a capacity block", () => {
  const scheduled = { ...ofBlock, State: "scheduled", StartDate: new Date("2026-12-06T11:30:00Z") } as const;
  const start = { path: "capacity.startsAt", value: "2026-12-06T11:30:00Z" };

  it("is good while it is active", async () => {
    const result = await resultOf(reservation, block, found(ofBlock));
    assert.deepEqual(
      [result.outcome, result.answer],
      ["good", "active, 4 of 4 × p5en.48xlarge free in us-west-2b, until 2026-12-20T11:30:00Z"],
    );
  });

  it("warns of one that begins when the configuration says, with the time", async () => {
    for (const State of ["scheduled", "payment-pending"] as const) {
      const result = await resultOf(reservation, [...block, "capacity.startsAt=2026-12-06T11:30:00Z"], found({ ...scheduled, State }));
      assert.deepEqual(brief(result).problems, [problem("capacity.startsAt", [], "warning")]);
      assert.equal(
        result.problems[0]!.message,
        `${reservationId} is ${State}; it starts at 2026-12-06T11:30:00Z, and no node can launch until it is active.`,
      );
    }
  });

  it("refuses one that begins after the time given, or without a time, and sets it", async () => {
    for (const settings of [block, [...block, "capacity.startsAt=2026-12-05T11:30:00Z"]] as Settings[]) {
      const result = await resultOf(reservation, settings, found(scheduled));
      assert.deepEqual(brief(result).problems, [problem("capacity.startsAt", [start])]);
    }
  });

  it("refuses one with a failed payment, and one that is a reservation", async () => {
    const failed = await resultOf(reservation, block, found({ ...ofBlock, State: "payment-failed" }));
    assert.deepEqual(brief(failed).problems, [problem(id)]);
    const ordinary = await resultOf(reservation, block, found({}));
    assert.deepEqual(brief(ordinary).problems, [problem("capacity.type", [{ path: "capacity.type", value: "reservation" }])]);
  });

  it("is not asked if EC2 says scheduled but gives no start", async () => {
    const { StartDate: _, ...undated } = capacityReservation(scheduled);
    const result = await resultOf(reservation, block, { "ec2:DescribeCapacityReservations": { CapacityReservations: [undated] } });
    assert.deepEqual(
      [result.outcome, result.answer],
      ["notAsked", `ec2:DescribeCapacityReservations answered without the StartDate of ${reservationId}`],
    );
  });
});
