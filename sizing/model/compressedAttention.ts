/** Weight tensors of DeepSeek-V4's attention (vLLM `models/deepseek_v4/attention.py`, `compressor.py`). */
import type { CompressedAttention, ModelShape } from "../../catalog/modelShape";
import type { Mixer } from "./layers";
import { fp32, matrix, vector, type WeightTensor } from "./weightTensor";

/** Tokens for which a layer keeps one vector besides its window. */
export const compressionOf = (mixer: Mixer) => (mixer === "compressed4" ? 4 : mixer === "compressed128" ? 128 : undefined);

/** A compressor that begins a vector every four tokens reads eight of them: two overlapping halves. */
export const compressorHalves = (ratio: number) => (ratio === 4 ? 2 : 1);

export function compressedAttention(shape: ModelShape, attention: CompressedAttention, mixer: Mixer): WeightTensor[] {
  const { hiddenSize, attentionHeads, headDim } = shape;
  const { qLoraRank, oLoraRank, outputGroups } = attention;
  const heads = attentionHeads * headDim;
  const ratio = compressionOf(mixer);
  return [
    matrix("attn.wq_a", "attention", qLoraRank, hiddenSize, "none"),
    matrix("attn.wkv", "attention", headDim, hiddenSize, "none"),
    vector("attn.q_norm", "norm", qLoraRank),
    vector("attn.kv_norm", "norm", headDim),
    matrix("attn.wq_b", "attention", heads, qLoraRank, "outputs"),
    matrix("attn.wo_a", "attention", outputGroups * oLoraRank, heads / outputGroups, "outputs"),
    matrix("attn.wo_b", "attention", hiddenSize, outputGroups * oLoraRank, "inputs"),
    fp32(vector("attn.attn_sink", "norm", attentionHeads, "outputs")),
    ...(ratio === undefined ? [] : compressor("attn.compressor", hiddenSize, headDim, ratio)),
    ...(ratio === 4 ? indexer(shape, attention) : []),
  ];
}

/** Stays in the model's dtype in every published checkpoint, hence the module of the router. */
function compressor(name: string, hiddenSize: number, headDim: number, ratio: number): WeightTensor[] {
  const width = compressorHalves(ratio) * headDim;
  return [
    matrix(`${name}.wkv_wgate`, "router", 2 * width, hiddenSize, "none"),
    fp32(vector(`${name}.ape`, "norm", ratio * width)),
    vector(`${name}.norm`, "norm", headDim),
  ];
}

function indexer({ hiddenSize }: ModelShape, { qLoraRank, indexer: { heads, headDim } }: CompressedAttention): WeightTensor[] {
  return [
    matrix("attn.indexer.wq_b", "attention", heads * headDim, qLoraRank, "none"),
    matrix("attn.indexer.weights_proj", "router", heads, hiddenSize, "none"),
    ...compressor("attn.indexer.compressor", hiddenSize, headDim, 4),
  ];
}
