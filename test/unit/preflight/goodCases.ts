/** For every check of the account: an environment in which it arises, what AWS answers if all is well, and what the check says then. */
import { adoptedSettings } from "../../support/environments";
import {
  caller,
  capacityReservation,
  certificate,
  certificateArn,
  clusterVersions,
  described,
  describedTypes,
  hostedZone,
  fileSystem,
  image,
  instances,
  noInstances,
  offeredIn,
  priceList,
  quota,
  reservationId,
  systemType,
  zones,
} from "./answers";
import { adoptedSubnets, dns, mainTable, subnetsOf, vpcId } from "./networkAnswers";
import type { Answers, Settings } from "./recordedAccount";

export interface GoodCase {
  name: string;
  settings: Settings;
  answers: Answers;
  answer: string;
}

const dev: Settings = ["dev"];
/** One p4d runs, and a place for a p5 is reserved and unused: 96 and 192 vCPUs. */
export const vcpusInUse = {
  "sts:GetCallerIdentity": caller,
  "ec2:DescribeInstances": instances({ InstanceType: "p4d.24xlarge" }),
  "ec2:DescribeCapacityReservations": {
    CapacityReservations: [capacityReservation({ InstanceType: "p5.48xlarge", AvailableInstanceCount: 1 })],
  },
} satisfies Answers;

/** The stack prod with a reservation; the stack dev with a hostname and a hosted zone or a certificate. */
export const reserved: Settings = ["prod", `capacity.reservationId=${reservationId}`];
export const named: Settings = ["dev", "ingress.hostname=llm.acme.io", "ingress.hostedZoneId=Z0123456789ABC"];
export const certified: Settings = ["dev", "ingress.hostname=llm.acme.io", `ingress.certificateArn=${certificateArn}`];
export const adopted: Settings = ["dev", ...adoptedSettings];

export const adoptedAnswers = {
  "ec2:DescribeVpcs": { Vpcs: [{ VpcId: vpcId, CidrBlock: "10.0.0.0/16", State: "available" }] },
  ...dns(true, true),
  ...subnetsOf(adoptedSubnets),
  "ec2:DescribeRouteTables": { RouteTables: [mainTable] },
  "ec2:DescribeInstances": noInstances,
} satisfies Answers;

export const goodCases: GoodCase[] = [
  {
    name: "identity",
    settings: dev,
    answers: { "sts:GetCallerIdentity": caller },
    answer: "account 123456789012, as arn:aws:iam::123456789012:role/deployer",
  },
  {
    name: "zones",
    settings: dev,
    answers: { "ec2:DescribeAvailabilityZones": zones },
    answer: "usable: us-west-2a, us-west-2b, us-west-2c, us-west-2d",
  },
  {
    name: "instance-type-offered",
    settings: dev,
    answers: { "ec2:DescribeInstanceTypeOfferings": offeredIn("p4d.24xlarge", "us-west-2b", "us-west-2a") },
    answer: "p4d.24xlarge is offered in us-west-2a, us-west-2b",
  },
  {
    name: "instance-type-facts",
    settings: dev,
    answers: describedTypes(described("p4d.24xlarge")),
    answer: "96 vCPUs, 8 GPUs, 4 network cards, 4 EFA devices",
  },
  {
    name: "vcpu-quota",
    settings: dev,
    answers: { ...vcpusInUse, ...quota({ "L-417A185B": 480 }) },
    answer: "Running On-Demand P instances (L-417A185B): 480 vCPUs, 288 used by others, 480 needed in all",
  },
  {
    name: "system-vcpu-quota",
    settings: dev,
    answers: { ...vcpusInUse, ...quota({ "L-1216C47A": 5 }), ...describedTypes(systemType) },
    answer: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances (L-1216C47A): 5 vCPUs, 0 used by others, 4 needed in all",
  },
  {
    name: "reservation",
    settings: reserved,
    answers: { "ec2:DescribeCapacityReservations": { CapacityReservations: [capacityReservation()] } },
    answer: "active, 4 of 4 × p5en.48xlarge free in us-west-2b, without end",
  },
  {
    name: "kubernetes-version",
    settings: dev,
    answers: { "eks:DescribeClusterVersions": clusterVersions },
    answer: "1.35 until 2027-03-27; under standard support: 1.34, 1.35, 1.36",
  },
  {
    name: "subnets",
    settings: adopted,
    answers: adoptedAnswers,
    answer:
      "subnet-0123456789abcdef0 in us-west-2b: 8187 free; subnet-0123456789abcdef1 in us-west-2a: 251 free; subnet-0123456789abcdef2 in us-west-2b: 251 free",
  },
  {
    name: "network-quotas",
    settings: dev,
    answers: {
      ...quota({ "L-F678F1CE": 5, "L-0263D0A3": 5, "L-53DA6B97": 50 }),
      "ec2:DescribeVpcs": { Vpcs: [{ VpcId: "vpc-1" }] },
      "ec2:DescribeAddresses": { Addresses: [] },
      "elasticloadbalancing:DescribeLoadBalancers": { LoadBalancers: [{ Type: "network", VpcId: "vpc-1" }] },
    },
    answer:
      "VPCs per Region (L-F678F1CE): 5 VPCs, 1 used by others, 2 needed in all; EC2-VPC Elastic IPs (L-0263D0A3): 5 addresses, 0 used by others, 1 needed in all; Application Load Balancers per Region (L-53DA6B97): 50 load balancers, 0 used by others, 1 needed in all",
  },
  {
    name: "file-system-quota",
    settings: dev,
    answers: { ...quota({ "L-AD2FC696": 100800 }), "fsx:DescribeFileSystems": { FileSystems: [fileSystem("SCRATCH_1", 3600)] } },
    answer: "Lustre Scratch storage capacity (L-AD2FC696): 100800 GiB, 3600 used by others, 4800 needed in all",
  },
  { name: "image", settings: dev, answers: { "ecr:DescribeImages": image }, answer: `sha256:${"ab".repeat(32)}, pushed on 2026-08-19` },
  { name: "hosted-zone", settings: named, answers: { "route53:GetHostedZone": hostedZone("acme.io") }, answer: "acme.io, public" },
  {
    name: "certificate",
    settings: certified,
    answers: { "acm:DescribeCertificate": certificate() },
    answer: "issued for acme.io, *.acme.io until 2027-05-01",
  },
  {
    name: "prices",
    settings: dev,
    answers: priceList({ "p4d.24xlarge": "21.9576420000", "m6i.large": "0.0960000000" }),
    answer:
      "p4d.24xlarge $21.957642/h on demand (catalog: $21.957642/h, us-east-1); m6i.large $0.096/h on demand (catalog: $0.096/h, us-east-1)",
  },
];
