/** Parameter counts, and the bytes of weights on one GPU. */
import type { ModelShape, Quantization, WeightFormat } from "../catalog/modelShape";
import { attentionTensors, denseTensors, expertTensors, paddedVocabulary, type WeightTensor } from "./weightTensors";

/** One rank of the tensor-parallel group of one pipeline stage. */
export interface RankPlace {
  tensorParallelSize: number;
  enableExpertParallel: boolean;
  /** Index of the stage's first layer, and how many layers it runs. */
  firstLayer: number;
  layers: number;
}

/** Parameters of the model as served: extra prediction layers of a checkpoint, which vLLM skips, are not counted. */
export function parameterCount(shape: ModelShape): number {
  const embeddings = shape.vocabSize * shape.hiddenSize * (shape.tiedEmbeddings ? 1 : 2);
  const { dense, sparse } = layerKinds(shape, 0, shape.layers);
  const sum = (tensors: WeightTensor[]) => tensors.reduce((total, { outputs, inputs, copies }) => total + outputs * inputs * copies, 0);
  return (
    embeddings +
    shape.hiddenSize +
    shape.layers * sum(attentionTensors(shape)) +
    dense * sum(denseTensors(shape)) +
    sparse * sum(experts(shape))
  );
}

/** Bytes of the whole model on one rank that holds all of it. */
export function weightBytes(shape: ModelShape): number {
  return rankWeightBytes(shape, { tensorParallelSize: 1, enableExpertParallel: false, firstLayer: 0, layers: shape.layers });
}

/**
 * Bytes on one rank. The embedding lives on the first stage, the output head and the last norm on the last one; tied embeddings are on
 * both, because each end needs them (vLLM `models/llama.py`, `PPMissingLayer`).
 */
export function rankWeightBytes(shape: ModelShape, place: RankPlace): number {
  const dtype = dtypeBytes(shape.weights);
  const vocabulary = Math.ceil(paddedVocabulary(shape) / place.tensorParallelSize) * shape.hiddenSize * dtype;
  const isFirst = place.firstLayer === 0;
  const isLast = place.firstLayer + place.layers >= shape.layers;
  const holdsTwo = isFirst && isLast && !shape.tiedEmbeddings;
  const ends = (isFirst || isLast ? vocabulary * (holdsTwo ? 2 : 1) : 0) + (isLast ? shape.hiddenSize * dtype : 0);

  const { dense, sparse } = layerKinds(shape, place.firstLayer, place.layers);
  const sum = (tensors: WeightTensor[]) => tensors.reduce((total, tensor) => total + rankTensorBytes(shape, tensor, place), 0);
  return ends + place.layers * sum(attentionTensors(shape)) + dense * sum(denseTensors(shape)) + sparse * sum(experts(shape));
}

export function dtypeBytes(weights: WeightFormat): number {
  return weights.dtype === "float32" ? 4 : 2;
}

/** Whether linear layers are 8-bit floating point. */
export function isFp8(quantization: Quantization | undefined): boolean {
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
      return { outputs: Math.ceil(outputs / Math.min(size, shape.kvHeads)), inputs, copies };
    case "none":
      return { outputs, inputs, copies };
  }
}

export function isQuantized(quantization: Quantization | undefined, tensor: WeightTensor): quantization is Quantization {
  if (!quantization || tensor.inputs === 1 || tensor.module === "router" || tensor.module === "norm") return false;
  return tensor.module === "experts" || !(quantization.unquantized ?? []).includes(tensor.module);
}

function rankTensorBytes(shape: ModelShape, tensor: WeightTensor, place: RankPlace): number {
  const { outputs, inputs, copies } = shardOf(shape, tensor, place);
  const { quantization } = shape.weights;
  const one = isQuantized(quantization, tensor)
    ? quantizedBytes(quantization, outputs, inputs)
    : outputs * inputs * dtypeBytes(shape.weights);
  return one * copies;
}

/** `bitsPerWeight` holds the scales of weight groups; scales of blocks or output channels, fp32 each, come on top. */
function quantizedBytes({ bitsPerWeight, blockSize, groupSize }: Quantization, outputs: number, inputs: number): number {
  const weights = (outputs * inputs * bitsPerWeight) / 8;
  if (groupSize) return weights;
  return weights + 4 * (blockSize ? Math.ceil(outputs / blockSize) * Math.ceil(inputs / blockSize) : outputs);
}

const experts = (shape: ModelShape) => (shape.moe ? expertTensors(shape, shape.moe) : []);

/** Layers of a stretch without and with experts; the layers without come first. */
function layerKinds(shape: ModelShape, firstLayer: number, layers: number): { dense: number; sparse: number } {
  const leading = shape.moe ? shape.moe.denseLayers : shape.layers;
  const dense = Math.min(layers, Math.max(0, leading - firstLayer));
  return { dense, sparse: layers - dense };
}
