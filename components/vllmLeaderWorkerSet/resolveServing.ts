/** Turns arguments into everything that the manifests need, or into the list of problems. */
import { defaultVllmImage } from "../../catalog/images";
import { findInstanceType, type InstanceTypeFacts } from "../../catalog/instanceTypes";
import { type GroupMemory, resolveMemory } from "../../sizing/memory/memory";
import { type ResolvedModel, resolveModel } from "../../sizing/model/modelConfig";
import { resolveLayout } from "../../sizing/layout/parallelism";
import { parameterCount, weightBytes } from "../../sizing/model/parameters";
import { hasErrors, type Problem } from "../../sizing/problem";
import { longestStep, type LongestStep } from "../../sizing/costAndTime/longestStep";
import { loadSeconds } from "../../sizing/costAndTime/storage";
import {
  deploymentTimeouts,
  drainExceedsUpdate,
  type DeploymentTimeout,
  servingTimeouts,
  type ServingTimeouts,
} from "../../sizing/costAndTime/timeouts";
import { given } from "../../sizing/givenKeys";
import { renamed } from "../../sizing/settingNames";
import { refuseErrors } from "../problems";
import { checkEngineArguments } from "./argumentRules";
import { containerSettings, type ContainerSettings, type EngineSettings } from "./engineArguments";
import { engineMemorySettings } from "./engineMemory";
import { defaultApiKeyEntry } from "./podEnvironment";
import { podResources, type PodResources } from "./podResources";
import { servingProblems, type VllmLeaderWorkerSetOptions } from "./servingProblems";
import { argumentNames } from "./argumentNames";
import { bytesPerGiB } from "../../sizing/units";

/** How the model fits one group, computed before you rent a GPU. Without GPUs in the instance type, numbers about GPUs are absent. */
export interface FitSummary {
  parameters: number;
  weightsGiB: number;
  /** GPUs of one group; 0 for a type without GPUs. */
  gpusPerGroup: number;
  nodesPerGroup: number;
  /** Longest request that the engine accepts, in tokens. */
  maxModelLen?: number;
  kvBytesPerToken?: number;
  /** Tokens that the KV cache of one group can hold. */
  kvCacheTokens?: number;
  /** Requests of full length that one group can hold at once. */
  maxConcurrency?: number;
  uncertaintyPercent?: number;
}

export interface ResolvedServing extends ContainerSettings {
  name: string;
  type: InstanceTypeFacts;
  availabilityZone: string | undefined;
  replicas: number;
  /** Pods of one group, each on its own node. */
  groupSize: number;
  /** GPUs of all groups together. */
  gpuCount: number;
  hugePagesMiB: number;
  engine: EngineSettings;
  resources: PodResources;
  timeouts: ServingTimeouts;
  deploymentTimeout: DeploymentTimeout;
  fit: FitSummary;
  /** Key in the API key's Secret. */
  apiKeySecretKey: string;
}

/** Throws all problems together. */
export function resolveServing(name: string, options: VllmLeaderWorkerSetOptions): ResolvedServing {
  const { serving, problems } = tryResolveServing(name, options);
  refuseErrors("VllmLeaderWorkerSet", name, problems);
  if (!serving) throw new Error(`Resolving "${name}" gave neither a result nor a problem.`);
  return serving;
}

/** Returns no result if a problem is an error. All problems use the names of the arguments. */
export function tryResolveServing(name: string, options: VllmLeaderWorkerSetOptions): { serving?: ResolvedServing; problems: Problem[] } {
  const { serving, problems } = resolve(name, options);
  return { ...(serving && { serving }), problems: problems.map((found) => renamed(found, argumentNames)) };
}

function resolve(name: string, options: VllmLeaderWorkerSetOptions): { serving?: ResolvedServing; problems: Problem[] } {
  const { instanceType, replicas, hugePagesMiB = 0, availabilityZone } = options;
  const type = findInstanceType(instanceType);
  const { model, problems: modelProblems } = resolveModel(given(options, "model", "modelConfigJson"));
  const problems = [...servingProblems(name, options), ...modelProblems];
  if (!type || !model) return { problems };

  const unlaid = engineSettings(options, model);
  const { layout, problems: layoutProblems } = resolveLayout(model.shape, type, {
    ...options,
    ...engineMemorySettings(unlaid),
    nodesFollowReplicas: true,
  });
  const engine = { ...unlaid, groupSize: layout?.nodesPerGroup ?? 1 };
  const settings = engineMemorySettings(engine);
  const memory: ReturnType<typeof resolveMemory> =
    layout && type.gpu ? resolveMemory(model.shape, type, layout, settings) : { problems: [] };
  const weightsGiB = weightBytes(model.shape) / bytesPerGiB;
  const step = layout && memory.memory && longestStep(model.shape, type, layout, memory.memory, settings);
  const waits = waitsOf(options, type, weightsGiB, step);
  problems.push(
    ...layoutProblems,
    ...checkEngineArguments(engine, model.catalog?.minimumVllmVersion),
    ...memory.problems,
    ...waits.problems,
  );
  if (!layout || hasErrors(problems)) return { problems };

  const { nodesPerGroup, gpusPerNode } = layout;
  const gpusPerGroup = nodesPerGroup * gpusPerNode;
  const serving: ResolvedServing = {
    ...{ name, type, availabilityZone, replicas, hugePagesMiB },
    ...containerSettings(options.engine ?? {}),
    groupSize: nodesPerGroup,
    gpuCount: replicas * gpusPerGroup,
    engine: { ...engine, ...given(waits.timeouts, "shutdownTimeoutSeconds", "distributedTimeoutSeconds") },
    resources: podResources(type, weightsGiB, hugePagesMiB),
    timeouts: waits.timeouts,
    deploymentTimeout: waits.deploymentTimeout,
    apiKeySecretKey: options.apiKeySecretKey ?? defaultApiKeyEntry,
    fit: { parameters: parameterCount(model.shape), weightsGiB, gpusPerGroup, nodesPerGroup, ...fitOf(memory) },
  };
  return { serving, problems };
}

function engineSettings(options: VllmLeaderWorkerSetOptions, { catalog }: ResolvedModel): EngineSettings {
  const { tensorParallelSize, pipelineParallelSize, engine = {} } = options;
  return {
    servedModelName: options.servedModelName ?? options.model,
    ...{ tensorParallelSize, pipelineParallelSize, engine },
    groupSize: 1,
    vllmVersion: engine.vllmVersion ?? defaultVllmImage.vllmVersion,
    ...{ shutdownTimeoutSeconds: 0, distributedTimeoutSeconds: 0 }, // known once the load is
    modelArguments: catalog?.engineArguments ?? [],
  };
}

function waitsOf(options: VllmLeaderWorkerSetOptions, type: InstanceTypeFacts, weightsGiB: number, step: LongestStep | undefined) {
  const { replicas, readMBps, loadBalancerCidrs, engine = {} } = options;
  const local = loadSeconds({ weightsGiB, nodes: 1, type });
  // A store reads each byte from disk once and serves other nodes from memory; vLLM's loader limits the speed of each node.
  const loadSecondsCold = readMBps === undefined ? local.cold : Math.max((weightsGiB * bytesPerGiB) / (readMBps * 1e6), local.warm);
  const timeouts = servingTimeouts({
    ...{ loadSecondsCold, step, loadBalanced: loadBalancerCidrs.length > 0 },
    ...given(options, "idleTimeoutSeconds", "drainSeconds"),
    ...given(engine, "stepTimeoutSeconds"),
  });
  const { terminationGracePeriodSeconds } = timeouts;
  const all = deploymentTimeouts({ loadSecondsCold, downloadSeconds: 0, terminationGracePeriodSeconds, replicas });
  const problems = type.gpu ? drainExceedsUpdate({ loadSecondsCold, terminationGracePeriodSeconds, replicas }) : [];
  return { timeouts, deploymentTimeout: all.leaderWorkerSet, problems };
}

function fitOf({ memory }: { memory?: GroupMemory }): Partial<FitSummary> {
  if (!memory) return {};
  const { maxModelLen, kvBytesPerToken, kvCacheTokens, maxConcurrency, uncertaintyPercent } = memory;
  return { maxModelLen, kvBytesPerToken, kvCacheTokens, maxConcurrency, uncertaintyPercent };
}
