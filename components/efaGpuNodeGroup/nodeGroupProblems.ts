/** The plain arguments of a GPU node group and their checks: every problem at once, before anything is registered. */
import { closest } from "fastest-levenshtein";
import { findInstanceType, instanceTypesWithEfa, type InstanceTypeFacts, type InstanceTypeName } from "../../catalog/instanceTypes";
import { problem, type Problem } from "../../sizing/problem";
import { checkNameLength } from "../names";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";
import { CapacityType, type CapacityArgs } from "./capacity";
import { capacityProblems } from "./capacityProblems";
import { hugePageMiB } from "./nodeConfig";
import { defaultRootVolumeGiB, largestRootVolumeGiB, smallestRootVolumeGiB } from "./rootVolume";

/** The plain arguments of EfaGpuNodeGroup. */
export interface EfaGpuNodeGroupOptions {
  /**
   * EC2 instance type of every node, for example `p4d.24xlarge`. It must be known before deployment and decides cards, GPUs and price. A
   * change replaces the node group.
   */
  instanceType: InstanceTypeName;
  /**
   * Number of nodes. Each p4d.24xlarge costs about $22 an hour from its launch. `0` pauses the group and keeps everything else.
   */
  nodeCount: number;
  /** How you buy the capacity. A reservation must be in the zone of `subnetId`, or no node launches. @default on demand */
  capacity?: CapacityArgs;
  /**
   * Size of each node's encrypted gp3 root volume in GiB. Images are unpacked on the local NVMe disks if the type has them (every EFA type
   * of the catalog does), otherwise here. If it is too small, disk pressure evicts pods. @default 200
   */
  rootVolumeGiB?: number;
  /**
   * Puts the nodes into a cluster placement group, close together in the network. Refused with a reservation or capacity block: a new group
   * cannot hold capacity reserved outside it. @default true on demand and on spot, else false
   */
  placementGroup?: boolean;
  /**
   * Memory in MiB that each node reserves as 2 MiB huge pages. Pods must request exactly this much (`hugepages-2Mi`); memory that no pod
   * requests is lost. @default 0: libfabric uses normal pages
   */
  hugePagesMiB?: number;
  /**
   * AMI release of the nodes, for example `1.35.0-20260714`. A change replaces the nodes one by one. @default the newest at creation; EKS
   * keeps it until you change it
   */
  releaseVersion?: string;
  /**
   * The current day or time, `2026-12-01` or RFC 3339, to compare with `capacity.startsAt`. A component does not read the clock, so that
   * the same program gives the same result. Required with `capacity.startsAt`. @default none
   */
  asOf?: string;
  /**
   * How long Pulumi waits until every node of the managed node group has joined, has been replaced (including its drain), or is gone. If a
   * limit is too short, `pulumi up` fails while nodes are billed. @default the provider's 60m each
   */
  timeouts?: ResourceTimeouts;
}

export function nodeGroupProblems(name: string, options: EfaGpuNodeGroupOptions): Problem[] {
  const type = findInstanceType(options.instanceType);
  const usable = type?.unsupportedReason === undefined ? type : undefined;
  const capacity = options.capacity ?? { type: CapacityType.OnDemand };
  return [
    ...checkNameLength("nodeGroup", `${name}-nodes`),
    ...instanceTypeProblems(options.instanceType, type),
    ...wholeNumber("nodeCount", options.nodeCount, 0),
    ...capacityProblems({ ...options, capacity }, type),
    ...(usable ? diskAndMemoryProblems(options, usable) : []),
    ...releaseProblems(options.releaseVersion),
    ...timeoutProblems("timeouts", options.timeouts),
  ];
}

const supportedTypes = () => instanceTypesWithEfa().filter((type) => type.unsupportedReason === undefined);

function instanceTypeProblems(given: string, type: InstanceTypeFacts | undefined): Problem[] {
  if (type?.gpu && type.efaInterfaces > 0 && type.unsupportedReason === undefined) return [];
  const names = supportedTypes().map((each) => each.name);
  const nearest = closest(given, names);
  const path = "instanceType";
  const changes = [{ path, value: nearest }];
  const others = `Types that work: ${names.join(", ")}.`;
  const fix = `Did you mean ${nearest}? ${others}`;
  if (!type)
    return [problem({ code: "instance-type-unknown", path, message: `"${given}" is not in the catalog of GPU types.`, fix, changes })];
  if (type.unsupportedReason !== undefined || !type.gpu) {
    const reason = type.unsupportedReason ?? "it has no GPU";
    return [problem({ code: "instance-type-unsupported", path, message: `${given} cannot be used: ${reason}.`, fix: others })];
  }
  const message = `${given} has no Elastic Fabric Adapter, which the nodes of a group need to talk to each other.`;
  return [problem({ code: "efa-missing", path, message, fix, changes })];
}

function diskAndMemoryProblems(options: EfaGpuNodeGroupOptions, type: InstanceTypeFacts): Problem[] {
  const { rootVolumeGiB = defaultRootVolumeGiB, hugePagesMiB = 0 } = options;
  return [
    ...wholeNumber("rootVolumeGiB", rootVolumeGiB, smallestRootVolumeGiB(type), largestRootVolumeGiB, "GiB"),
    ...wholeNumber("hugePagesMiB", hugePagesMiB, 0, Math.floor(type.allocatable.memoryMi / 2), "MiB"),
    ...oddHugePages(hugePagesMiB),
  ];
}

function oddHugePages(mib: number): Problem[] {
  if (!Number.isInteger(mib) || mib % hugePageMiB === 0) return [];
  const path = "hugePagesMiB";
  const message = `${mib} MiB is not a multiple of ${hugePageMiB} MiB, the size of a huge page.`;
  return [problem({ code: "out-of-range", path, message, fix: `Set it to ${mib + 1}.`, changes: [{ path, value: mib + 1 }] })];
}

function wholeNumber(path: string, value: number, from: number, to = Number.MAX_SAFE_INTEGER, unit = ""): Problem[] {
  if (Number.isInteger(value) && value >= from && value <= to) return [];
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `${from} to ${to} ${unit}`;
  const nearest = Number.isFinite(value) ? Math.min(to, Math.max(from, Math.ceil(value))) : from;
  const message = `${value} is not allowed: expected a whole number, ${range}.`;
  return [problem({ code: "out-of-range", path, message, fix: `Set it to ${range}.`, changes: [{ path, value: nearest }] })];
}

function releaseProblems(releaseVersion: string | undefined): Problem[] {
  if (releaseVersion === undefined || /^\d+\.\d+\.\d+-\d{8}$/.test(releaseVersion)) return [];
  const message = `"${releaseVersion}" is not an AMI release: expected Kubernetes version, hyphen and date, for example 1.35.0-20260714.`;
  const fix = "Choose one from https://github.com/awslabs/amazon-eks-ami/releases, or remove it to start with the newest release.";
  return [problem({ code: "wrong-type", path: "releaseVersion", message, fix })];
}
