/** Weight tensors of attention: grouped-query, and multi-head latent with or without an index. */
import type { ModelShape, MultiHeadLatentAttention } from "../../catalog/modelShape";
import { architectureOf } from "./architectureLookup";
import { matrix, vector, type WeightTensor } from "./weightTensor";

export function attentionTensors(shape: ModelShape): WeightTensor[] {
  return shape.mla ? latentAttention(shape, shape.mla) : groupedAttention(shape);
}

function groupedAttention(shape: ModelShape): WeightTensor[] {
  const { hiddenSize } = shape;
  const { outputGate, fullyBiased } = architectureOf(shape.architecture);
  const heads = shape.attentionHeads * shape.headDim;
  const query = outputGate ? 2 * heads : heads;
  const keyValue = shape.kvHeads * shape.headDim;
  const tensors = [
    matrix("q_proj", "attention", query, hiddenSize, "outputs"),
    matrix("k_proj", "attention", keyValue, hiddenSize, "kvHeads"),
    matrix("v_proj", "attention", keyValue, hiddenSize, "kvHeads"),
    matrix("o_proj", "attention", hiddenSize, heads, "inputs"),
  ];
  if (shape.attentionBias) {
    tensors.push(vector("q_proj.bias", "attention", query, "outputs"));
    tensors.push(vector("k_proj.bias", "attention", keyValue, "kvHeads"), vector("v_proj.bias", "attention", keyValue, "kvHeads"));
  }
  if (fullyBiased) {
    tensors.push(vector("o_proj.bias", "attention", hiddenSize), vector("sinks", "attention", shape.attentionHeads));
  }
  return shape.queryKeyNorm ? [...tensors, ...queryKeyNorms(shape)] : tensors;
}

/** One vector for every head, or one over all of them (MiniMax-M2, Command-R+). */
function queryKeyNorms(shape: ModelShape): WeightTensor[] {
  const all = architectureOf(shape.architecture).queryKeyNorm === "all";
  return [
    vector("q_norm", "norm", all ? shape.attentionHeads * shape.headDim : shape.headDim),
    vector("k_norm", "norm", all ? shape.kvHeads * shape.headDim : shape.headDim),
  ];
}

/** Down-projections produce one latent vector for all heads, so every rank holds them whole. */
function latentAttention(shape: ModelShape, mla: MultiHeadLatentAttention): WeightTensor[] {
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
    ...(mla.indexer ? indexTensors(shape, mla, mla.indexer) : []),
  ];
}

/** Every rank scores all tokens (`Indexer` of vLLM's `deepseek_v2.py`: replicated layers). */
function indexTensors(
  shape: ModelShape,
  mla: MultiHeadLatentAttention,
  { heads, headDim }: { heads: number; headDim: number },
): WeightTensor[] {
  return [
    matrix("indexer.wq_b", "attention", heads * headDim, mla.qLoraRank ?? shape.hiddenSize, "none"),
    matrix("indexer.wk", "attention", headDim, shape.hiddenSize, "none"),
    vector("indexer.k_norm", "norm", 2 * headDim),
    matrix("indexer.weights_proj", "router", heads, shape.hiddenSize, "none"),
  ];
}
