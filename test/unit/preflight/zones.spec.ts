// Proves which zones are refused and what is proposed instead. The catalog says which zones EKS refuses, with its source.
import assert from "node:assert/strict";
import { zones } from "../../../preflight/account/checks/zones";
import * as answers from "./answers";
import { adopted } from "./goodCases";
import { brief, resultOf } from "./recordedAccount";

const listed = answers.zones.AvailabilityZones!;
const answering = (...all: typeof listed) => ({ "ec2:DescribeAvailabilityZones": { AvailabilityZones: all } });
const changed = (name: string, changes: object) =>
  answering(...listed.map((zone) => (zone.ZoneName === name ? { ...zone, ...changes } : zone)));
const list = (...values: string[]) => values.map((value, index) => ({ path: `network.availabilityZones[${index}]`, value }));

describe("the question about zones", () => {
  it("replaces a zone that the account does not have with one that it has, and keeps the GPU zone first", async () => {
    const result = await resultOf(zones, ["dev"], answering(...listed.filter(({ ZoneName }) => ZoneName !== "us-west-2b")));
    assert.deepEqual(brief(result), {
      outcome: "bad",
      answer: "usable: us-west-2a, us-west-2c, us-west-2d",
      problems: [
        {
          code: "zone-unavailable",
          severity: "error",
          path: "network.availabilityZones",
          changes: list("us-west-2a", "us-west-2c", "us-west-2d"),
        },
      ],
    });
    assert.equal(
      result.problems[0]!.message,
      "us-west-2b: this account has no such zone. Usable in us-west-2: us-west-2a, us-west-2c, us-west-2d.",
    );
    assert.equal(result.problems[0]!.fix, 'Set network.availabilityZones to ["us-west-2a","us-west-2c","us-west-2d"].');
  });

  it("keeps the GPU zone first whatever its letter", async () => {
    const result = await resultOf(zones, ["dev", "availabilityZone=us-west-2c"], changed("us-west-2b", { State: "unavailable" }));
    assert.deepEqual(result.problems[0]!.changes, list("us-west-2c", "us-west-2a", "us-west-2d"));
  });

  for (const [words, changes] of [
    ["AWS says it is impaired", { State: "impaired" }],
    ["it is a local-zone", { ZoneType: "local-zone" }],
    ["EKS does not place control planes in usw1-az2", { ZoneId: "usw1-az2" }],
    ["EKS does not place control planes in use1-az3", { ZoneId: "use1-az3" }],
    ["EKS does not place control planes in cac1-az3", { ZoneId: "cac1-az3" }],
  ] as const) {
    it(`refuses a zone: ${words}`, async () => {
      const result = await resultOf(zones, ["dev"], changed("us-west-2c", changes));
      assert.equal(result.problems.length, 1);
      assert.match(result.problems[0]!.message, new RegExp(`^us-west-2c: ${words}\\. Usable`));
      assert.deepEqual(result.problems[0]!.changes, list("us-west-2a", "us-west-2b", "us-west-2d"));
    });
  }

  it("proposes no list if too few zones are left to fill it", async () => {
    const result = await resultOf(zones, ["dev"], answering(...listed.slice(0, 2)));
    assert.deepEqual(brief(result).problems, [
      { code: "zone-unavailable", severity: "error", path: "network.availabilityZones", changes: [] },
    ]);
    assert.equal(result.problems[0]!.fix, 'Set network.availabilityZones to ["us-west-2a","us-west-2b"].');
  });

  it("proposes no other GPU zone, because it must have the instance type too", async () => {
    const result = await resultOf(zones, ["dev"], changed("us-west-2a", { State: "unavailable" }));
    assert.deepEqual(brief(result).problems, [{ code: "zone-unavailable", severity: "error", path: "availabilityZone", changes: [] }]);
  });

  it("asks only about the GPU zone in an adopted network, where EKS need not place a control plane", async () => {
    const result = await resultOf(zones, adopted, changed("us-west-2b", { ZoneId: "usw1-az2" }));
    assert.deepEqual([result.outcome, result.question], ["good", "May this account use us-west-2b?"]);
    const missing = await resultOf(zones, adopted, answering(...listed.filter(({ ZoneName }) => ZoneName === "us-west-2a")));
    assert.deepEqual(brief(missing).problems, [{ code: "zone-unavailable", severity: "error", path: "availabilityZone", changes: [] }]);
    assert.match(missing.problems[0]!.fix, /and network\.nodeSubnetId to a subnet there\.$/);
  });
});
