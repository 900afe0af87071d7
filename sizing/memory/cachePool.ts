/** The pool of KV cache blocks of one stage, and what decides its size. */
import type { CacheDtypeRequest } from "./cacheDtype";

export interface CacheRequest extends CacheDtypeRequest {
  decodeContextParallelSize: number;
  /** Tokens that are scheduled and whose blocks are not freed yet. */
  maxInFlightTokens: number;
  /** Layers of the cache beyond the model's own, on the last stage. @default 0 */
  draftLayers?: number;
  draftTokens?: number;
  /** @default as vLLM's */
  prefixCaching?: boolean;
}

/** The pool of one stage: every block id refers to one page in each of `depth` layers. */
export interface CachePool {
  blockTokens: number;
  bytesPerBlock: number;
  groups: CacheGroup[];
  /** Number of ranks that share a request's context. Together they hold this many times the tokens of one rank. */
  contextRanks: number;
  maxInFlightTokens: number;
  /** Blocks of a request in a group of states. */
  stateBlocks: number;
}

/** Layers that share a request's block table. */
export type CacheGroup = ({ kind: "full" } | { kind: "state" } | { kind: "window"; window: number; chunked: boolean }) & {
  /** @default those of the pool */
  blockTokens?: number;
};
