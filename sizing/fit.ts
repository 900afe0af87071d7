/** Which instance types and splits hold a model, cheapest first, and whether a layout that was chosen is larger than it need be. */
import { instanceTypes, type InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import { shardFaults } from "./divisibility";
import { planMemory, type EngineMemorySettings, type MemoryPlan } from "./memory";
import type { ResolvedModel } from "./modelConfig";
import { documentShape, planParallelism, sensibleSplits, type DocumentShape, type ParallelLayout } from "./parallelism";
import { hasErrors, type Problem } from "./problem";

/** One group of one instance type. */
export interface FitCandidate {
  shape: DocumentShape;
  /** Absent where the model cannot be split so. */
  memory?: MemoryPlan;
  /** On demand, us-east-1; absent where the type is sold only as capacity blocks. */
  hourlyUsd?: number;
  /** Whether it needs `engine.enableExpertParallel`. */
  enableExpertParallel: boolean;
  verdict: "deployable" | "refused";
  problems: Problem[];
}

/** A smaller group that does the same. */
export interface CheaperAlternative {
  layout: ParallelLayout;
  memory: MemoryPlan;
  /** Nodes saved over all replicas. */
  nodesSaved: number;
  /** Absent where the type has no on-demand price. */
  usdSavedPerHour?: number;
}

/** Largest group that is tried. */
const mostNodes = 4;

/** Best layout of each type that fits, cheapest first; then the best attempt of each type whose nodes cost less than the first, with what stops it. */
export function fitCandidates(model: ResolvedModel, settings: EngineMemorySettings): FitCandidate[] {
  const types = instanceTypes.filter((type) => type.gpu && type.unsupportedReason === undefined);
  const best = types.flatMap((type) => bestOfType(model.shape, type, settings) ?? []);
  const fitting = best.filter(({ verdict }) => verdict === "deployable").sort(byPrice);
  const limit = fitting[0]?.hourlyUsd ?? Infinity;
  const failing = best.filter((candidate) => candidate.verdict === "refused" && pricePerNode(candidate) < limit).sort(byPrice);
  return [...fitting, ...failing];
}

/** The smallest number of nodes of the same type on which one group still holds one request of the same length; undefined where it is this one. */
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
  memory?: MemoryPlan;
  problems: Problem[];
  enableExpertParallel: boolean;
}

/** Fewest nodes first; of those, the widest tensor parallelism that uses every GPU. */
function bestOfType(shape: ModelShape, type: InstanceTypeFacts, settings: EngineMemorySettings): FitCandidate | undefined {
  let nearest: Attempt | undefined;
  for (let nodes = 1; nodes <= (type.efaInterfaces > 0 ? mostNodes : 1); nodes++) {
    for (const attempt of attempts(shape, type, nodes, settings, 1)) {
      if (!hasErrors(attempt.problems)) return candidate(type, attempt);
      if (!nearest || isNearer(attempt, nearest)) nearest = attempt;
    }
  }
  return nearest && candidate(type, nearest);
}

/** Closer to fitting: more requests at once or, where not even one block is left, less memory missing. */
function isNearer({ memory: one }: Attempt, { memory: other }: Attempt): boolean {
  if (!one || !other) return one !== undefined;
  const missing = ({ ranks }: MemoryPlan) => Math.min(...ranks.map(({ kvCacheGiB }) => kvCacheGiB));
  return one.maxConcurrency === other.maxConcurrency ? missing(one) > missing(other) : one.maxConcurrency > other.maxConcurrency;
}

/** Splits of whole nodes that the model divides by; experts are kept whole where slicing them is refused. */
function attempts(shape: ModelShape, type: InstanceTypeFacts, nodes: number, settings: EngineMemorySettings, replicas: number): Attempt[] {
  return sensibleSplits(type, nodes).flatMap((split) => {
    const needsExpertParallel =
      shape.moe !== undefined &&
      shardFaults(shape, split.tensorParallelSize, false).length > 0 &&
      shardFaults(shape, split.tensorParallelSize, true).length === 0;
    const enableExpertParallel = settings.enableExpertParallel || needsExpertParallel;
    const parallel = planParallelism(shape, type, { ...split, nodeCount: nodes * replicas, replicas, enableExpertParallel });
    if (!parallel.layout) return [];
    const { memory, problems } = planMemory(shape, type, parallel.layout, { ...settings, enableExpertParallel });
    return [{ layout: parallel.layout, ...(memory && { memory }), problems: [...parallel.problems, ...problems], enableExpertParallel }];
  });
}

/** No warning that the context may not fit after all. */
const isSafe = (attempt: Attempt) => !attempt.problems.some((problem) => problem.code === "context-does-not-fit");

function candidate(type: InstanceTypeFacts, attempt: Attempt): FitCandidate | undefined {
  return (
    attempt.layout && {
      shape: documentShape(type, attempt.layout),
      ...(attempt.memory && { memory: attempt.memory }),
      ...(type.onDemandUsdPerHour !== undefined && { hourlyUsd: attempt.layout.nodeCount * type.onDemandUsdPerHour }),
      enableExpertParallel: attempt.enableExpertParallel,
      verdict: hasErrors(attempt.problems) ? "refused" : "deployable",
      problems: attempt.problems,
    }
  );
}

const byPrice = (a: FitCandidate, b: FitCandidate) => (a.hourlyUsd ?? Infinity) - (b.hourlyUsd ?? Infinity);
const pricePerNode = ({ shape, hourlyUsd }: FitCandidate) => (hourlyUsd ?? Infinity) / shape.nodeCount;
