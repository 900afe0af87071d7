/** Which fields of config.json each architecture uses, and what its layers have although the file does not say so. */
import type { JsonObject } from "./json";

export interface Architecture {
  /** Values of `architectures` in config.json. The first is used for a file that names only its `model_type`. */
  names: readonly string[];
  modelTypes: readonly string[];
  /** Query, key and value carry a bias. `config`: the file says so in `attention_bias`. */
  attentionBias?: boolean | "config";
  /** `heads`: one vector of a head's width; `all`: one over all heads together. `config`: the file says so in `use_qk_norm`. */
  queryKeyNorm?: "heads" | "all";
  queryKeyNormIsOptional?: boolean;
  /** Vectors of the hidden size that a layer keeps for normalisation. @default 2 */
  hiddenNorms?: number;
  /** Feed-forwards have only up and down, without a gate. */
  ungated?: boolean;
  /** The router adds a trained bias to the experts' scores. */
  routerBias?: boolean;
  /** The router is kept in fp32. */
  routerIsFp32?: boolean;
  /** The router has one more row, which weights the shared expert. */
  sharedExpertGate?: boolean;
  /** The query projection also produces a gate for attention's output, so it is twice as wide. */
  outputGate?: boolean;
  /** A bias on every projection, experts included, and one attention sink per head (gpt-oss). */
  fullyBiased?: boolean;
  mla?: boolean;
  /** A family whose attention has other fields, read in `attentionConfig.ts`. */
  attention?: "compressed" | "blockIndex" | "gemma4" | "mimo";
  moe?: ExpertFields;
  /** Width of an expert that each rank has at least: vLLM pads narrower parts. */
  leastExpertWidth?: number;
  /** Field of the dense layers' width, if a mixture uses another one. @default intermediate_size */
  denseWidth?: string;
  /** Which layers see only a window or chunk, if the file has no `layer_types`. */
  windows?: { size: string; kind: "sliding" | "chunked"; fullEvery?: { field: string; otherwise: number } };
  state?: "linearAttention" | "deltaAttention" | "mamba2";
  /** Values of fields that publishers leave out because the Hugging Face class has them. */
  defaults?: JsonObject;
  /** Every published file has these fields: one without them is sized with a warning. */
  defaultsAreGuesses?: boolean;
  /** Renamed fields: from the usual name to the name in the file. */
  renamed?: Readonly<Record<string, string>>;
  /** What vLLM's class makes on every pipeline stage, although only one of them uses it. */
  onEveryStage?: readonly ("embedding" | "output head")[];
  /** `max_position_embeddings` already includes RoPE scaling. */
  contextIsScaled?: boolean;
}

/** Names of the fields of a mixture of experts. */
export interface ExpertFields {
  count: string;
  /** Width of one expert. */
  width: string;
  /** Number of shared experts. If `sharedWidth` is set, it gives their total width instead. */
  shared?: string;
  sharedWidth?: string;
  /** Leading layers without experts. */
  dense?: string;
  /** Experts are in every n-th layer; the field holds n. */
  every?: string;
  /** A mixture without this field is a dense model. */
  optional?: boolean;
  /** Width between the two projections around the experts. */
  latent?: string;
  /** Number of experts that a token visits. @default num_experts_per_tok */
  active?: string;
}

const deepSeekExperts: ExpertFields = {
  count: "n_routed_experts",
  width: "moe_intermediate_size",
  shared: "n_shared_experts",
  dense: "first_k_dense_replace",
};
const qwenExperts: ExpertFields = { count: "num_experts", width: "moe_intermediate_size", every: "decoder_sparse_step" };
const qwenSharedExperts: ExpertFields = { ...qwenExperts, sharedWidth: "shared_expert_intermediate_size" };
const localExperts: ExpertFields = { count: "num_local_experts", width: "intermediate_size" };
const tied = { tie_word_embeddings: true };
const bothEnds = ["embedding", "output head"] as const;
const everySecondFull = { field: "sliding_window_pattern", otherwise: 2 };

/** A dense decoder with grouped-query attention, used for unknown architectures. */
export const plainDecoder: Architecture = { names: [], modelTypes: [], attentionBias: "config" };

// Fields and defaults: configuration_*.py of https://github.com/huggingface/transformers; tensors: vllm/model_executor/models/*.py.
export const architectures: readonly Architecture[] = [
  { names: ["LlamaForCausalLM"], modelTypes: ["llama"], attentionBias: "config" },
  {
    names: ["Llama4ForCausalLM", "Llama4ForConditionalGeneration"],
    modelTypes: ["llama4_text", "llama4"],
    attentionBias: "config",
    // One shared expert of the same width, which the file does not mention.
    moe: { count: "num_local_experts", width: "intermediate_size", sharedWidth: "intermediate_size", every: "interleave_moe_layer_step" },
    denseWidth: "intermediate_size_mlp",
    windows: { size: "attention_chunk_size", kind: "chunked", fullEvery: { field: "no_rope_layer_interval", otherwise: 4 } },
  },
  {
    names: ["MistralForCausalLM", "Mistral3ForConditionalGeneration", "Ministral3ForCausalLM"],
    modelTypes: ["mistral", "ministral", "ministral3"],
    windows: { size: "sliding_window", kind: "sliding" },
  },
  { names: ["MixtralForCausalLM"], modelTypes: ["mixtral"], moe: localExperts, onEveryStage: bothEnds },
  {
    names: ["Qwen2ForCausalLM", "Qwen2_5_VLForConditionalGeneration", "Qwen2VLForConditionalGeneration"],
    modelTypes: ["qwen2", "qwen2_5_vl_text", "qwen2_vl_text"],
    attentionBias: true,
  },
  {
    names: ["Qwen2MoeForCausalLM"],
    modelTypes: ["qwen2_moe"],
    onEveryStage: bothEnds,
    attentionBias: true,
    moe: qwenSharedExperts,
    sharedExpertGate: true,
  },
  {
    names: ["Qwen3ForCausalLM", "Qwen3VLForConditionalGeneration"],
    modelTypes: ["qwen3", "qwen3_vl_text"],
    attentionBias: "config",
    queryKeyNorm: "heads",
  },
  {
    names: ["Qwen3MoeForCausalLM", "Qwen3VLMoeForConditionalGeneration"],
    modelTypes: ["qwen3_moe", "qwen3_vl_moe_text"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    queryKeyNorm: "heads",
    moe: qwenExperts,
  },
  {
    names: ["Qwen3NextForCausalLM"],
    modelTypes: ["qwen3_next"],
    onEveryStage: bothEnds,
    queryKeyNorm: "heads",
    moe: qwenSharedExperts,
    sharedExpertGate: true,
    outputGate: true,
    state: "linearAttention",
  },
  {
    names: ["Qwen3_5MoeForConditionalGeneration", "Qwen3_5MoeForCausalLM"],
    modelTypes: ["qwen3_5_moe_text", "qwen3_5_moe"],
    onEveryStage: ["embedding"],
    queryKeyNorm: "heads",
    moe: qwenSharedExperts,
    denseWidth: "moe_intermediate_size",
    sharedExpertGate: true,
    outputGate: true,
    state: "linearAttention",
  },
  {
    names: ["Qwen3_5ForConditionalGeneration", "Qwen3_5ForCausalLM"],
    modelTypes: ["qwen3_5_text", "qwen3_5"],
    onEveryStage: ["embedding"],
    queryKeyNorm: "heads",
    outputGate: true,
    state: "linearAttention",
  },
  { names: ["DeepseekV2ForCausalLM"], modelTypes: ["deepseek_v2"], mla: true, moe: deepSeekExperts },
  {
    names: ["DeepseekV3ForCausalLM", "KimiK25ForConditionalGeneration"],
    modelTypes: ["deepseek_v3", "kimi_k2", "kimi_k25"],
    mla: true,
    moe: deepSeekExperts,
    routerBias: true,
  },
  {
    names: ["DeepseekV32ForCausalLM"],
    modelTypes: ["deepseek_v32"],
    mla: true,
    moe: deepSeekExperts,
    routerBias: true,
  },
  {
    // As DeepSeek-V3 without the router's bias (vLLM `mistral_large_3.py`): what vLLM makes of params.json. It does not know `mistral4`.
    names: ["MistralLarge3ForCausalLM"],
    modelTypes: [],
    mla: true,
    moe: deepSeekExperts,
  },
  {
    names: ["DeepseekV4ForCausalLM"],
    modelTypes: ["deepseek_v4"],
    attention: "compressed",
    moe: deepSeekExperts,
    routerBias: true,
    windows: { size: "sliding_window", kind: "sliding" },
    // `DeepseekV4Config` of Transformers, with the ratios of DeepSeek-V4-Pro.
    defaults: {
      num_key_value_heads: 1,
      head_dim: 512,
      qk_rope_head_dim: 64,
      q_lora_rank: 1024,
      o_lora_rank: 1024,
      o_groups: 8,
      sliding_window: 128,
      index_n_heads: 64,
      index_head_dim: 128,
      hc_mult: 4,
      moe_intermediate_size: 2048,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 6,
      max_position_embeddings: 1_048_576,
      compress_ratios: Array.from({ length: 200 }, (_, layer) => (layer < 2 || layer % 2 === 1 ? 128 : 4)),
    },
    defaultsAreGuesses: true,
  },
  {
    names: ["KimiLinearForCausalLM", "KimiK3ForConditionalGeneration"],
    modelTypes: ["kimi_linear"],
    mla: true,
    moe: {
      count: "num_experts",
      width: "moe_intermediate_size",
      shared: "num_shared_experts",
      dense: "first_k_dense_replace",
      latent: "routed_expert_hidden_size",
      active: "num_experts_per_token",
    },
    leastExpertWidth: 256,
    routerBias: true,
    state: "deltaAttention",
    renamed: { max_position_embeddings: "model_max_length" },
  },
  {
    names: ["GlmMoeDsaForCausalLM"],
    modelTypes: ["glm_moe_dsa"],
    mla: true,
    moe: deepSeekExperts,
    routerBias: true,
    // `GlmMoeDsaConfig` of Transformers; the file of GLM-5-FP8 leaves them out.
    defaults: { index_n_heads: 32, index_head_dim: 128, index_topk: 2048 },
  },
  {
    names: ["ChatGLMModel", "ChatGLMForConditionalGeneration"],
    modelTypes: ["chatglm"],
    onEveryStage: bothEnds,
    attentionBias: true,
    renamed: {
      num_hidden_layers: "num_layers",
      num_key_value_heads: "multi_query_group_num",
      head_dim: "kv_channels",
      intermediate_size: "ffn_hidden_size",
      vocab_size: "padded_vocab_size",
      max_position_embeddings: "seq_length",
    },
  },
  { names: ["GlmForCausalLM"], modelTypes: ["glm"], attentionBias: "config" },
  { names: ["Glm4ForCausalLM"], modelTypes: ["glm4"], attentionBias: "config", hiddenNorms: 4 },
  {
    names: ["Glm4MoeForCausalLM", "Glm4vMoeForConditionalGeneration"],
    modelTypes: ["glm4_moe", "glm4v_moe_text"],
    attentionBias: "config",
    queryKeyNorm: "heads",
    queryKeyNormIsOptional: true,
    moe: deepSeekExperts,
    routerBias: true,
    routerIsFp32: true,
  },
  {
    names: ["MiniMaxM2ForCausalLM"],
    modelTypes: ["minimax_m2", "minimax"],
    queryKeyNorm: "all",
    queryKeyNormIsOptional: true,
    moe: localExperts,
    routerBias: true,
    routerIsFp32: true,
  },
  {
    names: ["MiniMaxM3SparseForCausalLM", "MiniMaxM3SparseForConditionalGeneration"],
    modelTypes: ["minimax_m3_text"],
    attention: "blockIndex",
    queryKeyNorm: "heads",
    moe: { ...localExperts, sharedWidth: "shared_intermediate_size", dense: "moe_layer_freq" },
    denseWidth: "dense_intermediate_size",
    routerBias: true,
    routerIsFp32: true,
  },
  {
    names: ["MiMoV2FlashForCausalLM", "MiMoV2ForCausalLM"],
    modelTypes: ["mimo_v2_flash", "mimo_v2"],
    attention: "mimo",
    attentionBias: "config",
    moe: { ...deepSeekExperts, dense: "moe_layer_freq" },
    routerBias: true,
    routerIsFp32: true,
    windows: { size: "sliding_window_size", kind: "sliding" },
  },
  {
    names: ["Ernie4_5_MoeForCausalLM"],
    modelTypes: ["ernie4_5_moe"],
    attentionBias: "config",
    moe: {
      count: "moe_num_experts",
      width: "moe_intermediate_size",
      shared: "moe_num_shared_experts",
      dense: "moe_layer_start_index",
      active: "moe_k",
    },
    routerBias: true,
    routerIsFp32: true,
  },
  { names: ["Ernie4_5ForCausalLM"], modelTypes: ["ernie4_5"], attentionBias: "config" },
  {
    names: ["HYV3ForCausalLM"],
    modelTypes: ["hy_v3"],
    onEveryStage: bothEnds,
    queryKeyNorm: "heads",
    moe: {
      count: "num_experts",
      width: "expert_hidden_dim",
      shared: "num_shared_experts",
      dense: "first_k_dense_replace",
    },
    routerBias: true,
    routerIsFp32: true,
  },
  {
    names: ["GptOssForCausalLM"],
    modelTypes: ["gpt_oss"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    moe: localExperts,
    routerBias: true,
    fullyBiased: true,
    windows: { size: "sliding_window", kind: "sliding", fullEvery: everySecondFull },
  },
  {
    names: ["Gemma2ForCausalLM"],
    modelTypes: ["gemma2"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    hiddenNorms: 4,
    windows: { size: "sliding_window", kind: "sliding", fullEvery: everySecondFull },
    defaults: { ...tied, head_dim: 256, sliding_window: 4096, vocab_size: 256000, max_position_embeddings: 8192 },
  },
  {
    names: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
    modelTypes: ["gemma3_text", "gemma3"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    queryKeyNorm: "heads",
    hiddenNorms: 4,
    windows: { size: "sliding_window", kind: "sliding", fullEvery: { field: "sliding_window_pattern", otherwise: 6 } },
    contextIsScaled: true,
    defaults: {
      ...tied,
      head_dim: 256,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      sliding_window: 4096,
      vocab_size: 262208,
      max_position_embeddings: 131072,
    },
  },
  {
    names: ["Gemma4ForCausalLM", "Gemma4ForConditionalGeneration"],
    modelTypes: ["gemma4_text", "gemma4"],
    attention: "gemma4",
    attentionBias: "config",
    queryKeyNorm: "heads",
    hiddenNorms: 4,
    // A layer with experts keeps its dense feed-forward beside them.
    moe: {
      count: "num_experts",
      width: "moe_intermediate_size",
      sharedWidth: "intermediate_size",
      active: "top_k_experts",
      optional: true,
    },
    windows: { size: "sliding_window", kind: "sliding", fullEvery: { field: "sliding_window_pattern", otherwise: 6 } },
    contextIsScaled: true,
    defaults: tied,
  },
  // vLLM runs Phi-3 as Llama, which reads a window from `layer_types` alone.
  { names: ["Phi3ForCausalLM"], modelTypes: ["phi3"] },
  {
    names: ["CohereForCausalLM"],
    modelTypes: ["cohere"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    queryKeyNorm: "all",
    queryKeyNormIsOptional: true,
    hiddenNorms: 1,
    defaults: tied,
  },
  {
    names: ["Cohere2ForCausalLM"],
    modelTypes: ["cohere2"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    hiddenNorms: 1,
    windows: { size: "sliding_window", kind: "sliding", fullEvery: { field: "sliding_window_pattern", otherwise: 4 } },
    defaults: tied,
  },
  {
    names: ["NemotronHForCausalLM"],
    modelTypes: ["nemotron_h"],
    onEveryStage: bothEnds,
    attentionBias: "config",
    hiddenNorms: 1,
    ungated: true,
    routerBias: true,
    moe: {
      count: "n_routed_experts",
      width: "moe_intermediate_size",
      sharedWidth: "moe_shared_expert_intermediate_size",
      optional: true,
      latent: "moe_latent_size",
    },
    renamed: { head_dim: "attention_head_dim" },
    state: "mamba2",
  },
];
