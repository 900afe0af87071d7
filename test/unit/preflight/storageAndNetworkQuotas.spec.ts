// Proves what counts against the quotas of network and file system. AWS's documentation says that it counts the same (catalog/quotas.ts).
import assert from "node:assert/strict";
import fc from "fast-check";
import { fileSystemQuota } from "../../../preflight/account/checks/fileSystemQuota";
import { networkQuotas } from "../../../preflight/account/checks/networkQuotas";
import { fileSystem, ownTag, quota } from "./answers";
import { adopted } from "./goodCases";
import { arises, brief, preflight, resultOf, type Answers, type Settings } from "./recordedAccount";

const limits = { "L-F678F1CE": 5, "L-0263D0A3": 5, "L-53DA6B97": 50 };
const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const network = (vpcs: object[], addresses: object[], balancers: object[], values: Record<string, number> = limits): Answers => ({
  ...quota(values),
  "ec2:DescribeVpcs": { Vpcs: vpcs },
  "ec2:DescribeAddresses": { Addresses: addresses },
  "elasticloadbalancing:DescribeLoadBalancers": { LoadBalancers: balancers },
});
const own = ownTag("dev");
const alb = (VpcId: string) => ({ Type: "application", VpcId });
const problem = (path: string) => ({ code: "quota-too-low", severity: "error", path, changes: [] });
const problemsOf = async (answers: Answers, settings: Settings = ["dev"]) =>
  brief(await resultOf(networkQuotas, settings, answers)).problems;

describe("the quotas of a created network", () => {
  it("are too low if each is used up, and each problem has its command", async () => {
    const result = await resultOf(networkQuotas, ["dev"], network(many(5, {}), many(5, {}), many(50, alb("vpc-1"))));
    assert.deepEqual(brief(result).problems, [problem("network.vpcId"), problem("network.natGateways"), problem("ingress.mode")]);
    assert.deepEqual(
      result.problems.map(({ fix }) => /--service-code.*$/.exec(fix)![0]),
      [
        "--service-code vpc --quota-code L-F678F1CE --desired-value 6 --region us-west-2",
        "--service-code ec2 --quota-code L-0263D0A3 --desired-value 6 --region us-west-2",
        "--service-code elasticloadbalancing --quota-code L-53DA6B97 --desired-value 51 --region us-west-2",
      ],
    );
    assert.equal(
      result.problems[0]!.message,
      'The quota "VPCs per Region" (L-F678F1CE) of us-west-2 is 5 VPCs; 5 are used and this stack adds 1: 6 are needed.',
    );
  });

  it("ignore what an earlier deployment created", async () => {
    const vpc = { VpcId: "vpc-own", ...own };
    const answers = network([vpc, ...many(4, {})], [own, ...many(4, {})], [alb("vpc-own"), ...many(49, alb("vpc-1"))]);
    assert.deepEqual(await problemsOf(answers), []);
    const others = network([{ VpcId: "vpc-own", ...ownTag("prod") }, ...many(4, {})], [], []);
    assert.deepEqual(await problemsOf(others), [problem("network.vpcId")]);
  });

  it("count one address for a single NAT gateway, or one for each zone", async () => {
    const three = network([], many(3, {}), []);
    assert.deepEqual(await problemsOf(three), []);
    assert.deepEqual(await problemsOf(three, ["dev", "network.natGateways=onePerZone"]), [problem("network.natGateways")]);
    const { report } = await preflight([networkQuotas], ["dev", "network.natGateways=onePerZone"], three);
    assert.equal(report.checks[0]!.question, "Do the quotas of us-west-2 leave room for a VPC, 3 elastic IPs and a load balancer?");
  });

  it("count only application load balancers, and none if the endpoint stays inside", async () => {
    assert.deepEqual(await problemsOf(network([], [], many(60, { Type: "network" }))), []);
    const { report, account } = await preflight([networkQuotas], ["dev", "ingress.mode=none"], network([], [], many(60, alb("vpc-1"))));
    assert.deepEqual(
      [report.checks[0]!.outcome, account.calls.some(({ name }) => name.startsWith("elasticloadbalancing"))],
      ["good", false],
    );
  });

  it("count every page of VPCs and load balancers", async () => {
    const answers: Answers = {
      ...network([], [], []),
      "ec2:DescribeVpcs": ({ NextToken }) => (NextToken === "2" ? { Vpcs: many(3, {}) } : { Vpcs: many(2, {}), NextToken: "2" }),
      "elasticloadbalancing:DescribeLoadBalancers": ({ Marker }) =>
        Marker === "2" ? { LoadBalancers: many(25, alb("v") as object) } : { LoadBalancers: many(25, alb("v") as object), NextMarker: "2" },
    };
    assert.deepEqual(await problemsOf(answers), [problem("network.vpcId"), problem("ingress.mode")]);
  });

  it("do not arise in an adopted network", async () => {
    assert.equal(await arises(networkQuotas, adopted), false);
  });
});

describe("the quota of the file system", () => {
  const storage = (fileSystems: object[], value = 100800): Answers => ({
    ...quota({ "L-AD2FC696": value, "L-8F1B9C74": value }, 0),
    "fsx:DescribeFileSystems": { FileSystems: fileSystems },
  });
  const persistent: Settings = ["dev", "modelStore.deploymentType=PERSISTENT_2", "modelStore.throughputMBpsPerTiB=125"];
  const used = async (settings: Settings, fileSystems: object[]) => {
    const { answer } = await resultOf(fileSystemQuota, settings, storage(fileSystems));
    return /\((L-\w+)\): \d+ GiB, (\d+) used by others, (\d+) needed/.exec(answer)!.slice(1);
  };

  it("is too low by one GiB, with the command that requests what is needed", async () => {
    const result = await resultOf(fileSystemQuota, ["dev"], storage([fileSystem("SCRATCH_2", 2400)], 3599));
    assert.deepEqual(brief(result).problems, [problem("modelStore.storageCapacityGiB")]);
    assert.match(result.problems[0]!.fix, /--service-code fsx --quota-code L-AD2FC696 --desired-value 3600 --region us-west-2$/);
    assert.equal((await resultOf(fileSystemQuota, ["dev"], storage([fileSystem("SCRATCH_2", 2400)], 3600))).outcome, "good");
  });

  it("counts both generations of scratch together, and PERSISTENT_2 by itself", async () => {
    const all = [
      fileSystem("SCRATCH_1", 3600),
      fileSystem("SCRATCH_2", 1200),
      fileSystem("PERSISTENT_1", 7200),
      fileSystem("PERSISTENT_2", 9600),
    ];
    assert.deepEqual(await used(["dev"], all), ["L-AD2FC696", "4800", "6000"]);
    assert.deepEqual(await used(persistent, all), ["L-8F1B9C74", "9600", "10800"]);
  });

  it("ignores this stack's file systems, other kinds, failed ones and those without a fixed capacity", async () => {
    const others = [
      { ...fileSystem("SCRATCH_2", 1200), ...own },
      { ...fileSystem("SCRATCH_2", 1200), Lifecycle: "FAILED" },
      { FileSystemType: "OPENZFS", StorageCapacity: 5000, Lifecycle: "AVAILABLE" },
    ];
    assert.deepEqual(await used(["dev"], others), ["L-AD2FC696", "0", "1200"]);
    const elastic = { ...fileSystem("PERSISTENT_2", 0), StorageType: "INTELLIGENT_TIERING", StorageCapacity: undefined };
    assert.deepEqual(await used(persistent, [elastic]), ["L-8F1B9C74", "0", "1200"]);
  });

  it("is compared with the sum of all others and the requested one, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 8 }), async (sizes) => {
        const sum = sizes.reduce((total, size) => total + size, 0);
        const fileSystems = sizes.map((size) => fileSystem("SCRATCH_2", size));
        assert.deepEqual(await used(["dev"], fileSystems), ["L-AD2FC696", String(sum), String(sum + 1200)]);
      }),
      { numRuns: 25 },
    );
  });
});
