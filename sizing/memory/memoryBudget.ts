/** The memory of every GPU of a group, as vLLM divides it: weights, activation, libraries, CUDA graphs, and the rest for the KV cache. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { additionalBytes, type Additions } from "./additions";
import { towerBytes, type TowerSettings } from "./towerMemory";
import { batchDefaults, defaultGpuMemoryUtilization, subtractsCudaGraphs } from "./engineDefaults";
import { activationBytes, graphsGiB, librariesGiB } from "./engineOverheads";
import { blocksIn, blocksOfRequest, cachePool, cacheRequest, longestRequest, type CachePool, type CacheRequest } from "./kvCache";
import type { ParallelLayout } from "../layout/parallelLayout";
import { absorbedBytes, rankWeightBytes, rotaryTableBytes } from "../model/parameters";
import { uncertaintyGiB } from "./uncertainty";
import { bytesPerGiB } from "../units";

export interface EngineMemorySettings extends Additions, TowerSettings {
  vllmVersion: string;
  /** Share of a GPU's memory. @default 0.92 since vLLM 0.20, 0.90 before */
  gpuMemoryUtilization?: number;
  /** In tokens; -1 takes the longest context that fits. @default the model's longest context */
  maxModelLen?: number;
  maxNumSeqs?: number;
  maxNumBatchedTokens?: number;
  /** @default the model's dtype */
  kvCacheDtype?: string;
  enforceEager?: boolean;
  enableExpertParallel: boolean;
  decodeContextParallelSize?: number;
  /** @default on; for hybrid models since 0.28 */
  prefixCaching?: boolean;
  /** `--kv-cache-memory-bytes`: takes the place of what the budget leaves. */
  kvCacheMemoryGiB?: number;
  /** `--mm-ipc-gpu-memory-gb`: kept out of the cache for images that other processes hand over. */
  mediaMemoryGiB?: number;
}

/** One GPU of a stage; all GPUs of a stage are alike. */
export interface RankMemory {
  stage: number;
  weightsGiB: number;
  activationGiB: number;
  nonTorchGiB: number;
  /** What vLLM subtracts from the KV cache for CUDA graphs: 0 before 0.21, where they use the share left free. */
  cudaGraphGiB: number;
  /** If negative, the memory that is missing. */
  kvCacheGiB: number;
}

export interface GroupMemory {
  /** One GPU as CUDA reports it; on the `cpu` row the node's allocatable memory. */
  gpuMemoryGiB: number;
  gpuMemoryUtilization: number;
  maxNumSeqs: number;
  maxNumBatchedTokens: number;
  ranks: RankMemory[];
  /** Bytes of one token on one GPU of the stage that runs out first. With windows or states: the mean over `maxModelLen` tokens. */
  kvBytesPerToken: number;
  /** Tokens that the group holds at once, in requests of `maxModelLen` tokens. */
  kvCacheTokens: number;
  maxModelLen: number;
  /** Requests of `maxModelLen` tokens that fit at once. */
  maxConcurrency: number;
  /** Tokens of the longest request that fits alone, at most the longest context of the model. */
  longestContext: number;
  /** The same at the low end of the estimate. */
  longestSafeContext: number;
  /** How far the KV cache may be off in either direction; 100 if there is no KV cache. */
  uncertaintyPercent: number;
}

/**
 * KV cache of a node without GPUs; pods set it with `VLLM_CPU_KVCACHE_SPACE`. vLLM's default of 4 GiB is too much for a laptop.
 */
export const cpuKvCacheGiB = 1;

export function memoryBudget(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  settings: EngineMemorySettings,
): GroupMemory {
  const defaults = batchDefaults(type.gpu, settings.vllmVersion, layout.tensorParallelSize * layout.pipelineParallelSize);
  const maxNumBatchedTokens = settings.maxNumBatchedTokens ?? defaults.maxNumBatchedTokens;
  const maxNumSeqs = settings.maxNumSeqs ?? Math.min(defaults.maxNumSeqs, maxNumBatchedTokens);
  const gpuMemoryUtilization = type.gpu ? (settings.gpuMemoryUtilization ?? defaultGpuMemoryUtilization(settings.vllmVersion)) : 1;
  const gpuMemoryGiB = type.gpu?.cudaMemoryGiB ?? type.allocatable.memoryMi / 1024;
  const shares = type.gpu ? 1 : layout.pipelineParallelSize;
  const requestedGiB = (gpuMemoryUtilization * gpuMemoryGiB) / shares;
  const { vllmVersion, enableExpertParallel } = settings;
  const asked = settings.maxModelLen === undefined || settings.maxModelLen === -1 ? shape.maxPositionEmbeddings : settings.maxModelLen;
  const run = { maxNumSeqs, maxNumBatchedTokens, maxModelLen: asked, enableExpertParallel, vllmVersion };

  let firstLayer = 0;
  const ranks = layout.layersPerStage.map((layers, stage): RankMemory => {
    const place = {
      tensorParallelSize: layout.tensorParallelSize,
      enableExpertParallel: settings.enableExpertParallel,
      firstLayer,
      layers,
    };
    firstLayer += layers;
    const own = rankWeightBytes(shape, place) + absorbedBytes(shape, place) + rotaryTableBytes(shape);
    const weightsGiB = (own + towerBytes(shape, place, settings) + additionalBytes(shape, place, settings)) / bytesPerGiB;
    const activationGiB = activationBytes(shape, type.gpu, layout, stage, run) / bytesPerGiB;
    const nonTorchGiB = librariesGiB(type.gpu, layout, vllmVersion);
    const cudaGraphGiB =
      type.gpu && subtractsCudaGraphs(settings.vllmVersion) && !settings.enforceEager ? graphsGiB(shape, type.gpu, layers, run) : 0;
    const restGiB = requestedGiB - weightsGiB - activationGiB - nonTorchGiB - cudaGraphGiB - (settings.mediaMemoryGiB ?? 0);
    const leftGiB = settings.kvCacheMemoryGiB ?? restGiB;
    return {
      stage,
      weightsGiB,
      activationGiB,
      nonTorchGiB,
      cudaGraphGiB,
      kvCacheGiB: type.gpu ? leftGiB : Math.min(leftGiB, cpuKvCacheGiB),
    };
  });

  const request = cacheRequest(shape, type.gpu, layout, settings, maxNumBatchedTokens);
  const cache = tightestCache(shape, layout, request, ranks);
  const tightest = cache.rank;
  const uncertaintyPercent =
    tightest.kvCacheGiB > 0 ? Math.min(100, Math.ceil((100 * uncertaintyGiB(shape, type, layout, tightest)) / tightest.kvCacheGiB)) : 100;
  const longestSafeContext = cache.longest(1 - uncertaintyPercent / 100);
  const maxModelLen = settings.maxModelLen === -1 ? Math.max(1, longestSafeContext) : (settings.maxModelLen ?? shape.maxPositionEmbeddings);
  const { kvBytesPerToken, kvCacheTokens } = cache.tokens(maxModelLen);
  return {
    gpuMemoryGiB,
    gpuMemoryUtilization,
    maxNumSeqs,
    maxNumBatchedTokens,
    ranks,
    kvBytesPerToken,
    kvCacheTokens,
    maxModelLen,
    maxConcurrency: kvCacheTokens / maxModelLen,
    longestContext: cache.longest(1),
    longestSafeContext,
    uncertaintyPercent,
  };
}

/** The cache of the stage that runs out of blocks first: the engine gives all stages the same number. */
function tightestCache(shape: ModelShape, layout: ParallelLayout, request: CacheRequest, ranks: readonly RankMemory[]) {
  let first = 0;
  const stages = ranks.map((rank, stage) => {
    const count = layout.layersPerStage[stage] ?? 0;
    const pool = cachePool(shape, request, first, count);
    first += count;
    return { pool, rank, bytes: rank.kvCacheGiB * bytesPerGiB };
  });
  const hasCache = stages.filter(({ pool }) => pool.bytesPerBlock > 0);
  const blocks = (share = 1) => Math.min(...hasCache.map(({ pool, bytes }) => blocksIn(pool, bytes * share)));
  const { pool, rank } = hasCache.reduce((least, stage) =>
    blocksIn(stage.pool, stage.bytes) < blocksIn(least.pool, least.bytes) ? stage : least,
  );
  return {
    rank,
    longest: (share: number) => longestRequest(pool, blocks(share), shape.maxPositionEmbeddings),
    tokens: (maxModelLen: number) => tokensOf(pool, blocks(), maxModelLen),
  };
}

/** If windows and states make tokens unequal, counts the tokens of requests of `maxModelLen`, as vLLM prints them since 0.24. */
function tokensOf(pool: CachePool, blocks: number, maxModelLen: number): { kvBytesPerToken: number; kvCacheTokens: number } {
  const perBlock = pool.blockTokens * pool.contextRanks;
  if (pool.groups.every(({ kind }) => kind === "full")) {
    return { kvBytesPerToken: pool.bytesPerBlock / perBlock, kvCacheTokens: blocks * perBlock };
  }
  const perRequest = blocksOfRequest(pool, maxModelLen);
  return {
    kvBytesPerToken: (pool.bytesPerBlock * perRequest) / maxModelLen,
    kvCacheTokens: Math.floor((blocks / perRequest) * maxModelLen),
  };
}
