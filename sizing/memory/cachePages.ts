/**
 * Tokens of a block, the state of a layer, and pages of equal size for layers that need different numbers of bytes
 * (`unify_kv_cache_spec_page_size`).
 */
import type { ModelShape } from "../../catalog/modelShape";
import { layerBytesPerToken } from "./cacheDtype";
import { isAtLeast } from "./engineDefaults";
import { dtypeBytes } from "../model/parameters";
import { convolutionWidth } from "../model/stateTensors";
import type { CacheGroup, CacheRequest } from "./cachePool";

/** Default on CUDA. */
const usualTokens = 16;

/** Kernels of sparse attention read larger blocks: 64 tokens of latent vectors, 128 of MiniMax-M3. */
export function blockTokensOf(shape: ModelShape, request: CacheRequest): number {
  if (shape.state) return tokensThatHoldAState(shape, request);
  if (shape.blockIndex) return 128;
  return shape.mla?.indexer ? 64 : usualTokens;
}

/**
 * vLLM enlarges the attention block until its page holds the state of a layer ("Setting attention block size to 528 tokens"). Beside
 * latent attention it does so in steps of 128 tokens (`_align_hybrid_block_size`).
 */
function tokensThatHoldAState(shape: ModelShape, request: CacheRequest): number {
  const step = shape.mla ? 128 : usualTokens;
  const perToken = layerBytesPerToken(shape, request, { mixer: "full", indexed: true });
  return step * Math.max(1, Math.ceil(stateBytes(shape, request.tensorParallelSize) / (step * perToken)));
}

/**
 * A layer with a smaller page gets more tokens in a block if a whole number of pages fits the largest one; else its page is padded.
 * `tokens` holds the kinds of layers whose blocks differ from the usual ones.
 */
export function equalPages(
  shape: ModelShape,
  request: CacheRequest,
  kinds: readonly { kind: CacheGroup["kind"] }[],
  blockTokens: number,
): { bytes: number; tokens: Partial<Record<CacheGroup["kind"], number>> } {
  const pages = kinds.flatMap(({ kind }) =>
    kind === "state" ? [] : [{ kind, bytes: blockTokens * layerBytesPerToken(shape, request, { mixer: kind, indexed: true }) }],
  );
  const largest = Math.max(0, ...pages.map(({ bytes }) => bytes));
  const smaller = pages.filter(({ bytes }) => bytes < largest && largest % bytes === 0);
  return { bytes: largest, tokens: Object.fromEntries(smaller.map(({ kind, bytes }) => [kind, blockTokens * (largest / bytes)])) };
}

/**
 * One state, and one for each drafted token. With prefix caching, the default for hybrid models since 0.28, one more; since 0.29 Mamba-2
 * keeps another for a checkpoint inside a prefill (`MambaSpec`, `MambaMixer2.get_kv_cache_spec`).
 */
export function stateBlocksOf({ state }: ModelShape, { vllmVersion, prefixCaching, draftTokens = 0 }: CacheRequest): number {
  const caches = prefixCaching ?? isAtLeast(vllmVersion, "0.28");
  const checkpoint = state?.kind === "mamba2" && isAtLeast(vllmVersion, "0.29") ? 1 : 0;
  return 1 + draftTokens + (caches ? 1 + checkpoint : 0);
}

/** State of one layer and request on one rank: a matrix per head, and the last inputs of the convolution. */
export function stateBytes({ state, weights }: ModelShape, tensorParallelSize: number): number {
  if (!state) return 0;
  const values = valuesOfState(state);
  const inputs = convolutionWidth(state) * (state.convolution - 1);
  return ((state.fp32 ? 4 : dtypeBytes(weights)) * values + inputs * dtypeBytes(weights)) / tensorParallelSize;
}

function valuesOfState(state: NonNullable<ModelShape["state"]>): number {
  if (state.kind === "mamba2") return state.heads * state.headDim * state.stateSize;
  if (state.kind === "deltaAttention") return state.heads * state.headDim * state.headDim;
  return state.valueHeads * state.keyHeadDim * state.valueHeadDim;
}
