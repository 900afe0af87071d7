/** Whether a model, a context length and a KV cache fit the GPUs of a layout. The check runs before anything is deployed. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { engineSettingProblems } from "./engineSettings";
import { memoryBudget, type EngineMemorySettings, type GroupMemory, type RankMemory } from "./memoryBudget";
import { layersPerStage, sensibleSplits } from "../layout/parallelism";
import type { ParallelLayout } from "../layout/parallelLayout";
import { shardFaults } from "../layout/divisibility";
import { problem, type Change, type Problem } from "../problem";

export type { EngineMemorySettings, GroupMemory, RankMemory } from "./memoryBudget";

/** Returns the memory also for a refused layout, so that its numbers can be shown. Returns no memory if a setting is out of range. */
export function resolveMemory(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  settings: EngineMemorySettings,
): { memory?: GroupMemory; problems: Problem[] } {
  const problems = engineSettingProblems(shape, type, layout, settings);
  if (problems.some((problem) => problem.code === "out-of-range")) return { problems };
  const memory = memoryBudget(shape, type, layout, settings);
  return { memory, problems: [...problems, ...fitProblems({ shape, type, layout, settings }, memory)] };
}

interface Subject {
  shape: ModelShape;
  type: InstanceTypeFacts;
  layout: ParallelLayout;
  settings: EngineMemorySettings;
}

/** The first of three limits that is exceeded: weights, KV cache, context. */
function fitProblems(subject: Subject, memory: GroupMemory): Problem[] {
  const fullest = memory.ranks.reduce((least, rank) => (rank.kvCacheGiB < least.kvCacheGiB ? rank : least));
  if (fullest.weightsGiB + fullest.nonTorchGiB > memory.gpuMemoryGiB) return [doesNotFit(subject, memory, fullest)];
  if (memory.kvCacheTokens === 0) return [noKvCache(subject, memory, fullest)];
  // A context beyond the model is a separate problem.
  const asked = Math.min(memory.maxModelLen, subject.shape.maxPositionEmbeddings);
  if (memory.longestContext < asked) return [contextDoesNotFit(subject, memory, fullest)];
  return memory.longestSafeContext < asked ? [contextBarelyFits(memory)] : [];
}

function doesNotFit({ shape, type, layout, settings }: Subject, memory: GroupMemory, rank: RankMemory): Problem {
  const split = `TP ${layout.tensorParallelSize} × PP ${layout.pipelineParallelSize}`;
  const message = type.gpu
    ? `${shape.id} needs ${gib(rank.weightsGiB)} GiB of weights on each GPU of stage ${rank.stage} (${split}); ${device(type)} has ${gib(memory.gpuMemoryGiB)} GiB: CUDA out of memory.`
    : `${shape.id} needs ${gib(rank.weightsGiB)} GiB for its weights; ${device(type)} has ${gib(memory.gpuMemoryGiB)} GiB.`;
  return problem({ code: "model-does-not-fit", path: "model", message, ...roomier({ shape, type, layout, settings }) });
}

function noKvCache(subject: Subject, memory: GroupMemory, rank: RankMemory): Problem {
  const message = `No available memory for the cache blocks: ${budget(memory, rank)} leave ${gib(rank.kvCacheGiB)} GiB for the KV cache on stage ${rank.stage}.`;
  const cheaper = cheaperSettings(subject);
  const advice = cheaper
    ? { fix: `Set ${words(cheaper)}; vLLM's own advice is to raise gpu_memory_utilization.`, changes: cheaper }
    : roomier(subject);
  return problem({ code: "no-kv-cache", path: "model", message, ...advice });
}

function contextDoesNotFit(subject: Subject, memory: GroupMemory, rank: RankMemory): Problem {
  const { maxModelLen, kvCacheTokens, uncertaintyPercent, longestContext, longestSafeContext: longest } = memory;
  const neededGiB = (maxModelLen / kvCacheTokens) * rank.kvCacheGiB;
  const message =
    `To serve at least one request with the model's max seq len (${maxModelLen}), ${gib(neededGiB)} GiB KV cache is needed, which is larger than the ` +
    `available KV cache memory (${gib(rank.kvCacheGiB)} GiB). The estimated maximum model length is ${longestContext} (±${uncertaintyPercent} %).`;
  const [code, path] = ["context-does-not-fit", "engine.maxModelLen"] as const;
  if (longest < 1) return problem({ code, path, message, ...roomier(subject) });
  const fix = `Set engine.maxModelLen to ${longest}, the longest context that fits at the low end of the estimate, or give the model more GPUs.`;
  return problem({ code, path, message, fix, changes: [{ path, value: longest }] });
}

function contextBarelyFits({ maxModelLen, kvCacheTokens, uncertaintyPercent, longestSafeContext: longest }: GroupMemory): Problem {
  return problem({
    code: "context-does-not-fit",
    severity: "warning",
    path: "engine.maxModelLen",
    message: `One request of ${maxModelLen} tokens fits the estimated ${kvCacheTokens} tokens of KV cache, but not at the low end of its ±${uncertaintyPercent} %.`,
    fix: `Set engine.maxModelLen to ${longest} to be safe, or keep it and accept that vLLM may refuse to start.`,
    changes: [{ path: "engine.maxModelLen", value: longest }],
  });
}

/** The mildest settings that make enough room on the same hardware. */
function cheaperSettings({ shape, type, layout, settings }: Subject): Change[] | undefined {
  const attempts: Change[][] = [
    [{ path: "engine.maxNumSeqs", value: 256 }],
    [{ path: "engine.gpuMemoryUtilization", value: 0.95 }],
    [
      { path: "engine.maxNumSeqs", value: 64 },
      { path: "engine.maxNumBatchedTokens", value: 2048 },
      { path: "engine.gpuMemoryUtilization", value: 0.95 },
    ],
  ];
  return attempts.find((changes) => {
    const changed = { ...settings, ...Object.fromEntries(changes.map(({ path, value }) => [path.replace("engine.", ""), value])) };
    const before = memoryBudget(shape, type, layout, settings);
    const lowers =
      before.maxNumSeqs > (changed.maxNumSeqs ?? before.maxNumSeqs) || before.gpuMemoryUtilization < (changed.gpuMemoryUtilization ?? 0);
    const after = memoryBudget(shape, type, layout, changed);
    return lowers && after.kvCacheTokens >= Math.min(after.maxModelLen, 2048);
  });
}

/** The smallest group of the same instance type, up to four nodes, in which the model and one request fit. */
function roomier({ shape, type, layout, settings }: Subject): { fix: string; changes: Change[] } {
  const nodesOf = [1, 2, 3, 4].filter((nodes) => type.gpu && nodes >= layout.nodesPerGroup && (nodes === 1 || type.efaInterfaces > 0));
  for (const nodes of nodesOf) {
    for (const split of sensibleSplits(type, nodes)) {
      const { tensorParallelSize, pipelineParallelSize } = split;
      const isMore = tensorParallelSize * pipelineParallelSize > layout.tensorParallelSize * layout.pipelineParallelSize;
      if (
        !isMore ||
        pipelineParallelSize > shape.layers ||
        shardFaults(shape, tensorParallelSize, settings.enableExpertParallel).length > 0
      )
        continue;
      const larger = { ...layout, ...split, nodesPerGroup: nodes, layersPerStage: layersPerStage(shape.layers, pipelineParallelSize) };
      const memory = memoryBudget(shape, type, larger, settings);
      if (memory.longestSafeContext < Math.min(memory.maxModelLen, shape.maxPositionEmbeddings)) continue;
      const changes = changedSplit(layout, split, nodes);
      return { fix: `Set ${words(changes)}: the model then fits on ${nodes} × ${type.name}.`, changes };
    }
  }
  return {
    fix: "Choose an instance type with more GPU memory, a quantised checkpoint, or a smaller model; the command `fit` ranks shapes that fit.",
    changes: [],
  };
}

function changedSplit(
  layout: ParallelLayout,
  split: { tensorParallelSize: number; pipelineParallelSize: number },
  nodes: number,
): Change[] {
  const nodeCount = Math.max(1, layout.replicas) * nodes;
  const wanted = { ...split, nodeCount };
  return (["tensorParallelSize", "pipelineParallelSize", "nodeCount"] as const)
    .filter((path) => wanted[path] !== layout[path] && !(path === "nodeCount" && layout.nodesFollowReplicas))
    .map((path) => ({ path, value: wanted[path] }));
}

function budget(memory: GroupMemory, rank: RankMemory): string {
  const parts = `${gib(rank.weightsGiB)} weights, ${gib(rank.activationGiB)} activation, ${gib(rank.nonTorchGiB)} libraries and ${gib(rank.cudaGraphGiB)} CUDA graphs`;
  return `${memory.gpuMemoryUtilization} × ${gib(memory.gpuMemoryGiB)} GiB less ${parts}`;
}

const words = (changes: Change[]) => changes.map(({ path, value }) => `${path} to ${String(value)}`).join(" and ");
const device = (type: InstanceTypeFacts) => (type.gpu ? `one ${type.gpu.model}` : "the node");
const gib = (value: number) => value.toFixed(2);
