/** What is wrong with the arguments of a GPU node group: every problem at once, before anything is registered. */
import { closest } from "fastest-levenshtein";
import { findInstanceType, instanceTypesWithEfa, type InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { Problem } from "../../sizing/problem";
import { checkNameLength } from "../names";
import { CapacityType, type CapacityArgs } from "./capacity";
import { capacityProblems } from "./capacityProblems";
import { hugePageMiB } from "./nodeConfig";
import { defaultRootVolumeGiB, largestRootVolumeGiB, smallestRootVolumeGiB } from "./rootVolume";

/** The plain arguments of EfaGpuNodeGroup, known before deployment. */
export interface NodeGroupTopology {
  instanceType: string;
  nodeCount: number;
  capacity?: CapacityArgs;
  rootVolumeGiB?: number;
  placementGroup?: boolean;
  hugePagesMiB?: number;
  releaseVersion?: string;
  asOf?: string;
}

/**
 * `section` stands before the paths of rootVolumeGiB, placementGroup, hugePagesMiB and releaseVersion: a stack keeps them under `gpuNodes.`.
 */
export function nodeGroupProblems(name: string, topology: NodeGroupTopology, section = ""): Problem[] {
  const type = findInstanceType(topology.instanceType);
  const usable = type?.unsupportedReason === undefined ? type : undefined;
  const capacity = topology.capacity ?? { type: CapacityType.OnDemand };
  return [
    ...checkNameLength("nodeGroup", `${name}-nodes`),
    ...instanceTypeProblems(topology.instanceType, type),
    ...wholeNumber("nodeCount", topology.nodeCount, 0),
    ...capacityProblems({ ...topology, capacity, type }, section),
    ...(usable ? diskAndMemoryProblems(topology, usable, section) : []),
    ...releaseProblems(topology.releaseVersion, section),
  ];
}

const supportedTypes = () => instanceTypesWithEfa().filter((type) => type.unsupportedReason === undefined);

function instanceTypeProblems(given: string, type: InstanceTypeFacts | undefined): Problem[] {
  if (type?.gpu && type.efaInterfaces > 0 && type.unsupportedReason === undefined) return [];
  const names = supportedTypes().map((each) => each.name);
  const nearest = closest(given, names);
  const changes = [{ path: "instanceType", value: nearest }];
  const problem = { severity: "error" as const, path: "instanceType", changes };
  const others = `Types that work: ${names.join(", ")}.`;
  const fix = `Did you mean ${nearest}? ${others}`;
  if (!type) return [{ ...problem, code: "instance-type-unknown", message: `"${given}" is not in the catalog of GPU types.`, fix }];
  if (type.unsupportedReason !== undefined || !type.gpu) {
    const reason = type.unsupportedReason ?? "it has no GPU";
    const message = `${given} cannot be used: ${reason}.`;
    return [{ ...problem, code: "instance-type-unsupported", message, fix: others, changes: [] }];
  }
  return [{ ...problem, code: "efa-missing", message: `${given} has no Elastic Fabric Adapter, and nodes of a group talk over it.`, fix }];
}

function diskAndMemoryProblems(topology: NodeGroupTopology, type: InstanceTypeFacts, section: string): Problem[] {
  const { rootVolumeGiB = defaultRootVolumeGiB, hugePagesMiB = 0 } = topology;
  return [
    ...wholeNumber(`${section}rootVolumeGiB`, rootVolumeGiB, smallestRootVolumeGiB(type), largestRootVolumeGiB, "GiB"),
    ...wholeNumber(`${section}hugePagesMiB`, hugePagesMiB, 0, Math.floor(type.allocatable.memoryMi / 2), "MiB"),
    ...oddHugePages(`${section}hugePagesMiB`, hugePagesMiB),
  ];
}

function oddHugePages(path: string, mib: number): Problem[] {
  if (!Number.isInteger(mib) || mib % hugePageMiB === 0) return [];
  const message = `${mib} MiB is no multiple of the ${hugePageMiB} MiB of a huge page.`;
  return [{ code: "out-of-range", severity: "error", path, message, fix: "Round it up.", changes: [{ path, value: mib + 1 }] }];
}

function wholeNumber(path: string, value: number, from: number, to = Number.MAX_SAFE_INTEGER, unit = ""): Problem[] {
  if (Number.isInteger(value) && value >= from && value <= to) return [];
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `${from} to ${to} ${unit}`;
  const nearest = Number.isFinite(value) ? Math.min(to, Math.max(from, Math.ceil(value))) : from;
  const message = `${value} is not allowed: a whole number, ${range}.`;
  return [{ code: "out-of-range", severity: "error", path, message, fix: `Set it to ${range}.`, changes: [{ path, value: nearest }] }];
}

function releaseProblems(releaseVersion: string | undefined, section: string): Problem[] {
  if (releaseVersion === undefined || /^\d+\.\d+\.\d+-\d{8}$/.test(releaseVersion)) return [];
  const path = `${section}releaseVersion`;
  const message = `"${releaseVersion}" is no AMI release: Kubernetes version, hyphen, date, for example 1.35.0-20260714.`;
  const fix = "Take one from https://github.com/awslabs/amazon-eks-ami/releases, or remove the setting for the newest at creation.";
  return [{ code: "wrong-type", severity: "error", path, message, fix, changes: [] }];
}
