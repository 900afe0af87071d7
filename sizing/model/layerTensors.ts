/** Every weight tensor of a layer. The names are as in the checkpoints. */
import type { MixtureOfExperts, ModelShape } from "../../catalog/modelShape";
import { architectureOf } from "./architectureLookup";
import { attentionTensors } from "./attentionTensors";
import type { FeedForward, Mixer } from "./layers";
import { stateTensors } from "./stateTensors";
import { matrix, vector, type TensorModule, type WeightTensor } from "./weightTensor";

/** Attention, or the layer that replaces it. */
export function mixerTensors(shape: ModelShape, mixer: Mixer): WeightTensor[] {
  if (mixer === "none") return [];
  return mixer === "state" ? stateTensors(shape) : attentionTensors(shape);
}

/** Norms over the hidden size: the same in every layer. */
export function normTensors(shape: ModelShape): WeightTensor[] {
  const { hiddenNorms = 2 } = architectureOf(shape.architecture);
  return Array.from({ length: hiddenNorms }, (_, index) => vector(`layernorm.${index}`, "norm", shape.hiddenSize));
}

export function feedForwardTensors(shape: ModelShape, kind: FeedForward): WeightTensor[] {
  if (kind === "experts") return shape.moe ? expertTensors(shape, shape.moe) : [];
  return kind === "dense" ? feedForward(shape, "mlp", "denseLayers", shape.intermediateSize) : [];
}

/** Router, experts and shared experts. */
function expertTensors(shape: ModelShape, moe: MixtureOfExperts): WeightTensor[] {
  const { hiddenSize } = shape;
  const { routerBias, sharedExpertGate, fullyBiased } = architectureOf(shape.architecture);
  const width = moe.expertIntermediateSize;
  const tensors = [
    matrix("mlp.gate", "router", moe.experts, hiddenSize, "none"),
    ...feedForward(shape, "experts", "experts", width).map((tensor) => ({ ...tensor, copies: moe.experts })),
  ];
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

function feedForward(shape: ModelShape, prefix: string, module: TensorModule, width: number): WeightTensor[] {
  const gate = architectureOf(shape.architecture).ungated
    ? []
    : [matrix(`${prefix}.gate_proj`, module, width, shape.hiddenSize, "outputs")];
  return [
    ...gate,
    matrix(`${prefix}.up_proj`, module, width, shape.hiddenSize, "outputs"),
    matrix(`${prefix}.down_proj`, module, shape.hiddenSize, width, "inputs"),
  ];
}
