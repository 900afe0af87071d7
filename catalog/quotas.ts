/** Service Quotas that a deployment can reach, by code, and the zones in which EKS does not create a control plane. */
import type { Source } from "./source";

export interface QuotaFacts {
  serviceCode: "ec2" | "vpc" | "elasticloadbalancing" | "fsx";
  quotaCode: string;
  /** The name in Service Quotas. */
  name: string;
  unit: "vCPUs" | "VPCs" | "addresses" | "load balancers" | "GiB";
  source: Source;
}

/** A quota on the vCPUs of running instances of some families, for one way of buying them. */
export interface VcpuQuotaFacts extends QuotaFacts {
  lifecycle: "onDemand" | "spot";
  /** Letters before the generation (`g` of g5.8xlarge), with the generation if it has a separate quota (`p5`). */
  families: readonly string[];
}

const read = (url: string, confidence: Source["confidence"] = "high"): Source => ({ url, asOf: "2026-11-24", confidence });

const ec2 = read("https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html");
const vpc = read("https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html");
/** The page states names and defaults but no codes. The codes are from published answers of ListServiceQuotas, which agree. */
const fsx = read("https://docs.aws.amazon.com/general/latest/gr/fsx.html", "medium");
/** The code is from published programs and answers of ListServiceQuotas, which agree. */
const elb = read("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html", "medium");

/** "Standard (A, C, D, H, I, M, R, T, Z)"; Im and Is count as I. */
const standard = ["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"];

function vcpus(
  quotaCode: string,
  name: string,
  lifecycle: VcpuQuotaFacts["lifecycle"],
  families: readonly string[],
  source = ec2,
): VcpuQuotaFacts {
  return { serviceCode: "ec2", quotaCode, name, unit: "vCPUs", lifecycle, families, source };
}

/** No page states a quota for P6 on spot. */
// prettier-ignore
export const vcpuQuotas: readonly VcpuQuotaFacts[] = [
  vcpus("L-417A185B", "Running On-Demand P instances", "onDemand", ["p"]),
  // We infer from the name that gr types count as G.
  vcpus("L-DB2E81BA", "Running On-Demand G and VT instances", "onDemand", ["g", "gr", "vt"]),
  vcpus("L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "onDemand", standard),
  vcpus("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", "spot", ["p2", "p3", "p4"]),
  vcpus("L-C4BD4855", "All P5 Spot Instance Requests", "spot", ["p5"]),
  vcpus("L-3819A6DF", "All G and VT Spot Instance Requests", "spot", ["g", "gr", "vt"]),
  vcpus("L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", "spot", standard),
];

export const quotas = {
  vpcs: { serviceCode: "vpc", quotaCode: "L-F678F1CE", name: "VPCs per Region", unit: "VPCs", source: vpc },
  elasticIps: { serviceCode: "ec2", quotaCode: "L-0263D0A3", name: "EC2-VPC Elastic IPs", unit: "addresses", source: vpc },
  applicationLoadBalancers: {
    serviceCode: "elasticloadbalancing",
    quotaCode: "L-53DA6B97",
    name: "Application Load Balancers per Region",
    unit: "load balancers",
    source: elb,
  },
  lustreScratch: { serviceCode: "fsx", quotaCode: "L-AD2FC696", name: "Lustre Scratch storage capacity", unit: "GiB", source: fsx },
  lustrePersistent2: {
    serviceCode: "fsx",
    quotaCode: "L-8F1B9C74",
    name: "Lustre Persistent_2 storage capacity",
    unit: "GiB",
    source: fsx,
  },
} as const satisfies Record<string, QuotaFacts>;

/** The quota that counts a type; undefined if none is known. */
export function vcpuQuotaOf(instanceType: string, lifecycle: VcpuQuotaFacts["lifecycle"]): VcpuQuotaFacts | undefined {
  const [withGeneration = "", letters = ""] = /^([a-z]+)\d/.exec(instanceType) ?? [];
  return vcpuQuotas.find(
    (quota) => quota.lifecycle === lifecycle && (quota.families.includes(letters) || quota.families.includes(withGeneration)),
  );
}

/** Zone ids, which mean the same zone in every account: cluster "subnets can't reside in the following Availability Zones". */
export const zonesWithoutControlPlane: { zoneIds: readonly string[]; source: Source } = {
  zoneIds: ["use1-az3", "usw1-az2", "cac1-az3"],
  source: read("https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"),
};
