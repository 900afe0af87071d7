// Proves how vCPUs count against a quota, by cases and by properties. AWS's documentation says that it counts so (catalog/quotas.ts).
import assert from "node:assert/strict";
import fc from "fast-check";
import type { CapacityReservation, Instance } from "@aws-sdk/client-ec2";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { quotas, vcpuQuotaOf, vcpuQuotas } from "../../../catalog/quotas";
import { demandedVcpus } from "../../../sizing/costAndTime/vcpuQuota";
import { systemVcpuQuota, vcpuQuota } from "../../../preflight/account/checks/vcpuQuota";
import { caller, capacityReservation, describedTypes, instances, ownTag, quota, reservationId, systemType } from "./answers";
import { arises, awsError, brief, preflight, resultOf, type Answers, type Settings } from "./recordedAccount";

const use = (running: Instance[], reserved: CapacityReservation[] = []): Answers => ({
  "sts:GetCallerIdentity": caller,
  "ec2:DescribeInstances": instances(...running),
  "ec2:DescribeCapacityReservations": { CapacityReservations: reserved },
});
const p4d: Instance = { InstanceType: "p4d.24xlarge" };
const place = (changes: Partial<CapacityReservation> = {}) =>
  capacityReservation({ InstanceType: "p4d.24xlarge", AvailabilityZone: "us-west-2a", AvailableInstanceCount: 1, ...changes });
const numbers = async (value: number, answers: Answers, settings: Settings = ["dev"]) => {
  const code = settings.includes("capacity.type=spot") ? "L-7212CCBC" : "L-417A185B";
  const { answer } = await resultOf(vcpuQuota, settings, { ...answers, ...quota({ [code]: value }, 0) });
  return / (\d+) vCPUs, (\d+) used by others, (\d+) needed/.exec(answer)!.slice(1).map(Number);
};

describe("the quota of the GPU nodes", () => {
  it("is too low if running instances and the nodes exceed it, and the command requests what is needed", async () => {
    const result = await resultOf(vcpuQuota, ["dev"], { ...use([p4d]), ...quota({ "L-417A185B": 287 }) });
    assert.deepEqual(brief(result), {
      outcome: "bad",
      answer: "Running On-Demand P instances (L-417A185B): 287 vCPUs, 96 used by others, 288 needed in all",
      problems: [{ code: "quota-too-low", severity: "error", path: "nodeCount", changes: [] }],
    });
    assert.equal(
      result.problems[0]!.message,
      'The quota "Running On-Demand P instances" (L-417A185B) of us-west-2 is 287 vCPUs; 96 are used and 2 × p4d.24xlarge take 192: 288 are needed.',
    );
    assert.equal(
      result.problems[0]!.fix,
      "Request an increase and wait until AWS grants it: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-417A185B --desired-value 288 --region us-west-2",
    );
    const enough = await resultOf(vcpuQuota, ["dev"], { ...use([p4d]), ...quota({ "L-417A185B": 288 }) });
    assert.equal(enough.outcome, "good");
  });

  it("is AWS's default if the account has no value", async () => {
    const missing = awsError("NoSuchResourceException", "The request failed because the specified quota does not exist.");
    const answers: Answers = {
      ...use([]),
      "servicequotas:GetServiceQuota": missing,
      "servicequotas:GetAWSDefaultServiceQuota": { Quota: { QuotaCode: "L-417A185B", Value: 0 } },
    };
    const result = await resultOf(vcpuQuota, ["dev"], answers);
    assert.equal(result.answer, "Running On-Demand P instances (L-417A185B): 0 vCPUs, 0 used by others, 192 needed in all");
    assert.equal(result.outcome, "bad");
  });

  it("does not count nodes of this stack twice, and counts those of another type", async () => {
    assert.deepEqual(
      await numbers(
        500,
        use([
          { ...p4d, ...ownTag("dev") },
          { ...p4d, ...ownTag("dev") },
        ]),
      ),
      [500, 0, 192],
    );
    assert.deepEqual(await numbers(500, use([{ ...p4d, ...ownTag("prod") }])), [500, 96, 288]);
    assert.deepEqual(await numbers(500, use([{ InstanceType: "p5.48xlarge", ...ownTag("dev") }])), [500, 192, 384]);
  });

  it("counts only what was bought in the same way and belongs to the same families", async () => {
    const others: Instance[] = [
      { ...p4d, InstanceLifecycle: "spot" },
      { ...p4d, InstanceLifecycle: "capacity-block" },
      { ...p4d, Placement: { Tenancy: "host" } },
      { InstanceType: "pz9.large" as "p4d.24xlarge" },
    ];
    assert.deepEqual(await numbers(500, use(others)), [500, 0, 192]);
    assert.deepEqual(await numbers(500, use(others), ["dev", "capacity.type=spot"]), [500, 96, 288]);
  });

  it("takes the vCPUs of a type that the catalog lacks from the instance", async () => {
    const old: Instance = { InstanceType: "p3.16xlarge", CpuOptions: { CoreCount: 32, ThreadsPerCore: 2 } };
    assert.deepEqual(await numbers(500, use([old])), [500, 64, 256]);
    const result = await resultOf(vcpuQuota, ["dev"], { ...use([{ InstanceType: "p3.16xlarge" }]), ...quota({}) });
    assert.deepEqual(
      [result.outcome, result.answer],
      ["notAsked", "ec2:DescribeInstances answered without the vCPUs of i-0 (p3.16xlarge)"],
    );
  });

  it("counts unused places of reservations, except those of other accounts and of blocks", async () => {
    const elsewhere = place({ AvailabilityZone: "us-west-2b" });
    assert.deepEqual(await numbers(500, use([], [elsewhere])), [500, 96, 288]);
    assert.deepEqual(
      await numbers(500, use([], [place({ InstanceMatchCriteria: "targeted", AvailableInstanceCount: 3 })])),
      [500, 288, 480],
    );
    assert.deepEqual(await numbers(500, use([], [{ ...elsewhere, State: "pending", TotalInstanceCount: 2 }])), [500, 192, 384]);
    assert.deepEqual(await numbers(500, use([], [{ ...elsewhere, OwnerId: "999999999999" }])), [500, 0, 192]);
    assert.deepEqual(await numbers(500, use([], [{ ...elsewhere, ReservationType: "capacity-block" }])), [500, 0, 192]);
    assert.deepEqual(await numbers(500, use([], [{ ...elsewhere, InstanceType: "m6i.large" }])), [500, 0, 192]);
  });

  it("counts places that the nodes will take once", async () => {
    const open = (AvailableInstanceCount: number) => place({ InstanceMatchCriteria: "open", AvailableInstanceCount });
    assert.deepEqual(await numbers(500, use([], [open(1)])), [500, 0, 192]);
    assert.deepEqual(await numbers(500, use([], [open(3)])), [500, 0, 288]);
    assert.deepEqual(await numbers(500, use([{ ...p4d, ...ownTag("dev") }], [open(2)])), [500, 0, 288]);
  });

  it("adds up the pages of an answer, unless there are too many", async () => {
    const page = (NextToken?: string) => ({ ...instances(p4d), ...(NextToken !== undefined && { NextToken }) });
    const answers: Answers = {
      ...use([]),
      ...quota({}),
      "ec2:DescribeInstances": ({ NextToken }) => (NextToken === "2" ? page() : page("2")),
    };
    const { report, account } = await preflight([vcpuQuota], ["dev"], answers);
    assert.match(report.checks[0]!.answer, /, 192 used by others, 384 needed/);
    assert.deepEqual(account.calls.filter(({ name }) => name === "ec2:DescribeInstances")[0]!.input, {
      Filters: [
        { Name: "instance-state-name", Values: ["pending", "running"] },
        { Name: "instance-type", Values: ["p*"] },
      ],
      MaxResults: 1000,
    });
    let count = 0;
    const endless = await resultOf(vcpuQuota, ["dev"], { ...answers, "ec2:DescribeInstances": () => page(String(++count)) });
    assert.deepEqual([endless.outcome, endless.answer], ["notAsked", "more than 10 pages of answers; they were not counted"]);
    assert.equal(count, 10);
  });

  it("does not arise for paid capacity or without nodes", async () => {
    assert.equal(await arises(vcpuQuota, ["prod", `capacity.reservationId=${reservationId}`]), false);
    assert.equal(await arises(vcpuQuota, ["prod", "capacity.type=capacityBlock", `capacity.reservationId=${reservationId}`]), false);
    assert.equal(await arises(vcpuQuota, ["dev", "nodeCount=0"]), false);
  });

  it("is not asked if AWS states none", async () => {
    const result = await resultOf(vcpuQuota, ["dev", "instanceType=p6-b200.48xlarge", "capacity.type=spot"], use([]));
    assert.deepEqual([result.outcome, result.answer], ["notAsked", "AWS states no spot quota for p6-b200.48xlarge, so none was checked"]);
  });
});

describe("the quota of the system nodes", () => {
  const answers = (running: Instance[]) => ({ ...use(running), ...describedTypes(systemType), ...quota({ "L-1216C47A": 5 }) });
  const small: Instance = { InstanceType: "m6i.large", CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 } };
  const ofCluster = (name: string) => ({ Tags: [{ Key: "eks:cluster-name", Value: name }] });

  it("is too low for two of them beside another instance in a new account", async () => {
    const result = await resultOf(systemVcpuQuota, ["dev"], answers([small]));
    assert.deepEqual(brief(result).problems, [
      { code: "quota-too-low", severity: "error", path: "cluster.systemInstanceType", changes: [] },
    ]);
    assert.match(result.answer, /: 5 vCPUs, 2 used by others, 6 needed in all$/);
  });

  it("recognises its nodes by the cluster's name", async () => {
    const own = { ...small, ...ofCluster("vllm-eks-dev") };
    assert.match((await resultOf(systemVcpuQuota, ["dev"], answers([own, own]))).answer, /, 0 used by others, 4 needed/);
    assert.match((await resultOf(systemVcpuQuota, ["dev"], answers([{ ...small, ...ofCluster("other") }]))).answer, /, 2 used/);
  });
});

describe("the demand for vCPUs", () => {
  const amount = fc.nat({ max: 5000 });
  const uses = fc.record({ running: amount, reservedForOthers: amount, reservedForNodes: amount, nodesRunning: amount, nodes: amount });

  it("is never below what others use and the nodes take, and grows by what others add", () => {
    fc.assert(
      fc.property(uses, amount, (asked, more) => {
        const needed = demandedVcpus(asked);
        assert.ok(needed >= asked.running + asked.reservedForOthers + asked.nodes);
        assert.equal(demandedVcpus({ ...asked, running: asked.running + more }), needed + more);
        assert.equal(demandedVcpus({ ...asked, reservedForOthers: asked.reservedForOthers + more }), needed + more);
      }),
    );
  });

  it("is the same before and after the nodes run, whatever part of them runs in a reservation", () => {
    fc.assert(
      fc.property(amount, amount, amount, (running, places, nodes) => {
        const landed = Math.min(places, nodes);
        const before = demandedVcpus({ running, reservedForOthers: 0, reservedForNodes: places, nodesRunning: 0, nodes });
        const after = demandedVcpus({ running, reservedForOthers: 0, reservedForNodes: places - landed, nodesRunning: nodes, nodes });
        assert.equal(before, after);
      }),
    );
  });
});

describe("catalog/quotas", () => {
  it("counts every GPU type against the quota that its row names", () => {
    for (const { name, gpu, vcpuQuotaCode } of instanceTypes) {
      if (gpu) assert.equal(vcpuQuotaOf(name, "onDemand")?.quotaCode, vcpuQuotaCode, name);
    }
  });

  for (const [type, onDemand, spot] of [
    ["p4d.24xlarge", "L-417A185B", "L-7212CCBC"],
    ["p5en.48xlarge", "L-417A185B", "L-C4BD4855"],
    ["p6-b300.48xlarge", "L-417A185B", undefined],
    ["g6e.48xlarge", "L-DB2E81BA", "L-3819A6DF"],
    ["gr6.8xlarge", "L-DB2E81BA", "L-3819A6DF"],
    ["m6i.large", "L-1216C47A", "L-34B43A08"],
    ["im4gn.large", "L-1216C47A", "L-34B43A08"],
    ["inf2.xlarge", undefined, undefined],
    ["trn1.2xlarge", undefined, undefined],
    ["hpc7a.96xlarge", undefined, undefined],
    ["mac2.metal", undefined, undefined],
    ["u-6tb1.56xlarge", undefined, undefined],
  ] as const) {
    it(`counts ${type} against ${onDemand ?? "no known quota"}, and on spot against ${spot ?? "no known quota"}`, () => {
      assert.deepEqual([vcpuQuotaOf(type, "onDemand")?.quotaCode, vcpuQuotaOf(type, "spot")?.quotaCode], [onDemand, spot]);
    });
  }

  it("has a page, a date and a confidence for every quota, and each code once", () => {
    const all = [...vcpuQuotas, ...Object.values(quotas)];
    assert.equal(new Set(all.map(({ quotaCode }) => quotaCode)).size, 12);
    for (const { quotaCode, source } of all) {
      assert.match(quotaCode, /^L-[0-9A-F]{8}$/);
      assert.match(source.url, /^https:\/\/docs\.aws\.amazon\.com\//);
      assert.equal(source.asOf, "2026-11-24");
    }
  });
});
