/** Weight tensors of attention: grouped-query and multi-head latent, each with or without an index. */
import type { AttentionHeads, Indexer, ModelShape, MultiHeadLatentAttention } from "../../catalog/modelShape";
import { architectureOf } from "./architectureLookup";
import type { Mixer } from "./layers";
import { matrix, vector, type WeightTensor } from "./weightTensor";

export function attentionTensors(shape: ModelShape, mixer: Mixer = "full", indexed = true): WeightTensor[] {
  if (shape.mla) return latentAttention(shape, shape.mla, indexed);
  const tensors = groupedAttention(shape, headsOf(shape, mixer));
  return shape.blockIndex && indexed ? [...tensors, ...blockIndexTensors(shape, shape.blockIndex)] : tensors;
}

/** Heads of full attention, or of the layers with a window. */
export function headsOf({ attentionHeads, kvHeads, headDim, valueHeadDim = headDim, windowHeads }: ModelShape, mixer: Mixer) {
  if (mixer !== "window" || !windowHeads) return { attentionHeads, kvHeads, headDim, valueHeadDim };
  return { valueHeadDim: windowHeads.headDim, ...windowHeads };
}

function groupedAttention(shape: ModelShape, heads: Required<AttentionHeads>): WeightTensor[] {
  const { hiddenSize } = shape;
  const { kvHeads, attentionHeads, headDim, valueHeadDim } = heads;
  const { outputGate, fullyBiased } = architectureOf(shape.architecture);
  const query = (outputGate ? 2 : 1) * attentionHeads * headDim;
  const keyValue = (tensor: WeightTensor) => ({ ...tensor, kvHeads });
  const tensors = [
    matrix("q_proj", "attention", query, hiddenSize, "outputs"),
    keyValue(matrix("k_proj", "attention", kvHeads * headDim, hiddenSize, "kvHeads")),
    keyValue(matrix("v_proj", "attention", kvHeads * valueHeadDim, hiddenSize, "kvHeads")),
    matrix("o_proj", "attention", hiddenSize, attentionHeads * valueHeadDim, "inputs"),
  ];
  if (shape.attentionBias) {
    tensors.push(vector("q_proj.bias", "attention", query, "outputs"));
    tensors.push(keyValue(vector("k_proj.bias", "attention", kvHeads * headDim, "kvHeads")));
    tensors.push(keyValue(vector("v_proj.bias", "attention", kvHeads * valueHeadDim, "kvHeads")));
  }
  if (fullyBiased) {
    tensors.push(vector("o_proj.bias", "attention", hiddenSize), vector("sinks", "attention", attentionHeads));
  }
  return shape.queryKeyNorm ? [...tensors, ...queryKeyNorms(shape, heads)] : tensors;
}

/** One vector for every head, or one over all of them (MiniMax-M2, Command-R+). */
function queryKeyNorms(shape: ModelShape, { attentionHeads, kvHeads, headDim }: AttentionHeads): WeightTensor[] {
  const all = architectureOf(shape.architecture).queryKeyNorm === "all";
  return [vector("q_norm", "norm", all ? attentionHeads * headDim : headDim), vector("k_norm", "norm", all ? kvHeads * headDim : headDim)];
}

/** The index has its own queries, divided like key and value heads, and one key (vLLM `models/minimax_m3`). */
function blockIndexTensors({ hiddenSize }: ModelShape, { heads, headDim }: Indexer): WeightTensor[] {
  return [
    { ...matrix("index_q_proj", "attention", heads * headDim, hiddenSize, "kvHeads"), kvHeads: heads },
    matrix("index_k_proj", "attention", headDim, hiddenSize, "none"),
    vector("index_norms", "norm", 2 * headDim),
  ];
}

/** Down-projections produce one latent vector for all heads, so every rank holds them whole. */
function latentAttention(shape: ModelShape, mla: MultiHeadLatentAttention, indexed: boolean): WeightTensor[] {
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
    ...(mla.outputGate ? [matrix("g_proj", "attention", attentionHeads * mla.valueHeadDim, hiddenSize, "outputs")] : []),
    ...(mla.indexer && indexed ? indexTensors(shape, mla, mla.indexer) : []),
  ];
}

/** Every rank scores all tokens (`Indexer` of vLLM's `deepseek_v2.py`: replicated layers). */
function indexTensors(shape: ModelShape, mla: MultiHeadLatentAttention, { heads, headDim }: Indexer): WeightTensor[] {
  return [
    matrix("indexer.wq_b", "attention", heads * headDim, mla.qLoraRank ?? shape.hiddenSize, "none"),
    matrix("indexer.wk", "attention", headDim, shape.hiddenSize, "none"),
    vector("indexer.k_norm", "norm", 2 * headDim),
    matrix("indexer.weights_proj", "router", heads, shape.hiddenSize, "none"),
  ];
}
