/** config.json → which layers attend to everything, which to a window, and which keep a state instead. */
import type { AttentionPattern, DeltaAttention, LinearAttention, Mamba2 } from "../../catalog/modelShape";
import type { Architecture } from "./architectures";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import { blockLetters } from "./layers";

/** Reads a field that must be a positive integer, and notes any other value as unread. */
export type Read = (key: string, otherwise?: number) => number;

const linearKinds = ["linear_attention", "mamba"];

/** Letters of `ModelShape.mixers`, by the words of `layer_types`. */
const letterOfKind: Record<string, string> = {
  full_attention: "F",
  attention: "F",
  sliding_attention: "W",
  chunked_attention: "W",
  linear_attention: "S",
  compressed_sparse_attention: "C",
  heavily_compressed_attention: "H",
};

/** One letter per layer, if the file says in one of the known ways how each layer mixes tokens. */
export function mixersOfConfig(config: JsonObject, layers: number): string | undefined {
  const delta = isObject(config["linear_attn_config"]) ? config["linear_attn_config"]["full_attn_layers"] : undefined;
  // Kimi counts layers from 1.
  if (Array.isArray(delta)) return lettersOf(layers, (index) => (delta.includes(index + 1) ? "F" : "S"));
  const lists: [field: string, letters: Record<string, string>][] = [
    ["compress_ratios", { 0: "W", 1: "W", 4: "C", 128: "H" }],
    ["hybrid_layer_pattern", { 0: "F", 1: "W" }],
    // Llama 4: a layer with rotary embedding attends within chunks.
    ["no_rope_layers", { 0: "F", 1: "W" }],
    ["layer_types", letterOfKind],
  ];
  for (const [field, letters] of lists) {
    const list: unknown[] = Array.isArray(config[field]) ? config[field] : [];
    const text = list.length >= layers ? lettersOf(layers, (index) => letters[String(list[index])] ?? "") : "";
    if (text.length === layers) return text;
  }
  return undefined;
}

const lettersOf = (layers: number, letter: (index: number) => string) =>
  Array.from({ length: layers }, (_, index) => letter(index)).join("");

export function attentionPattern(config: JsonObject, { windows, state }: Architecture, layers: number): AttentionPattern {
  const kinds = Array.isArray(config["layer_types"]) ? (config["layer_types"] as unknown[]) : undefined;
  const mixers = mixersOfConfig(config, layers);
  const listed =
    mixers !== undefined
      ? [...mixers].filter((letter) => letter === "F").length
      : kinds?.filter((kind) => kind === "full_attention" || kind === "attention").length;
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

export function stateOf(config: JsonObject, { state }: Architecture, read: Read): LinearAttention | DeltaAttention | Mamba2 | undefined {
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
  if (state === "deltaAttention") return deltaAttention(config["linear_attn_config"], read);
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

/** Kimi keeps the fields of its linear layers apart. The state is fp32 (`kda_state_dtype` of vLLM's `mamba_utils.py`). */
function deltaAttention(value: unknown, read: Read): DeltaAttention {
  const fields = isObject(value) ? value : {};
  const nested = (key: string) => read(`linear_attn_config.${key}`, fields[key] as number | undefined);
  return {
    kind: "deltaAttention",
    heads: nested("num_heads"),
    headDim: nested("head_dim"),
    convolution: nested("short_conv_kernel_size"),
    fullRankGate: fields["use_full_rank_gate"] === true,
    fp32: true,
  };
}

/** Nemotron-H: one letter per block. `undefined` if the architecture has no pattern, an empty text if the pattern cannot be read. */
export function blockPatternOf(config: JsonObject, { state }: Architecture, layers: number): string | undefined {
  if (state !== "mamba2") return undefined;
  const pattern = config["hybrid_override_pattern"] ?? patternOfBlocks(config["layers_block_type"]);
  if (typeof pattern !== "string" || pattern.length !== layers) return "";
  // Without any attention block there is no KV cache to divide.
  return pattern.includes("*") && [...pattern].every((letter) => blockLetters.includes(letter)) ? pattern : "";
}

/** Newer files spell the blocks out. */
function patternOfBlocks(kinds: unknown): string | undefined {
  const letters: Record<string, string> = { mamba: "M", moe: "E", attention: "*", full_attention: "*", mlp: "-" };
  return Array.isArray(kinds) ? kinds.map((kind) => letters[String(kind)] ?? "?").join("") : undefined;
}
