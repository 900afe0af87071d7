/** EC2 instance types that can serve a model, with the numbers that decide layout, fit and price. */
import {
  a100With40,
  a100With80,
  a10g,
  b200,
  b300,
  describedTypes,
  excludedUltraServer,
  gb200,
  h100,
  h200,
  l4,
  l40s,
  rtxPro4500,
  rtxPro6000,
  type GpuFacts,
  type GpuModel,
} from "./gpus";
import type { Source } from "./source";

/** Name of an EC2 instance type. */
export type InstanceTypeName = string;

export interface InstanceTypeFacts {
  name: string;
  architecture: "x86_64" | "arm64";
  vcpus: number;
  memoryGiB: number;
  /** Absent on the `cpu` row, which represents any node without GPUs. */
  gpu?: GpuFacts;
  /** Total network bandwidth, Gbit/s. */
  networkGbps: number;
  networkCards: number;
  /** EFA devices the type offers; 0 without EFA. */
  efaInterfaces: number;
  /** Network interfaces on card 0, and IPv4 addresses of each: the VPC CNI uses no other card. */
  interfacesOnCard0: number;
  ipv4PerInterface: number;
  /** Total local NVMe, GB; 0 without local disks. */
  nvmeGB: number;
  ebsGbps: number;
  /** What the scheduler can allocate on a fresh EKS node. */
  allocatable: { cpuMilli: number; memoryMi: number };
  /** Linux on demand, us-east-1. Absent if the type is sold only as capacity blocks. */
  onDemandUsdPerHour?: number;
  /** Quota that counts this type's vCPUs; absent on the `cpu` row. */
  vcpuQuotaCode?: string;
  /** Why the package refuses the type; absent on supported types. */
  unsupportedReason?: string;
  source: Source;
}

/** Service Quotas codes of "Running On-Demand P instances" and "… G and VT instances"; both count vCPUs. */
const quotaOfP = "L-417A185B";
const quotaOfG = "L-DB2E81BA";

const driverOfG7 =
  "it needs NVIDIA driver 595 or newer, and the EKS accelerated AMI ships 580 " +
  "(https://github.com/awslabs/amazon-eks-ami/blob/81fec2e8/doc/usage/g7-ami.md); g7e types work";
const ultraServer =
  "it is an arm64 UltraServer sold as UltraServer capacity blocks, with a different network card layout, and the vLLM images for current versions are x86_64";

/** One line of the table; `allocatable`, `link` and the quota follow from the other columns. */
interface Columns {
  vcpus: number;
  memoryGiB: number;
  gpu: [count: number, model: GpuModel];
  networkGbps: number;
  /** Network cards, and EFA devices over all of them. */
  cards: [networkCards: number, efaInterfaces: number];
  /** Interfaces on card 0 × IPv4 addresses of each. */
  interfaces: [interfacesOnCard0: number, ipv4PerInterface: number];
  nvmeGB: number;
  ebsGbps: number;
  usd?: number;
}

function row(name: string, columns: Columns, unsupportedReason?: string): InstanceTypeFacts {
  const { vcpus, memoryGiB, gpu, networkGbps, cards, interfaces, nvmeGB, ebsGbps, usd } = columns;
  const [count, model] = gpu;
  const isP = name.startsWith("p");
  return {
    name,
    architecture: "x86_64",
    vcpus,
    memoryGiB,
    gpu: { ...model, count, link: count === 1 ? "none" : isP ? "nvswitch" : "pcie" },
    networkGbps,
    networkCards: cards[0],
    efaInterfaces: cards[1],
    interfacesOnCard0: interfaces[0],
    ipv4PerInterface: interfaces[1],
    nvmeGB,
    ebsGbps,
    allocatable: allocatableOf(vcpus, memoryGiB, interfaces),
    ...(usd !== undefined && { onDemandUsdPerHour: usd }),
    vcpuQuotaCode: isP ? quotaOfP : quotaOfG,
    ...(unsupportedReason !== undefined && { unsupportedReason }),
    source: describedTypes,
  };
}

/**
 * What EKS and Karpenter reserve (`describedTypes` prints the results, which this reproduces for p4d, p5 and p6-b300):
 * CPU 60 + 10 + 5 + 5 milli on the first four and 2.5 milli on each further one; memory 7.5 % for the hypervisor and firmware,
 * 255 MiB + 11 MiB a pod for kubelet, 100 MiB below which it evicts.
 */
function allocatableOf(vcpus: number, memoryGiB: number, [interfacesOnCard0, ipv4PerInterface]: [number, number]) {
  const podsByInterfaces = interfacesOnCard0 * (ipv4PerInterface - 1) + 2;
  return {
    cpuMilli: Math.floor(vcpus * 1000 - 80 - 2.5 * (vcpus - 4)),
    memoryMi: Math.floor(memoryGiB * 1024 * 0.925 - 255 - 11 * podsByInterfaces - 100),
  };
}

/** Prices: Linux on demand, us-east-1, generated 2026-07-20 (`catalog/prices.ts` names the source). */
// prettier-ignore
export const instanceTypes: readonly InstanceTypeFacts[] = [
  {
    // Represents a node of any local cluster; 110 pods is the kubelet's default.
    name: "cpu", architecture: "x86_64", vcpus: 4, memoryGiB: 16, networkGbps: 10, networkCards: 1, efaInterfaces: 0,
    interfacesOnCard0: 1, ipv4PerInterface: 110, nvmeGB: 0, ebsGbps: 0, allocatable: { cpuMilli: 3920, memoryMi: 13568 },
    onDemandUsdPerHour: 0,
    source: { url: "https://kubernetes.io/docs/setup/best-practices/cluster-large/", asOf: "2026-11-22", confidence: "low" },
  },
  row("g5.8xlarge",       { vcpus:  32, memoryGiB:  128, gpu: [1, a10g],       networkGbps:   25, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:   900, ebsGbps:  16, usd: 2.448 }),
  row("g5.12xlarge",      { vcpus:  48, memoryGiB:  192, gpu: [4, a10g],       networkGbps:   40, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  3800, ebsGbps:  16, usd: 5.672 }),
  row("g5.16xlarge",      { vcpus:  64, memoryGiB:  256, gpu: [1, a10g],       networkGbps:   25, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:  1900, ebsGbps:  16, usd: 4.096 }),
  row("g5.24xlarge",      { vcpus:  96, memoryGiB:  384, gpu: [4, a10g],       networkGbps:   50, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  3800, ebsGbps:  19, usd: 8.144 }),
  row("g5.48xlarge",      { vcpus: 192, memoryGiB:  768, gpu: [8, a10g],       networkGbps:  100, cards: [1, 1],   interfaces: [7, 50],  nvmeGB:  7600, ebsGbps:  19, usd: 16.288 }),
  row("g6.8xlarge",       { vcpus:  32, memoryGiB:  128, gpu: [1, l4],         networkGbps:   25, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:   900, ebsGbps:  16, usd: 2.0144 }),
  row("g6.12xlarge",      { vcpus:  48, memoryGiB:  192, gpu: [4, l4],         networkGbps:   40, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:  3760, ebsGbps:  20, usd: 4.6016 }),
  row("g6.16xlarge",      { vcpus:  64, memoryGiB:  256, gpu: [1, l4],         networkGbps:   25, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  1880, ebsGbps:  20, usd: 3.3968 }),
  row("g6.24xlarge",      { vcpus:  96, memoryGiB:  384, gpu: [4, l4],         networkGbps:   50, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  3760, ebsGbps:  30, usd: 6.6752 }),
  row("g6.48xlarge",      { vcpus: 192, memoryGiB:  768, gpu: [8, l4],         networkGbps:  100, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  7520, ebsGbps:  60, usd: 13.3504 }),
  row("gr6.8xlarge",      { vcpus:  32, memoryGiB:  256, gpu: [1, l4],         networkGbps:   25, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:   900, ebsGbps:  16, usd: 2.4464 }),
  row("g6e.8xlarge",      { vcpus:  32, memoryGiB:  256, gpu: [1, l40s],       networkGbps:   25, cards: [1, 1],   interfaces: [8, 30],  nvmeGB:   900, ebsGbps:  16, usd: 4.52856 }),
  row("g6e.12xlarge",     { vcpus:  48, memoryGiB:  384, gpu: [4, l40s],       networkGbps:  100, cards: [1, 1],   interfaces: [10, 30], nvmeGB:  3800, ebsGbps:  20, usd: 10.49264 }),
  row("g6e.16xlarge",     { vcpus:  64, memoryGiB:  512, gpu: [1, l40s],       networkGbps:   35, cards: [1, 1],   interfaces: [15, 50], nvmeGB:  1900, ebsGbps:  20, usd: 7.57719 }),
  row("g6e.24xlarge",     { vcpus:  96, memoryGiB:  768, gpu: [4, l40s],       networkGbps:  200, cards: [2, 2],   interfaces: [10, 50], nvmeGB:  3800, ebsGbps:  30, usd: 15.06559 }),
  row("g6e.48xlarge",     { vcpus: 192, memoryGiB: 1536, gpu: [8, l40s],       networkGbps:  400, cards: [4, 4],   interfaces: [10, 50], nvmeGB:  7600, ebsGbps:  60, usd: 30.13118 }),
  row("g7.8xlarge",       { vcpus:  32, memoryGiB:  128, gpu: [1, rtxPro4500], networkGbps:   80, cards: [1, 1],   interfaces: [10, 64], nvmeGB:   930, ebsGbps:  16, usd: 4.08624 }, driverOfG7),
  row("g7.12xlarge",      { vcpus:  48, memoryGiB:  192, gpu: [2, rtxPro4500], networkGbps:  175, cards: [1, 1],   interfaces: [12, 64], nvmeGB:  1900, ebsGbps:  20, usd: 7.12832 }, driverOfG7),
  row("g7.24xlarge",      { vcpus:  96, memoryGiB:  384, gpu: [4, rtxPro4500], networkGbps:  350, cards: [1, 1],   interfaces: [24, 64], nvmeGB:  3800, ebsGbps:  40, usd: 14.25664 }, driverOfG7),
  row("g7.48xlarge",      { vcpus: 192, memoryGiB:  768, gpu: [8, rtxPro4500], networkGbps:  700, cards: [2, 2],   interfaces: [12, 64], nvmeGB:  7600, ebsGbps:  80, usd: 28.51328 }, driverOfG7),
  row("g7e.8xlarge",      { vcpus:  32, memoryGiB:  256, gpu: [1, rtxPro6000], networkGbps:  100, cards: [1, 1],   interfaces: [8, 64],  nvmeGB:  1900, ebsGbps:  16, usd: 5.26824 }),
  row("g7e.12xlarge",     { vcpus:  48, memoryGiB:  512, gpu: [2, rtxPro6000], networkGbps:  400, cards: [1, 1],   interfaces: [10, 64], nvmeGB:  3800, ebsGbps:  25, usd: 8.28608 }),
  row("g7e.24xlarge",     { vcpus:  96, memoryGiB: 1024, gpu: [4, rtxPro6000], networkGbps:  800, cards: [2, 2],   interfaces: [10, 64], nvmeGB:  7600, ebsGbps:  50, usd: 16.57216 }),
  row("g7e.48xlarge",     { vcpus: 192, memoryGiB: 2048, gpu: [8, rtxPro6000], networkGbps: 1600, cards: [4, 4],   interfaces: [10, 64], nvmeGB: 15200, ebsGbps: 100, usd: 33.14432 }),
  row("p4d.24xlarge",     { vcpus:  96, memoryGiB: 1152, gpu: [8, a100With40], networkGbps:  400, cards: [4, 4],   interfaces: [15, 50], nvmeGB:  8000, ebsGbps:  19, usd: 21.957642 }),
  row("p4de.24xlarge",    { vcpus:  96, memoryGiB: 1152, gpu: [8, a100With80], networkGbps:  400, cards: [4, 4],   interfaces: [15, 50], nvmeGB:  8000, ebsGbps:  19, usd: 27.44705 }),
  row("p5.4xlarge",       { vcpus:  16, memoryGiB:  256, gpu: [1, h100],       networkGbps:  100, cards: [1, 1],   interfaces: [4, 30],  nvmeGB:  3800, ebsGbps:  10, usd: 6.88 }),
  row("p5.48xlarge",      { vcpus: 192, memoryGiB: 2048, gpu: [8, h100],       networkGbps: 3200, cards: [32, 32], interfaces: [2, 50],  nvmeGB: 30400, ebsGbps:  80, usd: 55.04 }),
  row("p5e.48xlarge",     { vcpus: 192, memoryGiB: 2048, gpu: [8, h200],       networkGbps: 3200, cards: [32, 32], interfaces: [2, 50],  nvmeGB: 30400, ebsGbps:  80 }),
  row("p5en.48xlarge",    { vcpus: 192, memoryGiB: 2048, gpu: [8, h200],       networkGbps: 3200, cards: [16, 16], interfaces: [4, 50],  nvmeGB: 30400, ebsGbps: 100, usd: 63.296 }),
  row("p6-b200.48xlarge", { vcpus: 192, memoryGiB: 2048, gpu: [8, b200],       networkGbps: 3200, cards: [8, 8],   interfaces: [4, 50],  nvmeGB: 30400, ebsGbps: 100, usd: 113.9328 }),
  // Card 0 has no EFA device, so there is one card more than devices.
  row("p6-b300.48xlarge", { vcpus: 192, memoryGiB: 4096, gpu: [8, b300],       networkGbps: 6400, cards: [17, 16], interfaces: [4, 50],  nvmeGB: 30400, ebsGbps: 100, usd: 142.416 }),
  {
    // Listed so that it is refused by name. We found no source for bandwidth, disks and addresses.
    ...row("p6e-gb200.36xlarge", { vcpus: 144, memoryGiB: 960, gpu: [4, gb200], networkGbps: 1600, cards: [17, 8], interfaces: [4, 50], nvmeGB: 0, ebsGbps: 0 }, ultraServer),
    architecture: "arm64",
    source: excludedUltraServer,
  },
];

const byName = new Map(instanceTypes.map((type) => [type.name, type]));

/** The row of a type, or undefined for a name that is not in the catalog. */
export function findInstanceType(name: string): InstanceTypeFacts | undefined {
  return byName.get(name);
}

/** The row of a type that is known to exist. Throws on any other name. */
export function instanceType(name: string): InstanceTypeFacts {
  const type = findInstanceType(name);
  if (!type) throw new Error(`The catalog has no instance type "${name}"; it has ${[...byName.keys()].join(", ")}.`);
  return type;
}

/** Types on which a group may span nodes, including refused types: filter on `unsupportedReason` to propose one. */
export function instanceTypesWithEfa(): InstanceTypeFacts[] {
  return instanceTypes.filter((type) => type.efaInterfaces > 0);
}

/** Families of EC2 with GPUs or other accelerators, also those without a row here: p3dn, g4dn, gr6, trn2, inf2, dl1, vt1, f2. */
export const acceleratedFamilies = {
  letters: ["p", "g", "gr", "trn", "inf", "dl", "vt", "f"],
  source: {
    url: "https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html",
    asOf: "2026-11-30",
    confidence: "medium",
  } satisfies Source,
} as const;

/** Whether the type, in the catalog or not, belongs to a family with accelerators. */
export const isAccelerated = (name: string): boolean => new RegExp(`^(${acceleratedFamilies.letters.join("|")})\\d`).test(name);
