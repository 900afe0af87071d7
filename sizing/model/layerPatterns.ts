/** config.json → which layers attend to everything, which to a window, and which keep a state instead. */
import type { AttentionPattern, LinearAttention, Mamba2 } from "../../catalog/modelShape";
import type { Architecture } from "./architectures";
import { isPositiveInteger, type JsonObject } from "./json";
import { blockLetters } from "./layers";

/** Reads a field that must be a positive integer, and notes any other value as unread. */
export type Read = (key: string, otherwise?: number) => number;

const linearKinds = ["linear_attention", "mamba"];

export function attentionPattern(config: JsonObject, { windows, state }: Architecture, layers: number): AttentionPattern {
  const kinds = Array.isArray(config["layer_types"]) ? (config["layer_types"] as unknown[]) : undefined;
  const listed = kinds?.filter((kind) => kind === "full_attention" || kind === "attention").length;
  if (state) {
    const interval = isPositiveInteger(config["full_attention_interval"]) ? config["full_attention_interval"] : 4;
    const fullLayers = listed ?? Math.floor(layers / interval);
    return fullLayers < layers || kinds?.some((kind) => linearKinds.includes(String(kind)))
      ? { kind: "hybrid", fullLayers }
      : { kind: "full" };
  }
  const size = config[windows?.size ?? "sliding_window"];
  // Qwen sets a window but turns it off.
  if (!isPositiveInteger(size) || config["use_sliding_window"] === false) return { kind: "full" };
  if (!windows && !kinds) return { kind: "full" };
  const fullLayers = listed ?? (windows?.fullEvery ? Math.floor(layers / intervalOf(config, windows.fullEvery)) : 0);
  if (fullLayers >= layers) return { kind: "full" };
  return { kind: windows?.kind ?? "sliding", window: size, fullLayers };
}

function intervalOf(config: JsonObject, { field, otherwise }: { field: string; otherwise: number }): number {
  return isPositiveInteger(config[field]) ? config[field] : otherwise;
}

export function stateOf(config: JsonObject, { state }: Architecture, read: Read): LinearAttention | Mamba2 | undefined {
  const dtype = config["mamba_ssm_dtype"] ?? config["mamba_ssm_cache_dtype"];
  // `NemotronHForCausalLMConfig` of `models/config.py`: float32 if the file names no type.
  const fp32 = (dtype === "float32" || (dtype === undefined && state === "mamba2")) && { fp32: true };
  if (state === "linearAttention") {
    return {
      kind: "linearAttention",
      keyHeads: read("linear_num_key_heads"),
      valueHeads: read("linear_num_value_heads"),
      keyHeadDim: read("linear_key_head_dim"),
      valueHeadDim: read("linear_value_head_dim"),
      convolution: read("linear_conv_kernel_dim", 4),
      ...fp32,
    };
  }
  if (state === "mamba2") {
    return {
      kind: "mamba2",
      heads: read("mamba_num_heads"),
      headDim: read("mamba_head_dim"),
      groups: read("n_groups", 8),
      stateSize: read("ssm_state_size", 128),
      convolution: read("conv_kernel", 4),
      ...fp32,
    };
  }
  return undefined;
}

/** Nemotron-H: one letter per block. `undefined` if the architecture has no pattern, an empty text if the pattern cannot be read. */
export function blockPatternOf(config: JsonObject, { state }: Architecture, layers: number): string | undefined {
  if (state !== "mamba2") return undefined;
  const pattern = config["hybrid_override_pattern"];
  if (typeof pattern !== "string" || pattern.length !== layers) return "";
  // Without any attention block there is no KV cache to divide.
  return pattern.includes("*") && [...pattern].every((letter) => blockLetters.includes(letter)) ? pattern : "";
}
