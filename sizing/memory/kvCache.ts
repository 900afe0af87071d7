/** How vLLM divides the KV cache of a stage into blocks, and how many blocks a request takes (`vllm/v1/core/kv_cache_utils.py`). */
import type { ModelShape } from "../../catalog/modelShape";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { given } from "../givenKeys";
import { kindsOf, layersOf, type Layer } from "../model/layers";
import { layerBytesPerToken } from "./cacheDtype";
import { blockTokensOf, equalPages, stateBlocksOf } from "./cachePages";
import type { CacheGroup, CachePool, CacheRequest } from "./cachePool";
import { compressedPool } from "./compressedCache";
import { maxInFlightTokens } from "./engineDefaults";

export { stateBytes } from "./cachePages";
export type { CachePool, CacheRequest } from "./cachePool";

interface CacheSettings {
  vllmVersion: string;
  kvCacheDtype?: string;
  decodeContextParallelSize?: number;
  draftTokens?: number;
  prefixCaching?: boolean;
}

/** The settings of an engine that decide how it divides the cache. */
export function cacheRequest(
  shape: ModelShape,
  gpu: InstanceTypeFacts["gpu"],
  layout: { tensorParallelSize: number; pipelineParallelSize: number },
  settings: CacheSettings,
  maxNumBatchedTokens: number,
): CacheRequest {
  const { tensorParallelSize, pipelineParallelSize } = layout;
  const { vllmVersion, decodeContextParallelSize = 1 } = settings;
  return {
    ...{ tensorParallelSize, vllmVersion, decodeContextParallelSize, ...given(settings, "kvCacheDtype", "draftTokens", "prefixCaching") },
    ...(settings.draftTokens !== undefined && { draftLayers: 1 }),
    computeCapability: gpu?.computeCapability,
    maxInFlightTokens: maxInFlightTokens(shape, { pipelineParallelSize, maxNumBatchedTokens, vllmVersion }),
  };
}

/**
 * The pool of the layers `[first, first + count)`.
 * Each kind of layers is cut into groups of equal size: the count of the rarest kind, or of the most frequent kind if the counts are close.
 * So one block id fits every group.
 */
export function cachePool(shape: ModelShape, request: CacheRequest, first = 0, count = shape.layers): CachePool {
  if (shape.compressed) return compressedPool(shape, shape.compressed, request, first, count);
  const layers = layersOf(shape);
  const stage = layers.slice(first, first + count);
  const whole = layersByCache(layers);
  const here = layersByCache(stage);
  const groupSize = groupSizeOf(whole.map(({ layers: n }) => n));
  const divided = whole.map(({ kind, layers: n }) => ({ kind, groups: Math.ceil(n / groupSize) }));
  const layersHere = (kind: CacheGroup["kind"]) => here.find((each) => each.kind === kind)?.layers ?? 0;
  const drafts = first + count >= shape.layers ? (request.draftLayers ?? 0) : 0;
  const depth = drafts + Math.max(0, ...divided.map(({ kind, groups }) => Math.ceil(layersHere(kind) / groups)));
  const tokens = blockTokensOf(shape, request);
  const pages = equalPages(shape, request, whole, tokens);
  // Layers of one kind need no equal pages: an index adds a page to the layers that have it.
  const sum = stage.reduce((total, layer) => total + tokens * layerBytesPerToken(shape, request, layer), drafts * pages.bytes);
  return {
    blockTokens: tokens,
    bytesPerBlock: whole.length === 1 ? sum : depth * pages.bytes,
    groups: divided.flatMap(({ kind, groups }) => Array.from({ length: groups }, () => groupOf(shape, kind, pages.tokens[kind]))),
    contextRanks: request.decodeContextParallelSize,
    maxInFlightTokens: request.maxInFlightTokens,
    stateBlocks: stateBlocksOf(shape, request),
  };
}

function layersByCache(layers: readonly Layer[]): { kind: CacheGroup["kind"]; layers: number }[] {
  const kinds = kindsOf(layers);
  return (["full", "window", "state"] as const).map((kind) => ({ kind, layers: kinds[kind] })).filter(({ layers: n }) => n > 0);
}

function groupSizeOf(counts: number[]): number {
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  return Math.max(1, most < 1.5 * least ? most : least);
}

function groupOf({ attention }: ModelShape, kind: CacheGroup["kind"], blockTokens: number | undefined): CacheGroup {
  const tokens = blockTokens === undefined ? {} : { blockTokens };
  if (kind !== "window" || !("window" in attention)) return kind === "state" ? { kind } : { kind: "full", ...tokens };
  return { kind, window: attention.window, chunked: attention.kind === "chunked", ...tokens };
}

/** Blocks of a request of `tokens`, over all groups. */
export function blocksOfRequest(pool: CachePool, tokens: number): number {
  return pool.groups.reduce((sum, group) => {
    const inBlocks = (count: number) => Math.ceil(count / ((group.blockTokens ?? pool.blockTokens) * pool.contextRanks));
    if (group.kind === "state") return sum + pool.stateBlocks;
    if (group.kind === "full") return sum + inBlocks(tokens);
    // Counts what a step reads and what the steps in flight write. A window, unlike a chunk, may begin inside a block, so it has one more.
    const held = group.window - (group.chunked ? 0 : 1) + pool.maxInFlightTokens;
    return sum + inBlocks(Math.min(held, tokens)) + (group.chunked ? 0 : 1);
  }, 0);
}

export function blocksIn(pool: CachePool, bytes: number): number {
  return pool.bytesPerBlock > 0 ? Math.max(0, Math.floor(bytes / pool.bytesPerBlock)) : 0;
}

/** The longest request that fits, up to `most` tokens. */
export function longestRequest(pool: CachePool, blocks: number, most: number): number {
  let [fits, beyond] = [0, most + 1];
  while (beyond - fits > 1) {
    const middle = Math.floor((fits + beyond) / 2);
    if (blocksOfRequest(pool, middle) <= blocks) fits = middle;
    else beyond = middle;
  }
  return fits;
}
