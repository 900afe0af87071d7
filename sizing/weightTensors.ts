/** Every weight tensor of a model, with the dimension along which tensor parallelism splits it. */
import type { ModelShape, MixtureOfExperts } from "../catalog/modelShape";

/** How vLLM divides a tensor among the ranks of a tensor-parallel group. */
export type TensorSplit = "outputs" | "inputs" | "kvHeads" | "none";

export type TensorModule = "attention" | "denseLayers" | "experts" | "sharedExperts" | "router" | "norm";

export interface WeightTensor {
  name: string;
  module: TensorModule;
  outputs: number;
  /** 1 for vectors (norms, biases), which no checkpoint quantises. */
  inputs: number;
  /** How often a layer holds it: the number of experts, else 1. */
  copies: number;
  split: TensorSplit;
}

/** vLLM pads the vocabulary before it splits it (`VocabParallelEmbedding`, `DEFAULT_VOCAB_PADDING_SIZE`). */
const vocabularyPadding = 64;

/** Routers that add a trained bias to the expert scores (`e_score_correction_bias`; gpt-oss: a plain bias). */
const routersWithBias = new Set(["DeepseekV3ForCausalLM", "Glm4MoeForCausalLM", "MiniMaxM2ForCausalLM", "GptOssForCausalLM"]);

/** gpt-oss alone has a bias on every projection, experts included, and one attention sink a head. */
const isFullyBiased = (shape: ModelShape) => shape.architecture === "GptOssForCausalLM";

/** MiniMax-M2 normalises query and key over all heads together instead of per head. */
const normalisesAllHeads = (shape: ModelShape) => shape.architecture === "MiniMaxM2ForCausalLM";

export function paddedVocabulary(shape: ModelShape): number {
  return Math.ceil(shape.vocabSize / vocabularyPadding) * vocabularyPadding;
}

/** Attention and norms: the same in every layer. */
export function attentionTensors(shape: ModelShape): WeightTensor[] {
  const norms = [vector("input_layernorm", "norm", shape.hiddenSize), vector("post_attention_layernorm", "norm", shape.hiddenSize)];
  return [...(shape.mla ? latentAttention(shape, shape.mla) : groupedAttention(shape)), ...norms];
}

/** Feed-forward of a layer without experts. */
export function denseTensors(shape: ModelShape): WeightTensor[] {
  return gatedFeedForward("mlp", "denseLayers", shape.hiddenSize, shape.intermediateSize, 1);
}

/** Router, experts and shared experts of a layer with experts. */
export function expertTensors(shape: ModelShape, moe: MixtureOfExperts): WeightTensor[] {
  const { hiddenSize } = shape;
  const width = moe.expertIntermediateSize;
  const tensors = [
    matrix("mlp.gate", "router", moe.experts, hiddenSize, "none"),
    ...gatedFeedForward("experts", "experts", hiddenSize, width, moe.experts),
  ];
  if (routersWithBias.has(shape.architecture)) tensors.push(vector("mlp.gate.bias", "router", moe.experts));
  if (isFullyBiased(shape)) {
    tensors.push({ ...vector("experts.gate_up_proj.bias", "experts", 2 * width), copies: moe.experts, split: "outputs" });
    tensors.push({ ...vector("experts.down_proj.bias", "experts", hiddenSize), copies: moe.experts });
  }
  if (moe.sharedExpertIntermediateSize > 0) {
    tensors.push(...gatedFeedForward("shared_experts", "sharedExperts", hiddenSize, moe.sharedExpertIntermediateSize, 1));
  }
  return tensors;
}

function groupedAttention(shape: ModelShape): WeightTensor[] {
  const { hiddenSize } = shape;
  const query = shape.attentionHeads * shape.headDim;
  const keyValue = shape.kvHeads * shape.headDim;
  const tensors = [
    matrix("q_proj", "attention", query, hiddenSize, "outputs"),
    matrix("k_proj", "attention", keyValue, hiddenSize, "kvHeads"),
    matrix("v_proj", "attention", keyValue, hiddenSize, "kvHeads"),
    matrix("o_proj", "attention", hiddenSize, query, "inputs"),
  ];
  if (shape.attentionBias) {
    tensors.push({ ...vector("q_proj.bias", "attention", query), split: "outputs" });
    tensors.push({ ...vector("k_proj.bias", "attention", keyValue), split: "kvHeads" });
    tensors.push({ ...vector("v_proj.bias", "attention", keyValue), split: "kvHeads" });
  }
  if (isFullyBiased(shape)) {
    tensors.push(vector("o_proj.bias", "attention", hiddenSize), vector("sinks", "attention", shape.attentionHeads));
  }
  if (shape.queryKeyNorm) {
    tensors.push(vector("q_norm", "norm", normalisesAllHeads(shape) ? query : shape.headDim));
    tensors.push(vector("k_norm", "norm", normalisesAllHeads(shape) ? keyValue : shape.headDim));
  }
  return tensors;
}

/** Down-projections produce one latent vector for all heads, so every rank holds them whole. */
function latentAttention(shape: ModelShape, mla: NonNullable<ModelShape["mla"]>): WeightTensor[] {
  const { hiddenSize, attentionHeads } = shape;
  const query = attentionHeads * (mla.nopeHeadDim + mla.ropeHeadDim);
  const queryTensors =
    mla.qLoraRank === undefined
      ? [matrix("q_proj", "attention", query, hiddenSize, "outputs")]
      : [
          matrix("q_a_proj", "attention", mla.qLoraRank, hiddenSize, "none"),
          vector("q_a_layernorm", "norm", mla.qLoraRank),
          matrix("q_b_proj", "attention", query, mla.qLoraRank, "outputs"),
        ];
  return [
    ...queryTensors,
    matrix("kv_a_proj_with_mqa", "attention", mla.kvLoraRank + mla.ropeHeadDim, hiddenSize, "none"),
    vector("kv_a_layernorm", "norm", mla.kvLoraRank),
    matrix("kv_b_proj", "attention", attentionHeads * (mla.nopeHeadDim + mla.valueHeadDim), mla.kvLoraRank, "outputs"),
    matrix("o_proj", "attention", hiddenSize, attentionHeads * mla.valueHeadDim, "inputs"),
  ];
}

function gatedFeedForward(prefix: string, module: TensorModule, hiddenSize: number, width: number, copies: number): WeightTensor[] {
  return [
    { ...matrix(`${prefix}.gate_proj`, module, width, hiddenSize, "outputs"), copies },
    { ...matrix(`${prefix}.up_proj`, module, width, hiddenSize, "outputs"), copies },
    { ...matrix(`${prefix}.down_proj`, module, hiddenSize, width, "inputs"), copies },
  ];
}

const matrix = (name: string, module: TensorModule, outputs: number, inputs: number, split: TensorSplit): WeightTensor => ({
  name,
  module,
  outputs,
  inputs,
  copies: 1,
  split,
});

const vector = (name: string, module: TensorModule, outputs: number): WeightTensor => matrix(name, module, outputs, 1, "none");
