/** Parameter counts, and the bytes of weights on one GPU. */
import type { ModelShape, Quantization, QuantizationFormat, QuantizedModule, WeightFormat } from "../../catalog/modelShape";
import { architectureOf } from "./architectureLookup";
import { feedForwardTensors, mixerTensors, normTensors } from "./layerTensors";
import { layersOf, type Layer } from "./layers";
import { paddedVocabulary, type WeightTensor } from "./weightTensor";

/** One rank of the tensor-parallel group of one pipeline stage. */
export interface RankPlace {
  tensorParallelSize: number;
  enableExpertParallel: boolean;
  /** Index of the stage's first layer, and how many layers it runs. */
  firstLayer: number;
  layers: number;
}

/** Parameters of the language model as served. Extra prediction layers of a checkpoint do not count: vLLM skips them. */
export function parameterCount(shape: ModelShape): number {
  const embeddings = shape.vocabSize * shape.hiddenSize * (shape.tiedEmbeddings ? 1 : 2);
  return embeddings + shape.hiddenSize + sumOfLayers(shape, layersOf(shape), ({ outputs, inputs, copies }) => outputs * inputs * copies);
}

/** Bytes of the whole model as its checkpoint stores it. */
export function weightBytes(shape: ModelShape): number {
  const dtype = dtypeBytes(shape.weights);
  const ends = paddedVocabulary(shape) * shape.hiddenSize * (shape.tiedEmbeddings ? 1 : 2) + shape.hiddenSize;
  const towers = shape.towers ? (shape.towers.divided + shape.towers.whole) * dtype : 0;
  return ends * dtype + towers + sumOfLayers(shape, layersOf(shape), (tensor) => tensorBytes(shape, tensor, tensor) * tensor.copies);
}

/** Bytes on one rank. The last norm is on the last stage. */
export function rankWeightBytes(shape: ModelShape, place: RankPlace): number {
  const norm = isLastStage(shape, place) ? shape.hiddenSize * dtypeBytes(shape.weights) : 0;
  const ends = headBytes(shape, place) * endsOf(shape, place).length + norm;
  return ends + sumOfLayers(shape, stretchOf(shape, place), (tensor) => rankTensorBytes(shape, tensor, place));
}

/**
 * The matrices over the vocabulary that a stage holds. The embedding is on the first stage and the output head on the last; if they are
 * tied, each end needs the one matrix (vLLM `models/llama.py`, `PPMissingLayer`). Some classes make them on every stage.
 */
export function endsOf(shape: ModelShape, place: Pick<RankPlace, "firstLayer" | "layers">): ("embedding" | "output head")[] {
  const { onEveryStage = [] } = architectureOf(shape.architecture);
  const holdsEmbedding = place.firstLayer === 0 || onEveryStage.includes("embedding");
  const holdsHead = isLastStage(shape, place) || onEveryStage.includes("output head");
  if (shape.tiedEmbeddings) return holdsEmbedding || holdsHead ? ["embedding"] : [];
  return [...(holdsEmbedding ? (["embedding"] as const) : []), ...(holdsHead ? (["output head"] as const) : [])];
}

const isLastStage = (shape: ModelShape, { firstLayer, layers }: Pick<RankPlace, "firstLayer" | "layers">) =>
  firstLayer + layers >= shape.layers;

const stretchOf = (shape: ModelShape, { firstLayer, layers }: Pick<RankPlace, "firstLayer" | "layers">) =>
  layersOf(shape).slice(firstLayer, firstLayer + layers);

/** Embedding or output head on one rank. */
export const headBytes = (shape: ModelShape, { tensorParallelSize }: Pick<RankPlace, "tensorParallelSize">) =>
  Math.ceil(paddedVocabulary(shape) / tensorParallelSize) * shape.hiddenSize * dtypeBytes(shape.weights);

/** Bytes that one rank reads to decode a batch that touches this share of its experts. It reads only a few rows of the embedding. */
export function decodeBytes(shape: ModelShape, place: RankPlace, expertShare: number): number {
  const head = isLastStage(shape, place) ? headBytes(shape, place) + shape.hiddenSize * dtypeBytes(shape.weights) : 0;
  const touched = ({ module }: WeightTensor) => (module === "experts" ? expertShare : 1);
  return head + sumOfLayers(shape, stretchOf(shape, place), (tensor) => rankTensorBytes(shape, tensor, place) * touched(tensor));
}

/** Weights that multiply one token, on all ranks of a stage together. */
export function activeParameters(shape: ModelShape, place: Pick<RankPlace, "firstLayer" | "layers">): number {
  const share = shape.moe ? shape.moe.activeExperts / shape.moe.experts : 1;
  const layers = sumOfLayers(shape, stretchOf(shape, place), ({ outputs, inputs, copies, module }) =>
    inputs === 1 ? 0 : outputs * inputs * copies * (module === "experts" ? share : 1),
  );
  return layers + (isLastStage(shape, place) ? shape.vocabSize * shape.hiddenSize : 0);
}

/**
 * The tables of sines and cosines that every rank keeps: one row per position, in the model's dtype (vLLM `rotary_embedding`). Start-up
 * logs count it as weights: 0.03 GiB at 131,072 positions. The multimodal kind has four times the positions (`MRotaryEmbedding`).
 */
export function rotaryTableBytes(shape: ModelShape): number {
  const { maxPositionEmbeddings, headDim, rotaryShare = 1, multimodalRotary, mla, compressed, windowHeads, weights } = shape;
  const positions = maxPositionEmbeddings * (multimodalRotary ? 4 : 1);
  // DeepSeek-V4 rotates the layers without compression with another base, and keeps its tables in fp32.
  if (compressed) return positions * compressed.ropeHeadDim * 4 * (shape.mixers?.includes("W") ? 2 : 1);
  const width = (mla ? mla.ropeHeadDim : headDim + (windowHeads?.headDim ?? 0)) * rotaryShare;
  return positions * width * dtypeBytes(weights);
}

export function dtypeBytes(weights: WeightFormat): number {
  return weights.dtype === "float32" ? 4 : 2;
}

/** Whether linear layers are 8-bit floating point. */
export function isFp8(quantization: QuantizationFormat | undefined): boolean {
  return quantization?.method === "fp8" || (quantization?.method === "compressed-tensors" && quantization.bitsPerWeight === 8);
}

/** The part of a tensor that one rank keeps. */
export function shardOf(shape: ModelShape, tensor: WeightTensor, place: Pick<RankPlace, "tensorParallelSize" | "enableExpertParallel">) {
  const { outputs, inputs, copies, split } = tensor;
  const size = place.tensorParallelSize;
  if (place.enableExpertParallel && tensor.module === "experts") return { outputs, inputs, copies: Math.ceil(copies / size) };
  switch (split) {
    case "outputs":
      return { outputs: Math.ceil(outputs / size), inputs, copies };
    case "inputs":
      return { outputs, inputs: Math.ceil(inputs / size), copies };
    case "kvHeads":
      // Fewer heads than ranks: every rank keeps a copy of one head.
      return { outputs: Math.ceil(outputs / Math.min(size, tensor.kvHeads ?? shape.kvHeads)), inputs, copies };
    case "none":
      return { outputs, inputs, copies };
  }
}

/** The format of a tensor; undefined if it stays in the model's dtype. */
export function formatOf(quantization: Quantization | undefined, { module, inputs }: WeightTensor): QuantizationFormat | undefined {
  return inputs === 1 || module === "router" || module === "norm" ? undefined : formatOfModule(quantization, module);
}

export function formatOfModule(quantization: Quantization | undefined, module: QuantizedModule): QuantizationFormat | undefined {
  return quantization?.unquantized?.includes(module) ? undefined : (quantization?.others?.[module] ?? quantization);
}

function sumOfLayers(shape: ModelShape, layers: readonly Layer[], of: (tensor: WeightTensor) => number): number {
  const known = new Map<string, number>();
  const sum = (key: string, tensors: () => WeightTensor[]) => {
    const found = known.get(key) ?? tensors().reduce((total, tensor) => total + of(tensor), 0);
    known.set(key, found);
    return found;
  };
  return layers.reduce((total, { mixer, indexed, feedForward }) => {
    const mixing = sum(`${mixer} ${indexed}`, () => mixerTensors(shape, { mixer, indexed }));
    const feeding = sum(`feed forward ${feedForward}`, () => feedForwardTensors(shape, feedForward));
    return total + mixing + feeding + sum("norms", () => normTensors(shape));
  }, 0);
}

/** Bytes of a tensor, with all its copies, in one layer on one rank. */
export function rankTensorBytes(shape: ModelShape, tensor: WeightTensor, place: RankPlace): number {
  const shard = shardOf(shape, tensor, place);
  return tensorBytes(shape, tensor, asLoaded(shape, tensor, widened(shape, tensor, place, shard))) * shard.copies;
}

function tensorBytes(shape: ModelShape, tensor: WeightTensor, { outputs, inputs }: { outputs: number; inputs: number }): number {
  const format = formatOf(shape.weights.quantization, tensor);
  return format ? quantizedBytes(format, outputs, inputs) : outputs * inputs * (tensor.numberBytes ?? dtypeBytes(shape.weights));
}

/** Kimi's class gives every rank at least this width of each expert (`min_moe_intermediate_per_partition` of `kimi_k3/nvidia/model.py`). */
function widened<Shard extends { outputs: number; inputs: number }>(
  { architecture }: ModelShape,
  { module, split }: WeightTensor,
  { tensorParallelSize, enableExpertParallel }: RankPlace,
  shard: Shard,
): Shard {
  const { leastExpertWidth: least } = architectureOf(architecture);
  if (least === undefined || module !== "experts" || enableExpertParallel || tensorParallelSize === 1) return shard;
  return split === "inputs" ? { ...shard, inputs: Math.max(least, shard.inputs) } : { ...shard, outputs: Math.max(least, shard.outputs) };
}

/**
 * vLLM pads mxfp4 experts for its Marlin kernels: hidden size to 256, width to 128 (`quantization/mxfp4.py`).
 * gpt-oss-120b grows by 8 % (65.97 GiB logged).
 * Its Triton kernels pad less (64.38), and the configuration does not say which kernels will run.
 */
function asLoaded(shape: ModelShape, tensor: WeightTensor, { outputs, inputs }: { outputs: number; inputs: number }) {
  if (formatOf(shape.weights.quantization, tensor)?.method !== "mxfp4") return { outputs, inputs };
  const padded = (value: number, step: number) => Math.ceil(value / step) * step;
  return tensor.split === "inputs"
    ? { outputs: padded(outputs, 256), inputs: padded(inputs, 128) }
    : { outputs: padded(outputs, 128), inputs: padded(inputs, 256) };
}

/** `bitsPerWeight` holds the scales of weight groups; fp32 scales of blocks or output channels are extra. */
function quantizedBytes({ bitsPerWeight, block, groupSize }: QuantizationFormat, outputs: number, inputs: number): number {
  const weights = (outputs * inputs * bitsPerWeight) / 8;
  if (groupSize) return weights;
  return weights + 4 * (block ? Math.ceil(outputs / block.outputs) * Math.ceil(inputs / block.inputs) : outputs);
}

/**
 * After loading, latent attention keeps a second copy of the projection to keys and values, in the model's dtype, by which decoding works
 * on the latent vector itself (`W_UK_T`, `W_UV` of vLLM's `mla_attention.py`).
 */
export function absorbedBytes({ mla, attentionHeads, weights }: ModelShape, { tensorParallelSize, layers }: RankPlace): number {
  if (!mla) return 0;
  return (layers * attentionHeads * mla.kvLoraRank * (mla.nopeHeadDim + mla.valueHeadDim) * dtypeBytes(weights)) / tensorParallelSize;
}
