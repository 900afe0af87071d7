/** Answers of AWS in the form of its APIs, for an account in which everything is well. */
import type { CapacityReservation, Instance, InstanceTypeInfo } from "@aws-sdk/client-ec2";
import { instanceType } from "../../../catalog/instanceTypes";
import { catalogColumns } from "../../../preflight/account/instanceTypeRow";
import { vpcId } from "./networkAnswers";
import type { Output } from "./recordedAccount";

export const account = "123456789012";

export const caller: Output<"sts:GetCallerIdentity"> = {
  UserId: "AROAEXAMPLE:laptop",
  Account: account,
  Arn: `arn:aws:sts::${account}:assumed-role/deployer/laptop`,
};

const zone = (letter: string, id: string) => ({
  State: "available" as const,
  OptInStatus: "opt-in-not-required" as const,
  RegionName: "us-west-2",
  ZoneName: `us-west-2${letter}`,
  ZoneId: id,
  ZoneType: "availability-zone",
});

export const zones: Output<"ec2:DescribeAvailabilityZones"> = {
  AvailabilityZones: [zone("a", "usw2-az1"), zone("b", "usw2-az2"), zone("c", "usw2-az3"), zone("d", "usw2-az4")],
};

export const offeredIn = (type: string, ...zoneNames: string[]): Output<"ec2:DescribeInstanceTypeOfferings"> => ({
  InstanceTypeOfferings: zoneNames.map((Location) => ({
    InstanceType: type as "p4d.24xlarge",
    LocationType: "availability-zone",
    Location,
  })),
});

/** What EC2 says about a type for which the catalog is right. */
export function described(name: string): InstanceTypeInfo {
  const type = instanceType(name);
  const columns = catalogColumns(type);
  const card = (index: number) => ({
    NetworkCardIndex: index,
    MaximumNetworkInterfaces: columns.interfacesOnCard0,
    BaselineBandwidthInGbps: 100,
  });
  return {
    InstanceType: name as "p4d.24xlarge",
    InstanceStorageSupported: true,
    InstanceStorageInfo: { TotalSizeInGB: columns.nvmeGB },
    VCpuInfo: { DefaultVCpus: columns.vcpus },
    MemoryInfo: { SizeInMiB: columns.memoryGiB * 1024 },
    GpuInfo: {
      Gpus: [{ Name: "A100", Manufacturer: "NVIDIA", Count: columns.gpus, MemoryInfo: { SizeInMiB: columns.memoryMiBPerGpu } }],
      TotalGpuMemoryInMiB: columns.gpus * columns.memoryMiBPerGpu,
    },
    EbsInfo: { EbsOptimizedInfo: { MaximumBandwidthInMbps: columns.ebsGbps * 1000 } },
    NetworkInfo: {
      MaximumNetworkCards: columns.networkCards,
      NetworkCards: Array.from({ length: columns.networkCards }, (_, index) => card(index)),
      Ipv4AddressesPerInterface: columns.ipv4PerInterface,
      EfaSupported: true,
      EfaInfo: { MaximumEfaInterfaces: columns.efaInterfaces },
    },
  };
}

export const systemType: InstanceTypeInfo = { InstanceType: "m6i.large", VCpuInfo: { DefaultVCpus: 2 } };

/** EC2 describes the requested types. */
export const describedTypes = (...types: InstanceTypeInfo[]) => ({
  "ec2:DescribeInstanceTypes": ({ Filters }: { Filters?: { Values?: string[] | undefined }[] | undefined }) => ({
    InstanceTypes: types.filter(({ InstanceType }) => Filters?.[0]?.Values?.includes(InstanceType ?? "")),
  }),
});

export const quota = (values: Record<string, number>, fallback = 1000) => ({
  "servicequotas:GetServiceQuota": ({ ServiceCode, QuotaCode }: { ServiceCode: string | undefined; QuotaCode: string | undefined }) => ({
    Quota: { ServiceCode, QuotaCode, Value: values[QuotaCode ?? ""] ?? fallback, Adjustable: true, GlobalQuota: false },
  }),
});

export const noInstances: Output<"ec2:DescribeInstances"> = { Reservations: [] };
export const noReservations: Output<"ec2:DescribeCapacityReservations"> = { CapacityReservations: [] };

/** Instances as EC2 groups them: one group per launch. */
export const instances = (...all: Instance[]): Output<"ec2:DescribeInstances"> => ({
  Reservations: all.map((instance, index) => ({
    ReservationId: `r-${index}`,
    OwnerId: account,
    Instances: [{ InstanceId: `i-${index}`, State: { Name: "running" }, Placement: { Tenancy: "default" }, ...instance }],
  })),
});

export const ownTag = (environment: string) => ({ Tags: [{ Key: "vllm-eks/environment", Value: environment }] });

export const fileSystem = (DeploymentType: "SCRATCH_1" | "SCRATCH_2" | "PERSISTENT_1" | "PERSISTENT_2", StorageCapacity: number) => ({
  OwnerId: account,
  FileSystemId: "fs-0123456789abcdef0",
  FileSystemType: "LUSTRE" as const,
  Lifecycle: "AVAILABLE" as const,
  StorageCapacity,
  StorageType: "SSD" as const,
  LustreConfiguration: { DeploymentType, MountName: "abcdef" },
});

export const reservationId = "cr-0123456789abcdef0";

export const capacityReservation = (changes: Partial<CapacityReservation> = {}): CapacityReservation => ({
  CapacityReservationId: reservationId,
  OwnerId: account,
  CapacityReservationArn: `arn:aws:ec2:us-west-2:${account}:capacity-reservation/${reservationId}`,
  InstanceType: "p5en.48xlarge",
  InstancePlatform: "Linux/UNIX",
  AvailabilityZone: "us-west-2b",
  AvailabilityZoneId: "usw2-az2",
  Tenancy: "default",
  TotalInstanceCount: 4,
  AvailableInstanceCount: 4,
  State: "active",
  StartDate: new Date("2026-11-01T00:00:00Z"),
  EndDateType: "unlimited",
  InstanceMatchCriteria: "targeted",
  ReservationType: "default",
  ...changes,
});

const version = (clusterVersion: string, release: string, end: string) => ({
  clusterVersion,
  clusterType: "eks",
  releaseDate: new Date(`${release}T00:00:00Z`),
  endOfStandardSupportDate: new Date(`${end}T00:00:00Z`),
  versionStatus: "STANDARD_SUPPORT" as const,
});

export const clusterVersions: Output<"eks:DescribeClusterVersions"> = {
  clusterVersions: [
    version("1.36", "2026-06-02", "2027-08-02"),
    version("1.35", "2026-01-27", "2027-03-27"),
    version("1.34", "2025-10-02", "2026-12-02"),
    version("1.33", "2025-05-28", "2026-07-29"),
  ],
};

export const hostedZone = (name: string, isPrivate = false): Output<"route53:GetHostedZone"> => ({
  HostedZone: { Id: "/hostedzone/Z0123456789ABC", Name: `${name}.`, CallerReference: "1", Config: { PrivateZone: isPrivate } },
  ...(isPrivate && { VPCs: [{ VPCId: vpcId, VPCRegion: "us-west-2" as const }] }),
});

export const certificateArn = `arn:aws:acm:us-west-2:${account}:certificate/0f1e2d3c-0000-4000-8000-000000000000`;

export const certificate = (
  changes: NonNullable<Output<"acm:DescribeCertificate">["Certificate"]> = {},
): Output<"acm:DescribeCertificate"> => ({
  Certificate: {
    CertificateArn: certificateArn,
    DomainName: "acme.io",
    SubjectAlternativeNames: ["acme.io", "*.acme.io"],
    Status: "ISSUED",
    Type: "AMAZON_ISSUED",
    NotBefore: new Date("2026-10-01T00:00:00Z"),
    NotAfter: new Date("2027-05-01T00:00:00Z"),
    ...changes,
  },
});

export const image: Output<"ecr:DescribeImages"> = {
  imageDetails: [
    {
      registryId: "763104351884",
      repositoryName: "vllm",
      imageDigest: `sha256:${"ab".repeat(32)}`,
      imageTags: ["server-cuda-v2.4"],
      imagePushedAt: new Date("2026-08-19T10:00:00Z"),
    },
  ],
};

/** One line of the price list, as text, as the API gives it. */
export function product(type: string, usd: string, attributes: Record<string, string> = {}): string {
  const rate = { unit: "Hrs", description: `$${usd} per On Demand Linux ${type} Instance Hour`, pricePerUnit: { USD: usd } };
  return JSON.stringify({
    product: { productFamily: "Compute Instance", attributes: { instanceType: type, marketoption: "OnDemand", ...attributes } },
    serviceCode: "AmazonEC2",
    terms: { OnDemand: { "A.B": { priceDimensions: { "A.B.C": rate }, effectiveDate: "2026-11-01T00:00:00Z" } } },
    publicationDate: "2026-11-20T00:00:00Z",
  });
}

export const priceList = (prices: Record<string, string>) => ({
  "pricing:GetProducts": ({ Filters = [] }: { Filters?: { Field?: string | undefined; Value?: string | undefined }[] | undefined }) => {
    const type = Filters.find(({ Field }) => Field === "instanceType")?.Value ?? "";
    const usd = prices[type];
    return { FormatVersion: "aws_v1", PriceList: usd === undefined ? [] : [product(type, usd)] };
  },
});
