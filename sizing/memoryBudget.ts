/** The memory of every GPU of a group, as vLLM will divide it: weights, activation, libraries, CUDA graphs, and KV cache with the rest. */
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import { batchDefaults, defaultGpuMemoryUtilization, subtractsCudaGraphs } from "./engineDefaults";
import { activationBytes, graphsGiB, librariesGiB } from "./engineOverheads";
import type { ParallelLayout } from "./parallelism";
import { dtypeBytes, isFp8, rankWeightBytes } from "./parameters";

export interface EngineMemorySettings {
  vllmVersion: string;
  /** Share of a GPU's memory. @default 0.92 since vLLM 0.20, 0.90 before */
  gpuMemoryUtilization?: number;
  /** Tokens; -1 takes the longest context that fits. @default the model's */
  maxModelLen?: number;
  maxNumSeqs?: number;
  maxNumBatchedTokens?: number;
  /** @default the model's dtype */
  kvCacheDtype?: string;
  enforceEager?: boolean;
  enableExpertParallel: boolean;
  decodeContextParallelSize?: number;
}

/** One GPU of a stage; all GPUs of a stage are alike. */
export interface RankMemory {
  stage: number;
  weightsGiB: number;
  activationGiB: number;
  nonTorchGiB: number;
  /** What vLLM takes from the KV cache for CUDA graphs: 0 before 0.21, where they live in the share left free. */
  cudaGraphGiB: number;
  /** Negative by what is missing. */
  kvCacheGiB: number;
}

export interface MemoryPlan {
  /** One GPU as CUDA reports it; on the `cpu` row the node's allocatable memory. */
  gpuMemoryGiB: number;
  gpuMemoryUtilization: number;
  maxNumSeqs: number;
  maxNumBatchedTokens: number;
  ranks: RankMemory[];
  /** What one token takes on one GPU of the stage that runs out first. */
  kvBytesPerToken: number;
  /** Tokens that the group holds at once. */
  kvCacheTokens: number;
  maxModelLen: number;
  /** Requests of `maxModelLen` tokens that fit at once. */
  maxConcurrency: number;
  /** Expected error of the KV cache, either way. */
  uncertaintyPercent: number;
}

const bytesPerGiB = 2 ** 30;

/** Tokens of a KV block on CUDA. */
const blockTokens = 16;

/** KV cache of a node without GPUs, which pods ask for by `VLLM_CPU_KVCACHE_SPACE`: vLLM's own 4 GiB are too many for a laptop's cluster. */
export const cpuKvCacheGiB = 1;

export function memoryBudget(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  settings: EngineMemorySettings,
): MemoryPlan {
  const defaults = batchDefaults(type.gpu);
  const maxNumBatchedTokens = settings.maxNumBatchedTokens ?? defaults.maxNumBatchedTokens;
  const maxNumSeqs = settings.maxNumSeqs ?? Math.min(defaults.maxNumSeqs, maxNumBatchedTokens);
  const gpuMemoryUtilization = type.gpu ? (settings.gpuMemoryUtilization ?? defaultGpuMemoryUtilization(settings.vllmVersion)) : 1;
  const gpuMemoryGiB = type.gpu?.cudaMemoryGiB ?? type.allocatable.memoryMi / 1024;
  const shares = type.gpu ? 1 : layout.pipelineParallelSize;
  const requestedGiB = (gpuMemoryUtilization * gpuMemoryGiB) / shares;
  const batch = { maxNumSeqs, maxNumBatchedTokens };

  let firstLayer = 0;
  const ranks = layout.layersPerStage.map((layers, stage): RankMemory => {
    const place = {
      tensorParallelSize: layout.tensorParallelSize,
      enableExpertParallel: settings.enableExpertParallel,
      firstLayer,
      layers,
    };
    firstLayer += layers;
    const weightsGiB = rankWeightBytes(shape, place) / bytesPerGiB;
    const activationGiB = activationBytes(shape, layout, stage, batch) / bytesPerGiB;
    const nonTorchGiB = librariesGiB(type.gpu, layout);
    const cudaGraphGiB =
      type.gpu && subtractsCudaGraphs(settings.vllmVersion) && !settings.enforceEager ? graphsGiB(shape, layers, maxNumSeqs) : 0;
    const leftGiB = requestedGiB - weightsGiB - activationGiB - nonTorchGiB - cudaGraphGiB;
    return {
      stage,
      weightsGiB,
      activationGiB,
      nonTorchGiB,
      cudaGraphGiB,
      kvCacheGiB: type.gpu ? leftGiB : Math.min(leftGiB, cpuKvCacheGiB),
    };
  });

  const stages = ranks.map(({ kvCacheGiB }, stage) => {
    const perToken = kvCacheBytesPerToken(shape, layout.layersPerStage[stage] ?? 1, layout.tensorParallelSize, settings.kvCacheDtype);
    return { perToken, tokens: tokensIn(kvCacheGiB, perToken) * (settings.decodeContextParallelSize ?? 1) };
  });
  const binding = stages.reduce((least, stage) => (stage.tokens < least.tokens ? stage : least));
  const kvCacheTokens = binding.tokens;
  const uncertaintyPercent = uncertainty(shape, type, layout);
  const longest = Math.min(shape.maxPositionEmbeddings, safeContext(kvCacheTokens, uncertaintyPercent));
  const maxModelLen = settings.maxModelLen === -1 ? Math.max(1, longest) : (settings.maxModelLen ?? shape.maxPositionEmbeddings);
  return {
    gpuMemoryGiB,
    gpuMemoryUtilization,
    maxNumSeqs,
    maxNumBatchedTokens,
    ranks,
    kvBytesPerToken: binding.perToken,
    kvCacheTokens,
    maxModelLen,
    maxConcurrency: kvCacheTokens / maxModelLen,
    uncertaintyPercent,
  };
}

/** The longest context that fits even when the estimate is too high by its whole uncertainty, in whole blocks. */
export function safeContext(kvCacheTokens: number, uncertaintyPercent: number): number {
  return Math.floor((kvCacheTokens * (1 - uncertaintyPercent / 100)) / blockTokens) * blockTokens;
}

/** Whole blocks that fit, in tokens. */
export function tokensIn(kvCacheGiB: number, bytesPerToken: number): number {
  return Math.max(0, Math.floor((kvCacheGiB * bytesPerGiB) / (bytesPerToken * blockTokens))) * blockTokens;
}

/**
 * Bytes of one token in `layers` layers on one rank. Heads are split until each rank has one, then copied; the latent vector of MLA is one
 * for all heads, so every rank keeps it. Sliding and linear layers count as full attention: too much rather than too little.
 */
export function kvCacheBytesPerToken(shape: ModelShape, layers: number, tensorParallelSize: number, kvCacheDtype?: string): number {
  if (shape.mla) {
    // 512 bytes of fp8, four fp32 scales, 64 bfloat16 of rotary key.
    if (kvCacheDtype === "fp8_ds_mla") return layers * 656;
    return layers * (shape.mla.kvLoraRank + shape.mla.ropeHeadDim) * kvElementBytes(shape, kvCacheDtype);
  }
  return layers * 2 * Math.max(1, shape.kvHeads / tensorParallelSize) * shape.headDim * kvElementBytes(shape, kvCacheDtype);
}

export function kvElementBytes(shape: ModelShape, kvCacheDtype = "auto"): number {
  if (kvCacheDtype.startsWith("fp8") || kvCacheDtype.startsWith("int8")) return 1;
  if (kvCacheDtype === "nvfp4") return 0.5625;
  return kvCacheDtype === "auto" ? dtypeBytes(shape.weights) : 2;
}

/** ±3 % for dense models in one node and ±10 % for experts is what published logs show; the rest widens it by judgement. */
function uncertainty(shape: ModelShape, type: InstanceTypeFacts, layout: ParallelLayout): number {
  const { quantization } = shape.weights;
  return Math.max(
    layout.nodesPerGroup > 1 ? 5 : 3,
    shape.moe ? 10 : 0,
    quantization && !isFp8(quantization) ? 15 : 0,
    type.gpu ? 0 : 25,
    shape.attention.kind === "full" ? 0 : 30,
  );
}
