/**
 * What a serving set can be told before deployment, and what is wrong with it by itself: form, ranges, names. Model, layout and memory are
 * checked by sizing/.
 */
import { closest } from "fastest-levenshtein";
import { findInstanceType, instanceTypes, type InstanceTypeName } from "../../catalog/instanceTypes";
import type { ModelName } from "../../catalog/models";
import { problem, type Problem } from "../../sizing/problem";
import { cidrMistake } from "../cidr";
import { longestLeaderWorkerSetName, nameTooLong } from "../names";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";
import type { VllmEngineArgs } from "./engineArguments";

/** The plain arguments of VllmLeaderWorkerSet. */
export interface VllmLeaderWorkerSetOptions {
  /** Hugging Face id of the model, for example `Qwen/Qwen3-32B`. Decides memory and layout, so it must be known before deployment. */
  model: ModelName;
  /** Text of the model's `config.json`, for a model outside the catalog; wins over the catalog. @default the catalog's row */
  modelConfigJson?: string;
  /** Name that clients put into `model`. A change breaks every client that names the old one. @default `model` */
  servedModelName?: string;
  /** GPUs that share each layer. Must divide the attention heads; more than a node has makes every layer wait for the network. */
  tensorParallelSize: number;
  /** Stages the layers are cut into; beyond one node, stages belong on nodes. */
  pipelineParallelSize: number;
  /**
   * Groups that each hold the whole model. `0` pauses: weights and endpoint stay, no pod runs. More than the nodes can hold as whole groups
   * lets two groups each take half of what they need, and both wait for ever.
   */
  replicas: number;
  /** EC2 instance type of the nodes, for example `p4d.24xlarge`, or `cpu` for a local cluster. Pods run on no other type. */
  instanceType: InstanceTypeName;
  /** Zone of the GPU nodes and of the model store. @default pods of the set choose one zone together */
  availabilityZone?: string;
  /** Settings of the engine. @default vLLM's own for the catalog's default image */
  engine?: VllmEngineArgs;
  /** IPv4 ranges of the load balancer's subnets. Nobody else reaches the API: an empty list leaves `kubectl port-forward` only. */
  loadBalancerCidrs: string[];
  /** Namespace whose pods may read `/metrics`; the same port answers requests. @default none */
  metricsNamespace?: string;
  /**
   * Huge pages that the node group reserved, MiB a node. More than was reserved keeps every pod Pending while its node is billed. @default
   * 0
   */
  hugePagesMiB?: number;
  /**
   * How fast all nodes together read weights, MB/s. Too high, and pods are killed while they load. @default what a node without a file
   * system reads
   */
  readMBps?: number;
  /**
   * Silence after which the load balancer closes a connection, seconds: the server keeps connections longer. Written here once: the output
   * of the same name tells InferenceIngress. @default 600
   */
  idleTimeoutSeconds?: number;
  /**
   * How long running requests may finish when a pod is told to stop, seconds. Shorter cuts long answers. Written here once: the output of
   * the same name tells InferenceIngress. @default 120
   */
  drainSeconds?: number;
  /** Key in the API key's Secret. @default api-key */
  apiKeySecretKey?: string;
  /**
   * Limits for the set: until every group has answered a request, until each has been replaced, or until all are gone. Too short ends
   * `pulumi up` while the model still loads. @default three times the computed load, the image pull and the drain, a group after the other
   * in an update
   */
  timeouts?: ResourceTimeouts;
}

export function servingProblems(name: string, options: VllmLeaderWorkerSetOptions): Problem[] {
  const { engine = {} } = options;
  return [
    ...checkName(name, options.replicas),
    ...checkInstanceType(options.instanceType),
    ...checkZone(options.availabilityZone),
    ...wholeNumber("engine.maxModelLen", engine.maxModelLen, 1),
    ...wholeNumber("engine.maxNumSeqs", engine.maxNumSeqs, 1),
    ...wholeNumber("engine.maxNumBatchedTokens", engine.maxNumBatchedTokens, 1),
    ...checkUtilization(engine.gpuMemoryUtilization),
    ...wholeNumber("hugePagesMiB", options.hugePagesMiB, 0),
    ...checkHugePages(options),
    ...wholeNumber("idleTimeoutSeconds", options.idleTimeoutSeconds, 1),
    ...wholeNumber("drainSeconds", options.drainSeconds, 0),
    ...(options.readMBps === undefined || options.readMBps > 0 ? [] : [outOfRange("readMBps", options.readMBps, "a number above 0")]),
    ...options.loadBalancerCidrs.flatMap(checkCidr),
    ...timeoutProblems("timeouts", options.timeouts),
  ];
}

/** The set's name becomes a DNS label of its pods' addresses. */
function checkName(name: string, replicas: number): Problem[] {
  const longest = longestLeaderWorkerSetName(Number.isInteger(replicas) ? replicas : 1);
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return nameTooLong("LeaderWorkerSet", name, longest);
  const message = `"${name}" is no DNS label: lower-case letters, digits and hyphens, first a letter, last no hyphen.`;
  return [error("wrong-type", "name", message, "Give the component such a name.")];
}

function checkInstanceType(given: string): Problem[] {
  if (findInstanceType(given)) return [];
  const supported = instanceTypes.filter((each) => each.unsupportedReason === undefined).map((each) => each.name);
  const nearest = closest(given, supported);
  const message = `"${given}" is not in the catalog of instance types.`;
  const fix = `Did you mean ${nearest}? Types that work: ${supported.join(", ")}.`;
  const path = "instanceType";
  return [problem({ code: "instance-type-unknown", path, message, fix, changes: [{ path, value: nearest }] })];
}

function checkZone(zone: string | undefined): Problem[] {
  if (zone === undefined || /^[a-z]{2}(-[a-z]+)+-\d+([a-z]|-[a-z]{3}-\d+[a-z])$/.test(zone)) return [];
  const message = `"${zone}" is no availability zone; a region with a letter behind it is, such as us-west-2a.`;
  return [error("availability-zone-invalid", "availabilityZone", message, "Write the zone of the GPU nodes.")];
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

function checkHugePages({ hugePagesMiB = 0, instanceType }: VllmLeaderWorkerSetOptions): Problem[] {
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
  return [error("cidr-invalid", `loadBalancerCidrs[${index}]`, `"${cidr}" is refused: ${mistake.reason}.`, fix)];
}

const outOfRange = (path: string, value: number, rule: string): Problem =>
  error("out-of-range", path, `${value} is given; ${rule} is needed.`, `Set ${path} to ${rule}.`);

const error = (code: Problem["code"], path: string, message: string, fix: string): Problem => problem({ code, path, message, fix });
