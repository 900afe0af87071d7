/**
 * Upper bounds for how fast a group can decode; they are not predictions. The bytes to read are divided by the memory's bandwidth, the
 * multiplications by the tensor cores' peak, the all-reduces by the link's bandwidth. Engines reach a half to four fifths of the bound.
 */
import type { GpuFacts } from "../../catalog/gpus";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { attentionBytesPerToken } from "../memory/cacheDtype";
import { compressedBytesRead } from "../memory/compressedCache";
import { cacheRequest, stateBytes, type CacheRequest } from "../memory/kvCache";
import { kindsOf, layersOf } from "../model/layers";
import type { GroupMemory } from "../memory/memory";
import { networkGBpsOfGpu, type ParallelLayout } from "../layout/parallelLayout";
import { bytesPerGB } from "../units";
import { activeParameters, decodeBytes, dtypeBytes, isFp8, type RankPlace } from "../model/parameters";

export interface ThroughputBounds {
  /** One request alone, with a short context. */
  singleTokensPerSecond: number;
  /** `batch` requests together: as many of `contextTokens` as the KV cache and the batch take. */
  fullTokensPerSecond: number;
  batch: number;
  contextTokens: number;
  /** What the full batch waits for. */
  boundBy: "memory" | "compute";
}

/** The same for all shapes, so that they can be compared: a longer context costs more per token. */
const comparedContext = 4096;

export interface Decoding {
  shape: ModelShape;
  type: InstanceTypeFacts;
  gpu: GpuFacts;
  layout: ParallelLayout;
  enableExpertParallel: boolean;
  cache: CacheRequest;
}

/** Undefined on nodes without GPUs, and if not even one request fits. */
export function throughputBounds(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  memory: GroupMemory,
  settings: { vllmVersion: string; enableExpertParallel: boolean; kvCacheDtype?: string; decodeContextParallelSize?: number },
): ThroughputBounds | undefined {
  const { gpu } = type;
  const { maxNumSeqs, maxNumBatchedTokens, kvCacheTokens, maxModelLen } = memory;
  if (!gpu || kvCacheTokens < 1) return undefined;
  const cache = cacheRequest(shape, gpu, layout, settings, maxNumBatchedTokens);
  const decoding = { shape, type, gpu, layout, enableExpertParallel: settings.enableExpertParallel, cache };
  const single = stageTimes(decoding, 1, 1).reduce((sum, { seconds }) => sum + seconds, 0);

  const contextTokens = Math.min(maxModelLen, comparedContext);
  const batch = Math.max(1, Math.min(maxNumSeqs, Math.floor(kvCacheTokens / contextTokens)));
  // Stages work on parts of the batch at the same time; the slowest sets the pace.
  const parts = Math.min(batch, layout.pipelineParallelSize);
  const slowest = stageTimes(decoding, batch / parts, contextTokens).reduce((slow, stage) => (stage.seconds > slow.seconds ? stage : slow));
  const period = slowest.seconds * layout.pipelineParallelSize;
  return { singleTokensPerSecond: 1 / single, fullTokensPerSecond: batch / period, batch, contextTokens, boundBy: slowest.boundBy };
}

/** `contexts`: how often the step reads a cache of `contextTokens`. The tokens of a prompt share one. */
export function stageTimes(
  decoding: Decoding,
  batch: number,
  contextTokens: number,
  contexts = batch,
): { seconds: number; boundBy: "memory" | "compute" }[] {
  const { shape, gpu, layout, enableExpertParallel } = decoding;
  let firstLayer = 0;
  return layout.layersPerStage.map((layers) => {
    const place = { tensorParallelSize: layout.tensorParallelSize, enableExpertParallel, firstLayer, layers };
    firstLayer += layers;
    const bytes = decodeBytes(shape, place, expertShare(shape, batch)) + contexts * cacheBytes(decoding, place, contextTokens);
    const reading = bytes / (gpu.memoryGBps * bytesPerGB);
    const computing = operations(decoding, place, batch, contextTokens) / (teraflops(shape, gpu) * 1e12);
    const communicating = allReduceSeconds(decoding, layers, batch);
    return { seconds: Math.max(reading, computing) + communicating, boundBy: reading >= computing ? "memory" : "compute" };
  });
}

/** Share of the experts that a batch touches when tokens are routed evenly. */
function expertShare({ moe }: ModelShape, batch: number): number {
  return moe ? 1 - (1 - moe.activeExperts / moe.experts) ** batch : 1;
}

/** Bytes of the cache that one request's next token reads on one rank. */
function cacheBytes({ shape, cache, layout }: Decoding, { firstLayer, layers }: RankPlace, contextTokens: number): number {
  const kinds = kindsOf(layersOf(shape).slice(firstLayer, firstLayer + layers));
  const perToken = attentionBytesPerToken(shape, cache);
  const seen = "window" in shape.attention ? Math.min(contextTokens, shape.attention.window) : contextTokens;
  const attended = (kinds.full * contextTokens + kinds.window * seen) / cache.decodeContextParallelSize;
  const compressed = shape.compressed ? compressedBytesRead(kinds, shape.compressed, contextTokens) : 0;
  return perToken * attended + compressed + kinds.state * stateBytes(shape, layout.tensorParallelSize);
}

/** Two operations for each weight, and in attention two for each number of each head's keys and values. */
function operations({ shape, layout }: Decoding, place: RankPlace, batch: number, contextTokens: number): number {
  const { full, window } = kindsOf(layersOf(shape).slice(place.firstLayer, place.firstLayer + place.layers));
  const seen = "window" in shape.attention ? Math.min(contextTokens, shape.attention.window) : contextTokens;
  const width = shape.mla ? shape.mla.kvLoraRank + shape.mla.ropeHeadDim : shape.headDim;
  const attention = 4 * shape.attentionHeads * width * (full * contextTokens + window * seen);
  return (batch * (2 * activeParameters(shape, place) + attention)) / layout.tensorParallelSize;
}

/** A GPU without units for four-bit or eight-bit weights widens them to sixteen bits. */
function teraflops({ weights }: ModelShape, { teraflops: peak }: GpuFacts): number {
  const { quantization } = weights;
  if (quantization?.method === "nvfp4" || quantization?.method === "mxfp4") return peak.fp4 ?? peak.bf16;
  return isFp8(quantization) ? (peak.fp8 ?? peak.bf16) : peak.bf16;
}

/** Two all-reduces a layer, each moving twice its share (n − 1) ÷ n of the hidden states; only their volume counts, not their latency. */
function allReduceSeconds({ shape, type, gpu, layout }: Decoding, layers: number, batch: number): number {
  const ranks = layout.tensorParallelSize;
  if (ranks === 1) return 0;
  const between = networkGBpsOfGpu(type, gpu);
  const linkGBps = ranks > gpu.count ? Math.min(gpu.linkGBps, between) : gpu.linkGBps;
  const bytes = batch * shape.hiddenSize * dtypeBytes(shape.weights) * ((2 * (ranks - 1)) / ranks);
  return (2 * layers * bytes) / (linkGBps * bytesPerGB);
}
