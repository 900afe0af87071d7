// Proves what makes an adopted network unsuitable, but not that packets arrive: security groups and network ACLs are not read.
import assert from "node:assert/strict";
import type { Instance, RouteTable, Subnet } from "@aws-sdk/client-ec2";
import { instanceType } from "../../../catalog/instanceTypes";
import { addressNeed } from "../../../preflight/account/addressNeed";
import { subnets } from "../../../preflight/account/checks/subnets";
import { instances, ownTag } from "./answers";
import { adopted, adoptedAnswers } from "./goodCases";
import {
  adoptedSubnets,
  dns,
  firstBalancerId,
  mainTable,
  nodeSubnetId,
  publicTable,
  secondBalancerId,
  subnetsOf,
  vpcId,
} from "./networkAnswers";
import { arises, awsError, brief, resultOf, type Answers, type Settings } from "./recordedAccount";

const created: Settings = adopted.filter((setting) => setting !== "cluster.name=shared") as unknown as Settings;
const node = "network.nodeSubnetId";
const balancer = (index: number) => `network.loadBalancerSubnetIds[${index}]`;
const problem = (path: string, changes: object[] = [], severity = "error") => ({ code: "subnet-unsuitable", severity, path, changes });

const withSubnet = (index: number, changes: Partial<Subnet>): Answers => ({
  ...adoptedAnswers,
  ...subnetsOf(adoptedSubnets.map((each, at) => (at === index ? { ...each, ...changes } : each))),
});
const withTables = (...tables: RouteTable[]): Answers => ({ ...adoptedAnswers, "ec2:DescribeRouteTables": { RouteTables: tables } });
const withRoute = (route: object): Answers => withTables({ ...mainTable, Routes: [{ DestinationCidrBlock: "0.0.0.0/0", ...route }] });
const problemsOf = async (answers: Answers, settings = adopted) => brief(await resultOf(subnets, settings, answers)).problems;

describe("the question about an adopted network", () => {
  it("reports a VPC and subnets that do not exist, all at once", async () => {
    const noVpc = { ...adoptedAnswers, "ec2:DescribeVpcs": awsError("InvalidVpcID.NotFound", "The vpc ID does not exist") };
    assert.deepEqual(await problemsOf(noVpc), [problem("network.vpcId")]);
    const missing: Answers = {
      ...adoptedAnswers,
      "ec2:DescribeSubnets": ({ SubnetIds = [] }) =>
        SubnetIds[0] === firstBalancerId
          ? { Subnets: adoptedSubnets.slice(1, 2) }
          : awsError("InvalidSubnetID.NotFound", `The subnet ID '${SubnetIds[0] ?? ""}' does not exist`),
    };
    const result = await resultOf(subnets, adopted, missing);
    assert.deepEqual(brief(result), {
      outcome: "bad",
      answer: `${nodeSubnetId}, ${secondBalancerId} not found`,
      problems: [problem(node), problem(balancer(1))],
    });
    assert.equal(result.problems[0]!.message, `${nodeSubnetId} does not exist in us-west-2 for this account.`);
  });

  it("requires DNS names and resolution in the VPC, each with the command that switches it on", async () => {
    const result = await resultOf(subnets, adopted, { ...adoptedAnswers, ...dns(false, false) });
    assert.deepEqual(
      result.problems.map(({ path, fix }) => [path, fix]),
      ["--enable-dns-support", "--enable-dns-hostnames"].map((option) => [
        "network.vpcId",
        `Switch it on: aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${option}`,
      ]),
    );
  });

  it("requires the nodes in the zone of the configuration, in the VPC and in the range that the file system admits", async () => {
    const elsewhere = { AvailabilityZone: "us-west-2c" };
    assert.deepEqual(await problemsOf(withSubnet(0, elsewhere)), [problem(node, [{ path: "availabilityZone", value: "us-west-2c" }])]);
    assert.deepEqual(await problemsOf(withSubnet(0, { VpcId: "vpc-other" })), [problem(node)]);
    assert.deepEqual(await problemsOf(withSubnet(0, { CidrBlock: "10.1.0.0/19" })), [problem("network.cidrBlock")]);
    assert.deepEqual(await problemsOf(withSubnet(0, { CidrBlock: "10.0.0.0/15" })), [problem("network.cidrBlock")]);
    assert.deepEqual(await problemsOf(adoptedAnswers, [...adopted, "network.cidrBlock=10.1.0.0/16"]), [problem("network.cidrBlock")]);
  });

  for (const [words, route, path] of [
    ["a transit gateway", { TransitGatewayId: "tgw-1" }, undefined],
    ["a NAT instance", { NetworkInterfaceId: "eni-1", InstanceId: "i-1" }, undefined],
    ["a firewall endpoint", { GatewayId: "vpce-1" }, undefined],
    ["an internet gateway", { GatewayId: "igw-1" }, node],
    ["a NAT gateway that is gone", { NatGatewayId: "nat-1", State: "blackhole" }, node],
    ["nothing at all", {}, node],
  ] as const) {
    it(`${path === undefined ? "accepts" : "refuses"} a node subnet with a default route through ${words}`, async () => {
      const found = await problemsOf(withRoute(route));
      assert.deepEqual(
        found.filter(({ severity }) => severity === "error"),
        path === undefined ? [] : [problem(path)],
      );
    });
  }

  it("reads the table of the subnet before the main one", async () => {
    assert.deepEqual(await problemsOf(withTables(mainTable, publicTable(nodeSubnetId))), [problem(node)]);
    assert.deepEqual(await problemsOf(withTables(publicTable(firstBalancerId), mainTable)), [problem(balancer(0), [], "warning")]);
    const none = await resultOf(subnets, adopted, withTables({ ...mainTable, Associations: [] }));
    assert.deepEqual([none.outcome, none.answer], ["notAsked", `ec2:DescribeRouteTables answered without routes of ${nodeSubnetId}`]);
  });

  it("requires an address for every node and pod, and warns below what the CNI takes", async () => {
    // 2 × p4d: one address and four pods each at least, two interfaces of 50 where the plugin can.
    assert.deepEqual(await problemsOf(withSubnet(0, { AvailableIpAddressCount: 9 })), [problem(node)]);
    assert.deepEqual(await problemsOf(withSubnet(0, { AvailableIpAddressCount: 10 })), [problem(node, [], "warning")]);
    assert.deepEqual(await problemsOf(withSubnet(0, { AvailableIpAddressCount: 199 })), [problem(node, [], "warning")]);
    assert.deepEqual(await problemsOf(withSubnet(0, { AvailableIpAddressCount: 200 })), []);
  });

  it("counts no addresses for running nodes", async () => {
    const own: Instance = { InstanceType: "p4d.24xlarge", ...ownTag("dev") };
    const full = (...running: Instance[]) => ({
      ...withSubnet(0, { AvailableIpAddressCount: 0 }),
      "ec2:DescribeInstances": instances(...running),
    });
    assert.deepEqual(await problemsOf(full(own, own)), []);
    assert.deepEqual(await problemsOf(full(own)), [problem(node)]);
    assert.deepEqual(await problemsOf(full(own, { ...own, Tags: [] })), [problem(node)]);
  });

  it("requires the load balancer in two zones, including the zone of the pods", async () => {
    const zones = (a: string, b: string) => ({
      ...adoptedAnswers,
      ...subnetsOf([adoptedSubnets[0]!, { ...adoptedSubnets[1]!, AvailabilityZone: a }, { ...adoptedSubnets[2]!, AvailabilityZone: b }]),
    });
    const all = "network.loadBalancerSubnetIds";
    assert.deepEqual(await problemsOf(zones("us-west-2b", "us-west-2b")), [problem(all)]);
    assert.deepEqual(await problemsOf(zones("us-west-2a", "us-west-2c")), [problem(all)]);
    assert.deepEqual(await problemsOf(zones("us-west-2a", "us-west-2a")), [problem(all), problem(all)]);
  });

  it("requires eight addresses for the load balancer, and only warns once it exists", async () => {
    assert.deepEqual(await problemsOf(withSubnet(2, { AvailableIpAddressCount: 8 })), []);
    const few = withSubnet(2, { AvailableIpAddressCount: 7 });
    assert.deepEqual(await problemsOf(few), [problem(balancer(1))]);
    const standing = { ...few, "ec2:DescribeInstances": instances({ InstanceType: "p4d.24xlarge", ...ownTag("dev") }) };
    assert.deepEqual(await problemsOf(standing), [problem(balancer(1), [], "warning")]);
  });

  it("requires the ranges of the load balancer's subnets among those that the pods admit", async () => {
    const next = [{ path: "network.loadBalancerCidrs[2]", value: "10.0.3.0/24" }];
    assert.deepEqual(await problemsOf(withSubnet(1, { CidrBlock: "10.0.3.0/24" })), [problem("network.loadBalancerCidrs", next)]);
  });

  it("requires an internet gateway for a public endpoint and warns of one for an internal endpoint", async () => {
    const open: Settings = [
      ...adopted,
      "ingress.scheme=internet-facing",
      "ingress.hostname=llm.acme.io",
      "ingress.hostedZoneId=Z0123456789ABC",
      'ingress.inboundCidrs=["10.9.0.0/16"]',
      "apiKey=sk",
    ];
    const half = withTables(mainTable, publicTable(firstBalancerId));
    assert.deepEqual(await problemsOf(half, open), [problem(balancer(1))]);
    assert.deepEqual(await problemsOf(withTables(mainTable, publicTable(firstBalancerId, secondBalancerId)), open), []);
    assert.deepEqual(await problemsOf(half), [problem(balancer(0), [], "warning")]);
  });

  it("looks at the load balancer's subnets only if there is a load balancer", async () => {
    const quiet: Settings = [...adopted, "ingress.mode=none"];
    assert.deepEqual(await problemsOf(withSubnet(1, { AvailableIpAddressCount: 0, AvailabilityZone: "us-west-2b" }), quiet), []);
  });

  it("refuses a subnet for a new cluster where EKS does not place control planes", async () => {
    const refused = withSubnet(1, { AvailabilityZoneId: "use1-az3" });
    assert.deepEqual(await problemsOf(refused, created), [problem(balancer(0))]);
    assert.deepEqual(await problemsOf(refused), []);
  });

  it("does not arise for a created network or for placeholders", async () => {
    assert.equal(await arises(subnets, ["dev"]), false);
    assert.equal(await arises(subnets, [...adopted, "network.nodeSubnetId=<subnet>"]), false);
  });
});

describe("the need of addresses", () => {
  for (const [type, gpuNodes, systemNodes, least, usual] of [
    ["p4d.24xlarge", 2, 0, 10, 200],
    // Two interfaces on card 0, of which the EFA device takes one.
    ["p5.48xlarge", 2, 0, 10, 100],
    ["p6-b300.48xlarge", 1, 0, 5, 100],
    ["g6.8xlarge", 1, 2, 31, 86],
    ["p4d.24xlarge", 0, 0, 0, 0],
  ] as const) {
    it(`is ${least} at least and ${usual} with the CNI's reserve for ${gpuNodes} × ${type} and ${systemNodes} system nodes`, () => {
      assert.deepEqual(addressNeed(instanceType(type), gpuNodes, systemNodes), { least, usual });
    });
  }
});
