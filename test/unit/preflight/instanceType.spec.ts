// Proves what the checks make of an offering and of a description. It assumes that EC2 describes a type as it is sold.
import assert from "node:assert/strict";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { instanceTypeFacts } from "../../../preflight/account/checks/instanceTypeFacts";
import { instanceTypeOffered } from "../../../preflight/account/checks/instanceTypeOffered";
import { described, describedTypes, offeredIn } from "./answers";
import { adopted, reserved } from "./goodCases";
import { brief, resultOf, type Settings } from "./recordedAccount";

const offered = (type: string, ...zones: string[]) => ({ "ec2:DescribeInstanceTypeOfferings": offeredIn(type, ...zones) });
const notOffered = (path: string, changes: object[]) => [{ code: "instance-type-not-offered", severity: "error", path, changes }];

describe("the question whether a type is offered", () => {
  it("moves the GPU nodes to a zone of the network that offers it", async () => {
    const result = await resultOf(instanceTypeOffered, ["dev"], offered("p4d.24xlarge", "us-west-2d", "us-west-2c"));
    assert.deepEqual(brief(result), {
      outcome: "bad",
      answer: "p4d.24xlarge is offered in us-west-2c, us-west-2d",
      problems: notOffered("availabilityZone", [{ path: "availabilityZone", value: "us-west-2c" }]),
    });
    assert.equal(result.problems[0]!.message, "us-west-2a does not offer p4d.24xlarge; us-west-2c, us-west-2d do.");
  });

  it("replaces a zone of the network to add one outside it", async () => {
    const result = await resultOf(instanceTypeOffered, ["dev"], offered("p4d.24xlarge", "us-west-2d"));
    assert.deepEqual(
      brief(result).problems,
      notOffered("availabilityZone", [
        { path: "availabilityZone", value: "us-west-2d" },
        { path: "network.availabilityZones[0]", value: "us-west-2a" },
        { path: "network.availabilityZones[1]", value: "us-west-2b" },
        { path: "network.availabilityZones[2]", value: "us-west-2d" },
      ]),
    );
    assert.equal(result.problems[0]!.message, "us-west-2a does not offer p4d.24xlarge; us-west-2d does.");
  });

  it("proposes no zone if a subnet or a reservation would have to change with it", async () => {
    const cases: [Settings, string][] = [
      [adopted, "p4d.24xlarge"],
      [reserved, "p5en.48xlarge"],
    ];
    for (const [settings, type] of cases) {
      const result = await resultOf(instanceTypeOffered, settings, offered(type, "us-west-2c"));
      assert.deepEqual(brief(result).problems, notOffered("availabilityZone", []));
    }
  });

  it("advises another region for a type that no zone has", async () => {
    const result = await resultOf(instanceTypeOffered, ["dev"], offered("p4d.24xlarge"));
    assert.deepEqual(brief(result), {
      outcome: "bad",
      answer: "no zone of us-west-2 offers p4d.24xlarge",
      problems: notOffered("instanceType", []),
    });
  });
});

describe("the question whether the catalog is right", () => {
  const typed: Settings = ["dev"];
  const p4d = described("p4d.24xlarge");

  it("names every number that differs and gives the row with AWS's numbers", async () => {
    const other = {
      ...p4d,
      VCpuInfo: { DefaultVCpus: 128 },
      NetworkInfo: { ...p4d.NetworkInfo, EfaInfo: { MaximumEfaInterfaces: 3 } },
      EbsInfo: { EbsOptimizedInfo: { MaximumBandwidthInMbps: 19500 } },
    };
    const result = await resultOf(instanceTypeFacts, typed, describedTypes(other));
    assert.deepEqual(brief(result), {
      outcome: "warning",
      answer: "128 vCPUs, 8 GPUs, 4 network cards, 3 EFA devices",
      problems: [{ code: "catalog-drift", severity: "warning", path: "instanceType", changes: [] }],
    });
    const [problem] = result.problems;
    assert.match(problem!.message, /: 128 vCPUs \(catalog: 96\), 3 EFA devices \(catalog: 4\), 19.5 Gbit\/s to EBS \(catalog: 19\)\.$/);
    assert.equal(
      problem!.fix,
      'Install a newer release of this package, or correct catalog/instanceTypes.ts: row("p4d.24xlarge", { vcpus: 128, memoryGiB: 1152, gpu: [8, a100With40], networkGbps: 400, cards: [4, 3], interfaces: [15, 50], nvmeGB: 8000, ebsGbps: 19.5, usd: 21.957642 }),',
    );
  });

  it("says where to write another memory size of the GPU", async () => {
    const gpu = { Count: 8, Name: "A100", MemoryInfo: { SizeInMiB: 81920 } };
    const result = await resultOf(instanceTypeFacts, typed, describedTypes({ ...p4d, GpuInfo: { Gpus: [gpu] } }));
    assert.match(result.problems[0]!.message, /: 81920 MiB per GPU \(catalog: 40960\)\.$/);
    assert.match(result.problems[0]!.fix, /catalog\/gpus\.ts needs memoryMiB: 81920\.$/);
  });

  it("reads a type without EFA and disks as having none", async () => {
    const bare = { ...p4d, InstanceStorageSupported: false, NetworkInfo: { ...p4d.NetworkInfo, EfaSupported: false } };
    const result = await resultOf(instanceTypeFacts, typed, describedTypes(bare));
    assert.match(result.problems[0]!.message, /: 0 EFA devices \(catalog: 4\), 0 GB of NVMe \(catalog: 8000\)\.$/);
  });

  it("leaves a type that the region does not have to the other question", async () => {
    const result = await resultOf(instanceTypeFacts, typed, describedTypes());
    assert.deepEqual([result.outcome, result.answer], ["notAsked", "us-west-2 does not describe the type p4d.24xlarge"]);
  });

  it("names the GPU of every supported type by its constant in the catalog", async () => {
    for (const { name, gpu, unsupportedReason } of instanceTypes) {
      if (!gpu || unsupportedReason) continue;
      const { catalogColumns, catalogRow } = await import("../../../preflight/account/instanceTypeRow");
      const type = instanceTypes.find((each) => each.name === name)!;
      assert.match(catalogRow(type, catalogColumns(type)), /gpu: \[\d, [a-z]\w+\]/);
      assert.doesNotMatch(catalogRow(type, catalogColumns(type)), /unknown/);
    }
  });
});
