/** How vLLM divides the KV cache of a stage into blocks, and how many blocks a request takes (`vllm/v1/core/kv_cache_utils.py`). */
import type { ModelShape } from "../../catalog/modelShape";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { given } from "../givenKeys";
import { kindsOf, layersOf, type Layer } from "../model/layers";
import { dtypeBytes } from "../model/parameters";
import { convolutionWidth } from "../model/stateTensors";
import { attentionBytesPerToken, type CacheDtypeRequest } from "./cacheDtype";
import { maxInFlightTokens } from "./engineDefaults";

export interface CacheRequest extends CacheDtypeRequest {
  decodeContextParallelSize: number;
  /** Tokens that are scheduled and whose blocks are not freed yet. */
  maxInFlightTokens: number;
  /** Layers of the cache beyond the model's own, on the last stage. @default 0 */
  draftLayers?: number;
}

interface CacheSettings {
  vllmVersion: string;
  kvCacheDtype?: string;
  decodeContextParallelSize?: number;
  draftTokens?: number;
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
    ...{ tensorParallelSize, vllmVersion, decodeContextParallelSize, ...given(settings, "kvCacheDtype") },
    ...(settings.draftTokens !== undefined && { draftLayers: 1 }),
    computeCapability: gpu?.computeCapability,
    maxInFlightTokens: maxInFlightTokens(shape, { pipelineParallelSize, maxNumBatchedTokens, vllmVersion }),
  };
}

/** The pool of one stage: every block id refers to one page in each of `depth` layers. */
export interface CachePool {
  blockTokens: number;
  bytesPerBlock: number;
  groups: CacheGroup[];
  /** Number of ranks that share a request's context. Together they hold this many times the tokens of one rank. */
  contextRanks: number;
  maxInFlightTokens: number;
}

/** Layers that share a request's block table. */
type CacheGroup = { kind: "full" } | { kind: "state" } | { kind: "window"; window: number; chunked: boolean };

/** Tokens per block on CUDA. */
const blockTokens = 16;

/**
 * The pool of the layers `[first, first + count)`.
 * Each kind of layers is cut into groups of equal size: the count of the rarest kind, or of the most frequent kind if the counts are close.
 * So one block id fits every group.
 */
export function cachePool(shape: ModelShape, request: CacheRequest, first = 0, count = shape.layers): CachePool {
  const layers = layersOf(shape);
  const whole = mixersOf(layers);
  const here = mixersOf(layers.slice(first, first + count));
  const groupSize = groupSizeOf(whole.map(({ layers: n }) => n));
  const divided = whole.map(({ kind, layers: n }) => ({ kind, groups: Math.ceil(n / groupSize) }));
  const layersHere = (kind: CacheGroup["kind"]) => here.find((each) => each.kind === kind)?.layers ?? 0;
  const drafts = first + count >= shape.layers ? (request.draftLayers ?? 0) : 0;
  const depth = drafts + Math.max(0, ...divided.map(({ kind, groups }) => Math.ceil(layersHere(kind) / groups)));
  const perToken = attentionBytesPerToken(shape, request);
  const tokens = whole.some(({ kind }) => kind === "state") ? tokensThatHoldAState(shape, perToken, request) : blockTokens;
  return {
    blockTokens: tokens,
    bytesPerBlock: depth * tokens * perToken,
    groups: divided.flatMap(({ kind, groups }) => Array.from({ length: groups }, () => groupOf(shape, kind))),
    contextRanks: request.decodeContextParallelSize,
    maxInFlightTokens: request.maxInFlightTokens,
  };
}

function mixersOf(layers: readonly Layer[]): { kind: CacheGroup["kind"]; layers: number }[] {
  const kinds = kindsOf(layers);
  return (["full", "window", "state"] as const).map((kind) => ({ kind, layers: kinds[kind] })).filter(({ layers: n }) => n > 0);
}

function groupSizeOf(counts: number[]): number {
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  return Math.max(1, most < 1.5 * least ? most : least);
}

function groupOf({ attention }: ModelShape, kind: CacheGroup["kind"]): CacheGroup {
  if (kind !== "window" || !("window" in attention)) return kind === "state" ? { kind } : { kind: "full" };
  return { kind, window: attention.window, chunked: attention.kind === "chunked" };
}

/** Blocks of a request of `tokens`, over all groups. */
export function blocksOfRequest(pool: CachePool, tokens: number): number {
  const inBlocks = (count: number) => Math.ceil(count / (pool.blockTokens * pool.contextRanks));
  return pool.groups.reduce((sum, group) => {
    if (group.kind === "state") return sum + 1;
    if (group.kind === "full") return sum + inBlocks(tokens);
    // Counts what a step reads and what the steps in flight write. A window, unlike a chunk, may begin inside a block.
    const held = inBlocks(group.window - (group.chunked ? 0 : 1) + pool.maxInFlightTokens) + (group.chunked ? 0 : 1);
    return sum + Math.min(inBlocks(tokens), held);
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

/**
 * vLLM enlarges the attention block in steps of 16 tokens until its page holds the state of a layer
 * ("Setting attention block size to 528 tokens").
 */
function tokensThatHoldAState(shape: ModelShape, bytesPerToken: number, { tensorParallelSize }: CacheRequest): number {
  return blockTokens * Math.max(1, Math.ceil(stateBytes(shape, tensorParallelSize) / (blockTokens * bytesPerToken)));
}

/** State of one layer and request on one rank: a matrix per head, and the last inputs of the convolution. */
export function stateBytes({ state, weights }: ModelShape, tensorParallelSize: number): number {
  if (!state) return 0;
  const values =
    state.kind === "mamba2" ? state.heads * state.headDim * state.stateSize : state.valueHeads * state.keyHeadDim * state.valueHeadDim;
  const inputs = convolutionWidth(state) * (state.convolution - 1);
  return ((state.fp32 ? 4 : dtypeBytes(weights)) * values + inputs * dtypeBytes(weights)) / tensorParallelSize;
}
