/** What EC2 says about an instance type, in the columns of the catalog. */
import type { InstanceTypeInfo } from "@aws-sdk/client-ec2";
import * as gpuModels from "../../catalog/gpus";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { fieldOf } from "../unanswered";

type SharedColumns =
  "vcpus" | "memoryGiB" | "networkCards" | "efaInterfaces" | "interfacesOnCard0" | "ipv4PerInterface" | "nvmeGB" | "ebsGbps";

export interface DescribedType extends Pick<InstanceTypeFacts, SharedColumns> {
  gpus: number;
  memoryMiBPerGpu: number;
}

export const columnNames: Record<keyof DescribedType, string> = {
  vcpus: "vCPUs",
  memoryGiB: "GiB of memory",
  gpus: "GPUs",
  memoryMiBPerGpu: "MiB per GPU",
  networkCards: "network cards",
  efaInterfaces: "EFA devices",
  interfacesOnCard0: "interfaces on card 0",
  ipv4PerInterface: "IPv4 addresses per interface",
  nvmeGB: "GB of NVMe",
  ebsGbps: "Gbit/s to EBS",
};

/** Throws when it cannot read a column: a missing field does not mean that the catalog is wrong. */
export function readType(info: InstanceTypeInfo): DescribedType {
  const field = fieldOf("ec2:DescribeInstanceTypes");
  const network = field(info.NetworkInfo, "NetworkInfo");
  const cards = field(network.NetworkCards, "NetworkInfo.NetworkCards");
  const card0 = cards.find(({ NetworkCardIndex }) => NetworkCardIndex === 0);
  const gpus = field(info.GpuInfo?.Gpus, "GpuInfo.Gpus");
  return {
    vcpus: field(info.VCpuInfo?.DefaultVCpus, "VCpuInfo.DefaultVCpus"),
    memoryGiB: field(info.MemoryInfo?.SizeInMiB, "MemoryInfo.SizeInMiB") / 1024,
    gpus: gpus.reduce((sum, { Count }) => sum + field(Count, "GpuInfo.Gpus.Count"), 0),
    memoryMiBPerGpu: field(gpus[0]?.MemoryInfo?.SizeInMiB, "GpuInfo.Gpus.MemoryInfo.SizeInMiB"),
    networkCards: field(network.MaximumNetworkCards, "NetworkInfo.MaximumNetworkCards"),
    efaInterfaces: field(network.EfaSupported, "NetworkInfo.EfaSupported")
      ? field(network.EfaInfo?.MaximumEfaInterfaces, "NetworkInfo.EfaInfo.MaximumEfaInterfaces")
      : 0,
    interfacesOnCard0: field(card0?.MaximumNetworkInterfaces, "NetworkInfo.NetworkCards[0].MaximumNetworkInterfaces"),
    ipv4PerInterface: field(network.Ipv4AddressesPerInterface, "NetworkInfo.Ipv4AddressesPerInterface"),
    nvmeGB: field(info.InstanceStorageSupported, "InstanceStorageSupported")
      ? field(info.InstanceStorageInfo?.TotalSizeInGB, "InstanceStorageInfo.TotalSizeInGB")
      : 0,
    ebsGbps: field(info.EbsInfo?.EbsOptimizedInfo?.MaximumBandwidthInMbps, "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps") / 1000,
  };
}

export function catalogColumns(type: InstanceTypeFacts): DescribedType {
  return {
    vcpus: type.vcpus,
    memoryGiB: type.memoryGiB,
    gpus: type.gpu?.count ?? 0,
    memoryMiBPerGpu: type.gpu?.memoryMiB ?? 0,
    networkCards: type.networkCards,
    efaInterfaces: type.efaInterfaces,
    interfacesOnCard0: type.interfacesOnCard0,
    ipv4PerInterface: type.ipv4PerInterface,
    nvmeGB: type.nvmeGB,
    ebsGbps: type.ebsGbps,
  };
}

/** A line of `catalog/instanceTypes.ts` with AWS's numbers; bandwidth and price, which EC2 does not describe, stay. */
export function catalogRow(type: InstanceTypeFacts, described: DescribedType): string {
  const price = type.onDemandUsdPerHour === undefined ? "" : `, usd: ${type.onDemandUsdPerHour}`;
  const columns = [
    `vcpus: ${described.vcpus}`,
    `memoryGiB: ${described.memoryGiB}`,
    `gpu: [${described.gpus}, ${gpuIdentifier(type)}]`,
    `networkGbps: ${type.networkGbps}`,
    `cards: [${described.networkCards}, ${described.efaInterfaces}]`,
    `interfaces: [${described.interfacesOnCard0}, ${described.ipv4PerInterface}]`,
    `nvmeGB: ${described.nvmeGB}`,
    `ebsGbps: ${described.ebsGbps}${price}`,
  ];
  return `row("${type.name}", { ${columns.join(", ")} }),`;
}

/** Name of the model's constant in `catalog/gpus.ts`. */
function gpuIdentifier({ gpu }: InstanceTypeFacts): string {
  const constants = Object.entries(gpuModels as Record<string, { model?: string }>);
  return constants.find(([, { model }]) => model !== undefined && model === gpu?.model)?.[0] ?? "unknown";
}
