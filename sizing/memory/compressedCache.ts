/** The KV cache of DeepSeek-V4 (vLLM `models/deepseek_v4`; `_get_packed_kv_cache_groups` of `v1/core/kv_cache_utils.py`). */
import type { CompressedAttention, ModelShape } from "../../catalog/modelShape";
import { compressionOf, compressorHalves } from "../model/compressedAttention";
import { layersOf, type Mixer } from "../model/layers";
import { compressedStateBytes, indexerScaleBytes } from "./cacheDtype";
import type { CacheGroup, CachePool, CacheRequest } from "./cachePool";

/** Tokens of a block. */
const windowBlock = 64;
const compressedBlock = 256;
const compressorBlock = { 4: 4, 128: 8 } as const;

/** The kernels read pages at multiples of this number of bytes. */
const pageStep = 576;

/** Layers of one kind, and the bytes that a block takes in each of them. */
interface Bucket {
  group: CacheGroup & { blockTokens: number };
  pages: { layer: number; bytes: number }[];
}

/** Pages of different sizes lie side by side in a block, which is as large as the widest group. No rank shares them with another. */
export function compressedPool(
  shape: ModelShape,
  attention: CompressedAttention,
  request: CacheRequest,
  first: number,
  count: number,
): CachePool {
  const groups = buckets(shape, attention);
  const isHere = ({ layer }: { layer: number }) => layer >= first && layer < first + count;
  const widths = groups.map(({ pages }) => pages.filter(isHere).reduce((sum, { bytes }) => sum + bytes, 0));
  return {
    blockTokens: compressedBlock,
    bytesPerBlock: Math.max(...widths),
    groups: groups.map(({ group }) => group),
    contextRanks: 1,
    maxInFlightTokens: request.maxInFlightTokens,
    stateBlocks: 0,
  };
}

/** Bytes that one token reads in the compressed layers: their window, all vectors of the layers 128 : 1, and all keys of the index. */
export function compressedBytesRead(
  kinds: { compressed4: number; compressed128: number },
  { window, indexer }: CompressedAttention,
  contextTokens: number,
): number {
  const windows = (kinds.compressed4 + kinds.compressed128) * Math.min(contextTokens, window) * compressedStateBytes;
  const coarse = kinds.compressed128 * (contextTokens / 128) * compressedStateBytes;
  return windows + coarse + kinds.compressed4 * (contextTokens / 4) * (indexer.headDim + indexerScaleBytes);
}

function buckets(shape: ModelShape, { window, indexer }: CompressedAttention): Bucket[] {
  const mixers = layersOf(shape).map(({ mixer }) => mixer);
  const compressed = mixers.flatMap((mixer, layer) => pagesOfCompressed(mixer, indexer.headDim).map((bytes) => ({ layer, bytes })));
  const ofRatio = (ratio: number) => mixers.flatMap((mixer, layer) => (compressionOf(mixer) === ratio ? [layer] : []));
  const [fine, coarse] = [ofRatio(4), ofRatio(128)];
  const windows = mixers.map((_, layer) => ({ layer, bytes: page(windowBlock * compressedStateBytes) }));
  // Layers 4 : 1 keep two pages each, so they stay together; windows are dealt to groups of about that many layers.
  const share = leastPadding(
    [windows.length, fine.length, coarse.length].filter((size) => size > 0),
    fine.length,
  );
  return [
    ...deal(windows, Math.ceil(windows.length / share)).map((pages): Bucket => ({ group: windowGroup(window, windowBlock), pages })),
    { group: { kind: "full", blockTokens: compressedBlock }, pages: compressed },
    ...compressorBucket(fine, 4, [shape.headDim, indexer.headDim]),
    ...compressorBucket(coarse, 128, [shape.headDim]),
  ];
}

function pagesOfCompressed(mixer: Mixer, indexDim: number): number[] {
  const ratio = compressionOf(mixer);
  if (ratio === undefined) return [];
  const states = compressedBlock / ratio;
  return [page(states * compressedStateBytes), ...(ratio === 4 ? [page(states * (indexDim + indexerScaleBytes))] : [])];
}

/** What a compressor still needs of the last tokens: a vector and its weight in fp32, twice if halves overlap. */
function compressorBucket(layers: number[], ratio: 4 | 128, widths: number[]): Bucket[] {
  if (layers.length === 0) return [];
  const halves = compressorHalves(ratio);
  const blockTokens = compressorBlock[ratio];
  const pages = layers.flatMap((layer) => widths.map((width) => ({ layer, bytes: page(blockTokens * 4 * 2 * halves * width) })));
  return [{ group: windowGroup(ratio * halves, blockTokens), pages }];
}

const page = (bytes: number) => Math.ceil(bytes / pageStep) * pageStep;

const windowGroup = (window: number, blockTokens: number) => ({ kind: "window", window, chunked: false, blockTokens }) as const;

const deal = <T>(items: T[], hands: number): T[][] =>
  Array.from({ length: hands }, (_, hand) => items.filter((_item, index) => index % hands === hand));

/** `_approximate_gcd`: the size to which all sizes round up with the least padding; of equal ones the largest. */
function leastPadding(sizes: number[], least: number): number {
  const padding = (step: number) => sizes.reduce((sum, size) => sum + ((step - (size % step)) % step), 0);
  const largest = Math.max(...sizes);
  let best = Math.max(1, least);
  for (let step = best; step <= largest; step++) if (padding(step) <= padding(best)) best = step;
  return best;
}
