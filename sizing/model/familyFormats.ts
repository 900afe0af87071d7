/** Formats that follow from fields outside `quantization_config`, or from names that only one family has. */
import type { ModelShape, Quantization } from "../../catalog/modelShape";
import { isObject, type JsonObject } from "./json";
import { grouped } from "./quantizationFormat";

export function familyFormats(quantization: Quantization, config: JsonObject, state: ModelShape["state"]): Quantization {
  const experts = expertFormat(config);
  const { unquantized = [], others } = quantization;
  // Kimi calls its layers with a state `self_attn`, too.
  const excludesState = state?.kind === "deltaAttention" && unquantized.includes("attention") && !unquantized.includes("state");
  return {
    ...quantization,
    ...(excludesState && { unquantized: [...unquantized, "state" as const] }),
    ...(experts && { others: { ...others, experts } }),
  };
}

/** DeepSeek-V4 keeps its experts in four bits, and says so beside the format of the other layers (vLLM `deepseek_v4/quant_config.py`). */
function expertFormat(config: JsonObject) {
  if (config["model_type"] !== "deepseek_v4" || (config["expert_dtype"] ?? "fp4") !== "fp4") return undefined;
  const fields = config["quantization_config"];
  const isNvfp4 = isObject(fields) && String(fields["moe_quant_algo"]).toUpperCase() === "NVFP4";
  return isNvfp4 ? grouped("nvfp4", 4, 16, 8) : grouped("mxfp4", 4, 32, 8);
}
