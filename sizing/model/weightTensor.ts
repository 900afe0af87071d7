/** One weight tensor, with the dimension along which tensor parallelism splits it. */
import type { ModelShape } from "../../catalog/modelShape";

/** How vLLM divides a tensor among the ranks of a tensor-parallel group. */
type TensorSplit = "outputs" | "inputs" | "kvHeads" | "none";

export type TensorModule = "attention" | "state" | "denseLayers" | "experts" | "sharedExperts" | "router" | "norm";

export interface WeightTensor {
  name: string;
  module: TensorModule;
  outputs: number;
  /** 1 for vectors (norms, biases), which no checkpoint quantises. */
  inputs: number;
  /** How many copies a layer holds: the number of experts, or 1. */
  copies: number;
  split: TensorSplit;
  /** Key and value heads of a tensor split by them, if they are not the model's. */
  kvHeads?: number;
  /** Bytes of one number, if it does not follow the model's dtype. */
  numberBytes?: number;
}

export const matrix = (name: string, module: TensorModule, outputs: number, inputs: number, split: TensorSplit): WeightTensor => ({
  name,
  module,
  outputs,
  inputs,
  copies: 1,
  split,
});

export const fp32 = (tensor: WeightTensor): WeightTensor => ({ ...tensor, numberBytes: 4 });

export const vector = (name: string, module: TensorModule, outputs: number, split: TensorSplit = "none"): WeightTensor =>
  matrix(name, module, outputs, 1, split);

/** vLLM pads the vocabulary before splitting it (`VocabParallelEmbedding`, `DEFAULT_VOCAB_PADDING_SIZE`). */
const vocabularyPadding = 64;

export function paddedVocabulary(shape: ModelShape): number {
  return Math.ceil(shape.vocabSize / vocabularyPadding) * vocabularyPadding;
}
