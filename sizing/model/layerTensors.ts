/** Every weight tensor of a layer. The names are as in the checkpoints. */
import type { MixtureOfExperts, ModelShape } from "../../catalog/modelShape";
import { architectureOf } from "./architectureLookup";
import { attentionTensors } from "./attentionTensors";
import { compressedAttention } from "./compressedAttention";
import type { FeedForward, Layer } from "./layers";
import { stateTensors } from "./stateTensors";
import { fp32, matrix, vector, type TensorModule, type WeightTensor } from "./weightTensor";

/** Attention, or the layer that replaces it. */
export function mixerTensors(shape: ModelShape, { mixer, indexed }: Pick<Layer, "mixer" | "indexed">): WeightTensor[] {
  if (mixer === "none") return [];
  if (mixer === "state") return stateTensors(shape);
  if (shape.compressed) return compressedAttention(shape, shape.compressed, mixer);
  return attentionTensors(shape, mixer, indexed);
}

/** Norms over the hidden size, and what mixes residual streams: the same in every layer. */
export function normTensors(shape: ModelShape): WeightTensor[] {
  const { hiddenNorms = 2 } = architectureOf(shape.architecture);
  const norms = Array.from({ length: hiddenNorms }, (_, index) => vector(`layernorm.${index}`, "norm", shape.hiddenSize));
  return shape.residualStreams ? [...norms, ...streamTensors(shape.hiddenSize, shape.residualStreams)] : norms;
}

/** Before attention and before the feed-forward, a layer mixes its residual streams (`hc_attn_fn`, `hc_ffn_fn` of `deepseek_v4`). */
const streamTensors = (hiddenSize: number, streams: number): WeightTensor[] =>
  ["hc_attn_fn", "hc_ffn_fn"].map((name) => fp32(matrix(name, "norm", streams * (streams + 2), streams * hiddenSize, "none")));

export function feedForwardTensors(shape: ModelShape, kind: FeedForward): WeightTensor[] {
  if (kind === "experts") return shape.moe ? expertTensors(shape, shape.moe) : [];
  return kind === "dense" ? feedForward(shape, "mlp", "denseLayers", shape.intermediateSize) : [];
}

/** Router, experts and shared experts. */
function expertTensors(shape: ModelShape, moe: MixtureOfExperts): WeightTensor[] {
  const { hiddenSize } = shape;
  const { routerBias, routerIsFp32, sharedExpertGate, fullyBiased } = architectureOf(shape.architecture);
  const width = moe.expertIntermediateSize;
  const router = matrix("mlp.gate", "router", moe.experts, hiddenSize, "none");
  const tensors = [
    routerIsFp32 ? fp32(router) : router,
    ...feedForward(shape, "experts", "experts", width, moe.latentSize).map((tensor) => ({ ...tensor, copies: moe.experts })),
  ];
  if (moe.latentSize !== undefined) {
    tensors.push(matrix("fc1_latent_proj", "router", moe.latentSize, hiddenSize, "none"));
    tensors.push(matrix("fc2_latent_proj", "router", hiddenSize, moe.latentSize, "none"));
  }
  if (routerBias) tensors.push(vector("mlp.gate.bias", "router", moe.experts));
  if (fullyBiased) {
    tensors.push({ ...vector("experts.gate_up_proj.bias", "experts", 2 * width, "outputs"), copies: moe.experts });
    tensors.push({ ...vector("experts.down_proj.bias", "experts", hiddenSize), copies: moe.experts });
  }
  if (moe.sharedExpertIntermediateSize > 0) {
    tensors.push(...feedForward(shape, "shared_experts", "sharedExperts", moe.sharedExpertIntermediateSize));
    if (sharedExpertGate) tensors.push(matrix("shared_expert_gate", "router", 1, hiddenSize, "none"));
  }
  return tensors;
}

function feedForward(shape: ModelShape, prefix: string, module: TensorModule, width: number, outer = shape.hiddenSize): WeightTensor[] {
  const gate = architectureOf(shape.architecture).ungated ? [] : [matrix(`${prefix}.gate_proj`, module, width, outer, "outputs")];
  return [
    ...gate,
    matrix(`${prefix}.up_proj`, module, width, outer, "outputs"),
    matrix(`${prefix}.down_proj`, module, outer, width, "inputs"),
  ];
}
