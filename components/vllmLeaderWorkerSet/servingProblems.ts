/**
 * The plain arguments of a serving set and the checks of form, ranges and names: every problem at once, before anything is registered.
 * sizing/ checks model, layout and memory.
 */
import { closest } from "fastest-levenshtein";
import { findInstanceType, instanceTypes, type InstanceTypeName } from "../../catalog/instanceTypes";
import { userId } from "../../catalog/kubernetesRules";
import type { ModelName } from "../../catalog/models";
import { problem, type Problem } from "../../sizing/problem";
import { cidrMistake } from "../cidr";
import { longestLeaderWorkerSetName, nameTooLong } from "../names";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";
import type { VllmEngineArgs } from "./engineArguments";

/** The plain arguments of VllmLeaderWorkerSet. */
export interface VllmLeaderWorkerSetOptions {
  /** Hugging Face id of the model, for example `Qwen/Qwen3-32B`. It decides memory and layout, so it must be known before deployment. */
  model: ModelName;
  /** Text of the model's `config.json`, for a model outside the catalog. It overrides the catalog. @default the catalog's row */
  modelConfigJson?: string;
  /** Name that clients put into `model`. A change breaks every client that uses the old name. @default `model` */
  servedModelName?: string;
  /** GPUs that share each layer. It must divide the attention heads. With more than a node has, every layer waits for the network. */
  tensorParallelSize: number;
  /** Number of stages into which the layers are cut. With more than one node, use one stage per node. */
  pipelineParallelSize: number;
  /**
   * Number of groups; each holds the whole model. `0` pauses: weights and endpoint stay, no pod runs. With more groups than the nodes can
   * hold, two groups may each take half of the nodes they need, and both wait forever.
   */
  replicas: number;
  /** EC2 instance type of the nodes, for example `p4d.24xlarge`, or `cpu` for a local cluster. Pods run only on this type. */
  instanceType: InstanceTypeName;
  /** Zone of the GPU nodes and of the model store. @default the zone that the first pod of the set gets */
  availabilityZone?: string;
  /** Settings of the engine. @default vLLM's defaults in the catalog's default image */
  engine?: VllmEngineArgs;
  /** IPv4 ranges of the load balancer's subnets, the only ones that reach the API. With an empty list only `kubectl port-forward` does. */
  loadBalancerCidrs: string[];
  /** Namespace with the pods that may read `/metrics`. The same port also answers requests. @default none */
  metricsNamespace?: string;
  /**
   * MiB of huge pages that the node group reserves on each node. With a larger value every pod stays Pending while its node is billed.
   * @default 0
   */
  hugePagesMiB?: number;
  /**
   * MB/s at which all nodes together read weights. If it is too high, the start-up probe kills pods while they load. @default the speed of
   * a node without a file system
   */
  readMBps?: number;
  /**
   * Seconds of silence after which the load balancer closes a connection; the server keeps connections longer. Set it only here and pass
   * the output of the same name to InferenceIngress. @default 600
   */
  idleTimeoutSeconds?: number;
  /**
   * Seconds that running requests have to finish when a pod must stop. A short time cuts off long answers. Set it only here and pass the
   * output of the same name to InferenceIngress. @default 120
   */
  drainSeconds?: number;
  /** Key in the API key's Secret. @default api-key */
  apiKeySecretKey?: string;
  /**
   * How long Pulumi waits until every group has answered a request, has been replaced, or is gone. If a limit is too short, `pulumi up`
   * fails while the model still loads. @default three times the computed load, plus image pull and drain; in an update for one group after
   * the other
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
    ...wholeNumber("engine.stepTimeoutSeconds", engine.stepTimeoutSeconds, 1),
    ...checkUtilization(engine.gpuMemoryUtilization),
    ...wholeNumber("engine.runAsUser", engine.runAsUser, 1, userId.largest),
    ...wholeNumber("hugePagesMiB", options.hugePagesMiB, 0),
    ...checkHugePages(options),
    ...wholeNumber("idleTimeoutSeconds", options.idleTimeoutSeconds, 1),
    ...wholeNumber("drainSeconds", options.drainSeconds, 0),
    ...(options.readMBps === undefined || options.readMBps > 0 ? [] : [outOfRange("readMBps", options.readMBps, "a number above 0")]),
    ...options.loadBalancerCidrs.flatMap(checkCidr),
    ...timeoutProblems("timeouts", options.timeouts),
  ];
}

/** The set's name becomes a DNS label in the addresses of its pods. */
function checkName(name: string, replicas: number): Problem[] {
  const longest = longestLeaderWorkerSetName(Number.isInteger(replicas) ? replicas : 1);
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return nameTooLong("LeaderWorkerSet", name, longest);
  const message = `"${name}" is not a DNS label: expected lower-case letters, digits and hyphens, beginning with a letter and not ending in a hyphen.`;
  return [error("wrong-type", "name", message, "Rename the component.")];
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
  const message = `"${zone}" is not an availability zone: expected a region followed by a letter, such as us-west-2a.`;
  return [error("availability-zone-invalid", "availabilityZone", message, "Set it to the zone of the GPU nodes.")];
}

function wholeNumber(path: string, value: number | undefined, least: number, most?: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= (most ?? value))) return [];
  return [outOfRange(path, value, most === undefined ? `a whole number of ${least} or more` : `a whole number from ${least} to ${most}`)];
}

function checkUtilization(value: number | undefined): Problem[] {
  if (value === undefined || (value > 0 && value <= 1)) return [];
  return [outOfRange("engine.gpuMemoryUtilization", value, "a fraction above 0 and at most 1")];
}

const hugePageMiB = 2;

function checkHugePages({ hugePagesMiB = 0, instanceType }: VllmLeaderWorkerSetOptions): Problem[] {
  const type = findInstanceType(instanceType);
  if (!Number.isInteger(hugePagesMiB) || hugePagesMiB <= 0 || !type) return [];
  if (!type.gpu) return [outOfRange("hugePagesMiB", hugePagesMiB, `0 on ${instanceType}, because only EFA uses huge pages`)];
  // Beyond half of the memory, too few pages remain to hold the weights while the engine reads them.
  const most = Math.floor(type.allocatable.memoryMi / 2);
  if (hugePagesMiB % hugePageMiB === 0 && hugePagesMiB <= most) return [];
  return [outOfRange("hugePagesMiB", hugePagesMiB, `a multiple of ${hugePageMiB} up to ${most}, half the memory of ${instanceType}`)];
}

function checkCidr(cidr: string, index: number): Problem[] {
  const mistake = cidrMistake(cidr);
  if (!mistake) return [];
  const fix = mistake.network ? `Write ${mistake.network}.` : "List the ranges of the load balancer's subnets.";
  return [
    error("cidr-invalid", `loadBalancerCidrs[${index}]`, `"${cidr}" is not a range that a network policy accepts: ${mistake.reason}.`, fix),
  ];
}

const outOfRange = (path: string, value: number, rule: string): Problem =>
  error("out-of-range", path, `${value} is not allowed: expected ${rule}.`, `Set ${path} to ${rule}.`);

const error = (code: Problem["code"], path: string, message: string, fix: string): Problem => problem({ code, path, message, fix });
