/** Weight tensors of layers that keep a state of fixed size: linear attention (gated delta net) and Mamba-2. */
import type { DeltaAttention, LinearAttention, Mamba2, ModelShape } from "../../catalog/modelShape";
import { fp32, matrix, vector, type WeightTensor } from "./weightTensor";

export function stateTensors({ state, hiddenSize }: ModelShape): WeightTensor[] {
  if (!state) return [];
  if (state.kind === "deltaAttention") return delta(state, hiddenSize);
  return state.kind === "mamba2" ? mamba(state, hiddenSize) : linear(state, hiddenSize);
}

/** Channels that the convolution runs over. */
export function convolutionWidth(state: LinearAttention | DeltaAttention | Mamba2): number {
  if (state.kind === "deltaAttention") return 3 * state.heads * state.headDim;
  if (state.kind === "mamba2") return state.heads * state.headDim + 2 * state.groups * state.stateSize;
  return 2 * state.keyHeads * state.keyHeadDim + state.valueHeads * state.valueHeadDim;
}

/** vLLM `qwen3_next.py`: query, key, value and gate in one projection, two scalars per value head in another. */
function linear(state: LinearAttention, hiddenSize: number): WeightTensor[] {
  const values = state.valueHeads * state.valueHeadDim;
  return [
    matrix("linear_attn.in_proj_qkvz", "state", convolutionWidth(state) + values, hiddenSize, "outputs"),
    matrix("linear_attn.in_proj_ba", "router", 2 * state.valueHeads, hiddenSize, "outputs"),
    vector("linear_attn.conv1d", "norm", convolutionWidth(state) * state.convolution, "outputs"),
    vector("linear_attn.A_log", "norm", state.valueHeads, "outputs"),
    vector("linear_attn.dt_bias", "norm", state.valueHeads, "outputs"),
    vector("linear_attn.norm", "norm", state.valueHeadDim),
    matrix("linear_attn.out_proj", "state", hiddenSize, values, "inputs"),
  ];
}

/** vLLM `models/kimi_k3/nvidia/kda.py`. Heads of keys, values and gates are alike; the decay `f` is a product of two projections. */
function delta({ heads, headDim, convolution, fullRankGate }: DeltaAttention, hiddenSize: number): WeightTensor[] {
  const width = heads * headDim;
  const twoSteps = (name: string) => [
    matrix(`linear_attn.${name}_a_proj`, "state", headDim, hiddenSize, "none"),
    matrix(`linear_attn.${name}_b_proj`, "state", width, headDim, "outputs"),
  ];
  return [
    matrix("linear_attn.qkv_proj", "state", 3 * width, hiddenSize, "outputs"),
    ...(fullRankGate ? [matrix("linear_attn.g_proj", "state", width, hiddenSize, "outputs")] : twoSteps("g")),
    ...twoSteps("f"),
    matrix("linear_attn.b_proj", "state", heads, hiddenSize, "outputs"),
    fp32(vector("linear_attn.conv1d", "norm", 3 * width * convolution, "outputs")),
    fp32(vector("linear_attn.dt_bias", "norm", width, "outputs")),
    fp32(vector("linear_attn.A_log", "norm", heads, "outputs")),
    vector("linear_attn.o_norm", "norm", headDim),
    matrix("linear_attn.o_proj", "state", hiddenSize, width, "inputs"),
  ];
}

/** vLLM `mamba_mixer2.py`; the convolution has a bias. */
function mamba(state: Mamba2, hiddenSize: number): WeightTensor[] {
  const width = state.heads * state.headDim;
  return [
    matrix("mixer.in_proj", "state", convolutionWidth(state) + width + state.heads, hiddenSize, "outputs"),
    vector("mixer.conv1d", "norm", convolutionWidth(state) * (state.convolution + 1), "outputs"),
    vector("mixer.A_log_D_dt_bias", "norm", 3 * state.heads, "outputs"),
    vector("mixer.norm", "norm", width, "outputs"),
    matrix("mixer.out_proj", "state", hiddenSize, width, "inputs"),
  ];
}
