/** What is wrong with the arguments of a serving set by themselves: form, ranges, names. Model, layout and memory are checked by sizing/. */
import { closest } from "fastest-levenshtein";
import { findInstanceType, instanceTypes } from "../../catalog/instanceTypes";
import type { Problem } from "../../sizing/problem";
import { cidrMistake } from "../cidr";
import { longestLeaderWorkerSetName, nameTooLong } from "../names";
import type { ServingTopology } from "./resolveServing";

export function checkTopology(name: string, topology: ServingTopology): Problem[] {
  const { engine = {} } = topology;
  return [
    ...checkName(name, topology.replicas),
    ...checkInstanceType(topology.instanceType),
    ...checkZone(topology.availabilityZone),
    ...wholeNumber("engine.maxModelLen", engine.maxModelLen, 1),
    ...wholeNumber("engine.maxNumSeqs", engine.maxNumSeqs, 1),
    ...wholeNumber("engine.maxNumBatchedTokens", engine.maxNumBatchedTokens, 1),
    ...checkUtilization(engine.gpuMemoryUtilization),
    ...wholeNumber("hugePagesMiB", topology.hugePagesMiB, 0),
    ...checkHugePages(topology),
    ...wholeNumber("idleTimeoutSeconds", topology.idleTimeoutSeconds, 1),
    ...wholeNumber("drainSeconds", topology.drainSeconds, 0),
    ...(topology.readMBps === undefined || topology.readMBps > 0 ? [] : [outOfRange("readMBps", topology.readMBps, "a number above 0")]),
    ...topology.loadBalancerCidrs.flatMap(checkCidr),
  ];
}

/** The set's name becomes a DNS label of its pods' addresses. */
function checkName(name: string, replicas: number): Problem[] {
  const longest = longestLeaderWorkerSetName(Number.isInteger(replicas) ? replicas : 1);
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return nameTooLong("LeaderWorkerSet", name, longest);
  const message = `"${name}" is no DNS label: lower-case letters, digits and hyphens, first a letter, last no hyphen.`;
  return [problem("wrong-type", "name", message, "Give the component such a name.")];
}

function checkInstanceType(given: string): Problem[] {
  if (findInstanceType(given)) return [];
  const supported = instanceTypes.filter((each) => each.unsupportedReason === undefined).map((each) => each.name);
  const nearest = closest(given, supported);
  const message = `"${given}" is not in the catalog of instance types.`;
  const fix = `Did you mean ${nearest}? Types that work: ${supported.join(", ")}.`;
  return [{ ...problem("instance-type-unknown", "instanceType", message, fix), changes: [{ path: "instanceType", value: nearest }] }];
}

function checkZone(zone: string | undefined): Problem[] {
  if (zone === undefined || /^[a-z]{2}(-[a-z]+)+-\d+([a-z]|-[a-z]{3}-\d+[a-z])$/.test(zone)) return [];
  const message = `"${zone}" is no availability zone; a region with a letter behind it is, such as us-west-2a.`;
  return [problem("availability-zone-invalid", "availabilityZone", message, "Write the zone of the GPU nodes.")];
}

function wholeNumber(path: string, value: number | undefined, least: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return [];
  return [outOfRange(path, value, `a whole number of ${least} or more`)];
}

function checkUtilization(value: number | undefined): Problem[] {
  if (value === undefined || (value > 0 && value <= 1)) return [];
  return [outOfRange("engine.gpuMemoryUtilization", value, "a fraction above 0 and at most 1")];
}

const hugePageMiB = 2;

function checkHugePages({ hugePagesMiB = 0, instanceType }: ServingTopology): Problem[] {
  const type = findInstanceType(instanceType);
  if (!Number.isInteger(hugePagesMiB) || hugePagesMiB <= 0 || !type) return [];
  if (!type.gpu) return [outOfRange("hugePagesMiB", hugePagesMiB, `0 on ${instanceType}: huge pages serve EFA alone`)];
  // Beyond half of the memory the pages that hold the weights while they are read would be missing.
  const most = Math.floor(type.allocatable.memoryMi / 2);
  if (hugePagesMiB % hugePageMiB === 0 && hugePagesMiB <= most) return [];
  return [outOfRange("hugePagesMiB", hugePagesMiB, `a multiple of ${hugePageMiB} up to ${most}, half the memory of ${instanceType}`)];
}

function checkCidr(cidr: string, index: number): Problem[] {
  const mistake = cidrMistake(cidr);
  if (!mistake) return [];
  const fix = mistake.network ? `Write ${mistake.network}.` : "Name the load balancer's subnets.";
  return [problem("cidr-invalid", `loadBalancerCidrs[${index}]`, `"${cidr}" is refused: ${mistake.reason}.`, fix)];
}

const outOfRange = (path: string, value: number, rule: string): Problem =>
  problem("out-of-range", path, `${value} is given; ${rule} is needed.`, `Set ${path} to ${rule}.`);

const problem = (code: Problem["code"], path: string, message: string, fix: string): Problem => ({
  ...{ code, severity: "error" as const, path, message, fix },
  changes: [],
});
