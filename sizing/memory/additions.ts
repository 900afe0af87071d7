/** What an engine keeps on a GPU besides the model: slots for LoRA adapters, and the layer that drafts tokens ahead (MTP). */
import type { ModelShape } from "../../catalog/modelShape";
import { feedForwardTensors, mixerTensors } from "../model/layerTensors";
import { layersOf } from "../model/layers";
import { dtypeBytes, endsOf, headBytes, rankWeightBytes, shardOf, type RankPlace } from "../model/parameters";
import { paddedVocabulary, type WeightTensor } from "../model/weightTensor";

export interface Additions {
  /** `--enable-lora`: every slot is allocated at start, at the largest rank, whether an adapter fills it or not. */
  lora?: { maxLoras: number; maxLoraRank: number };
  /** Tokens that the model's own prediction layers draft (`--speculative-config` with method mtp). */
  draftTokens?: number;
}

/** Bytes on one rank of a stage. */
export function additionalBytes(shape: ModelShape, place: RankPlace, { lora, draftTokens }: Additions): number {
  const adapters = lora ? lora.maxLoras * adapterBytes(shape, place, lora.maxLoraRank) : 0;
  const drafts = draftTokens !== undefined && place.firstLayer + place.layers >= shape.layers;
  return adapters + (drafts ? draftLayerBytes(shape, place) : 0);
}

/** One adapter on every linear layer, in sixteen bits (`vllm/lora/layers`). */
function adapterBytes(shape: ModelShape, place: RankPlace, rank: number): number {
  const layers = layersOf(shape).slice(place.firstLayer, place.firstLayer + place.layers);
  return (
    endBytes(shape, place, rank) +
    layers.reduce((sum, layer) => {
      const tensors = [...mixerTensors(shape, layer), ...feedForwardTensors(shape, layer.feedForward)];
      return sum + tensors.reduce((total, tensor) => total + pairBytes(shape, tensor, place, rank), 0);
    }, 0)
  );
}

/**
 * Pairs of the embedding and of the output head, over the whole vocabulary on every rank (`VocabParallelEmbeddingWithLoRA`,
 * `LogitsProcessorWithLoRA`).
 */
function endBytes(shape: ModelShape, { firstLayer, layers }: RankPlace, rank: number): number {
  const ends = (firstLayer === 0 ? 1 : 0) + (firstLayer + layers >= shape.layers ? 1 : 0);
  return ends * rank * (paddedVocabulary(shape) + shape.hiddenSize) * 2;
}

/** The first matrix of a pair has the inputs of the layer, the second its outputs. Tensor parallelism splits what it splits there. */
function pairBytes(shape: ModelShape, tensor: WeightTensor, place: RankPlace, rank: number): number {
  if (tensor.inputs === 1 || tensor.module === "norm") return 0;
  const { outputs, inputs, copies } = shardOf(shape, tensor, place);
  return rank * (inputs + outputs) * copies * 2;
}

/** One more layer like the last, and a projection of hidden state and embedding side by side. Embedding and head are the model's own. */
function draftLayerBytes(shape: ModelShape, place: RankPlace): number {
  const numbers = dtypeBytes(shape.weights);
  const last = { ...place, firstLayer: shape.layers - 1, layers: 1 };
  const shared = headBytes(shape, place) * endsOf(shape, last).length + shape.hiddenSize * numbers;
  return rankWeightBytes(shape, last) - shared + 2 * shape.hiddenSize * shape.hiddenSize * numbers;
}
