/** Which instance types and splits hold a model, cheapest first, and whether a chosen layout is larger than necessary. */
import { instanceTypes, type InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import { shardFaults } from "./layout/divisibility";
import { resolveMemory, type EngineMemorySettings, type GroupMemory } from "./memory/memory";
import type { ResolvedModel } from "./model/modelConfig";
import { documentShape, resolveLayout, sensibleSplits, type DocumentShape } from "./layout/parallelism";
import type { ParallelLayout } from "./layout/parallelLayout";
import { hasErrors, type Problem } from "./problem";
import { throughputBounds, type ThroughputBounds } from "./costAndTime/throughput";

/** One group of one instance type. */
export interface FitCandidate {
  shape: DocumentShape;
  /** Absent if the model cannot be split this way. */
  memory?: GroupMemory;
  /** On demand, us-east-1; absent if the type is sold only as capacity blocks. */
  hourlyUsd?: number;
  /** Upper bounds; absent if nothing fits. */
  throughput?: ThroughputBounds;
  /** Memory that each GPU of the fullest stage is short of before any KV cache; absent if there is a KV cache. */
  missingGiBPerGpu?: number;
  /** Whether this shape needs `engine.enableExpertParallel`. */
  enableExpertParallel: boolean;
  verdict: "deployable" | "refused";
  problems: Problem[];
}

/** A smaller group that serves the same request. */
interface CheaperAlternative {
  layout: ParallelLayout;
  memory: GroupMemory;
  /** Nodes saved over all replicas. */
  nodesSaved: number;
  /** Absent if the type has no on-demand price. */
  usdSavedPerHour?: number;
}

/** Nodes of the largest group to try. */
const mostNodes = 4;

/**
 * The best layout that fits on each type, cheapest first. Then, for each type, the largest group that costs less than the first but does
 * not fit.
 */
export function fitCandidates(model: ResolvedModel, settings: EngineMemorySettings): FitCandidate[] {
  const types = instanceTypes.filter((type) => type.gpu && type.unsupportedReason === undefined);
  const fitting = types.flatMap((type) => firstThatFits(model.shape, type, settings) ?? []).sort(byPrice);
  const limit = fitting[0]?.hourlyUsd ?? Infinity;
  const failing = types.flatMap((type) => largestThatFails(model.shape, type, settings, limit) ?? []).sort(byPrice);
  return [...fitting, ...failing];
}

/**
 * The smallest number of nodes of the same type on which one group still holds one request of the same length.
 * Undefined if the layout already uses that number.
 */
export function cheaperAlternative(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  settings: EngineMemorySettings,
): CheaperAlternative | undefined {
  if (layout.replicas === 0) return undefined;
  for (let nodes = 1; nodes < layout.nodesPerGroup; nodes++) {
    const fits = attempts(shape, type, nodes, settings, layout.replicas).filter(
      (attempt) => attempt.memory && !hasErrors(attempt.problems) && isSafe(attempt),
    );
    const found = fits[0];
    if (!found?.layout || !found.memory) continue;
    const nodesSaved = (layout.nodesPerGroup - nodes) * layout.replicas;
    const usd = type.onDemandUsdPerHour;
    return { layout: found.layout, memory: found.memory, nodesSaved, ...(usd !== undefined && { usdSavedPerHour: nodesSaved * usd }) };
  }
  return undefined;
}

interface Attempt {
  layout?: ParallelLayout;
  memory?: GroupMemory;
  problems: Problem[];
  enableExpertParallel: boolean;
}

/** Tries the fewest nodes first, and on those the widest tensor parallelism that uses every GPU. */
function firstThatFits(shape: ModelShape, type: InstanceTypeFacts, settings: EngineMemorySettings): FitCandidate | undefined {
  for (const nodes of nodeCounts(type)) {
    const fits = attempts(shape, type, nodes, settings, 1).find((attempt) => !hasErrors(attempt.problems));
    if (fits) return candidate(shape, type, fits, settings);
  }
  return undefined;
}

function largestThatFails(
  shape: ModelShape,
  type: InstanceTypeFacts,
  settings: EngineMemorySettings,
  belowUsdPerHour: number,
): FitCandidate | undefined {
  const cheaper = nodeCounts(type).filter((nodes) => nodes * (type.onDemandUsdPerHour ?? Infinity) < belowUsdPerHour);
  const tried = [...cheaper].reverse().map((nodes) => attempts(shape, type, nodes, settings, 1));
  const refused = tried.find((each) => each.length > 0 && each.every(({ problems }) => hasErrors(problems)));
  const nearest = refused?.reduce((near, attempt) => (isNearer(attempt, near) ? attempt : near));
  return nearest && candidate(shape, type, nearest, settings);
}

const nodeCounts = (type: InstanceTypeFacts) => Array.from({ length: type.efaInterfaces > 0 ? mostNodes : 1 }, (_, index) => index + 1);

/** Compares how close two attempts are to fitting: by requests at once or, if neither has a block left, by the memory that is missing. */
function isNearer({ memory: one }: Attempt, { memory: other }: Attempt): boolean {
  if (!one || !other) return one !== undefined;
  const missing = ({ ranks }: GroupMemory) => Math.min(...ranks.map(({ kvCacheGiB }) => kvCacheGiB));
  return one.maxConcurrency === other.maxConcurrency ? missing(one) > missing(other) : one.maxConcurrency > other.maxConcurrency;
}

/** Splits of whole nodes that divide the model. Experts stay whole if vLLM refuses to slice them. */
function attempts(shape: ModelShape, type: InstanceTypeFacts, nodes: number, settings: EngineMemorySettings, replicas: number): Attempt[] {
  return sensibleSplits(type, nodes).flatMap((split) => {
    const needsExpertParallel =
      shape.moe !== undefined &&
      shardFaults(shape, split.tensorParallelSize, false).length > 0 &&
      shardFaults(shape, split.tensorParallelSize, true).length === 0;
    const enableExpertParallel = settings.enableExpertParallel || needsExpertParallel;
    const parallel = resolveLayout(shape, type, { ...split, nodeCount: nodes * replicas, replicas, enableExpertParallel });
    if (!parallel.layout) return [];
    const { memory, problems } = resolveMemory(shape, type, parallel.layout, { ...settings, enableExpertParallel });
    return [{ layout: parallel.layout, ...(memory && { memory }), problems: [...parallel.problems, ...problems], enableExpertParallel }];
  });
}

/** Whether no warning says that the context may not fit. */
const isSafe = (attempt: Attempt) => !attempt.problems.some((problem) => problem.code === "context-does-not-fit");

function candidate(shape: ModelShape, type: InstanceTypeFacts, attempt: Attempt, settings: EngineMemorySettings): FitCandidate | undefined {
  const { layout, memory, problems, enableExpertParallel } = attempt;
  if (!layout) return undefined;
  const refused = hasErrors(problems);
  const throughput = memory && !refused ? throughputBounds(shape, type, layout, memory, { ...settings, enableExpertParallel }) : undefined;
  const missing = memory ? -Math.min(...memory.ranks.map(({ kvCacheGiB }) => kvCacheGiB)) : 0;
  return {
    shape: documentShape(type, layout),
    ...(memory && { memory }),
    ...(type.onDemandUsdPerHour !== undefined && { hourlyUsd: layout.nodeCount * type.onDemandUsdPerHour }),
    ...(throughput && { throughput }),
    ...(missing > 0 && { missingGiBPerGpu: missing }),
    enableExpertParallel,
    verdict: refused ? "refused" : "deployable",
    problems,
  };
}

const byPrice = (a: FitCandidate, b: FitCandidate) => (a.hourlyUsd ?? Infinity) - (b.hourlyUsd ?? Infinity);
