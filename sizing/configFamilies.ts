/** Which fields of config.json each supported architecture uses, and what it has without saying so. */
import { isObject, type JsonObject } from "./quantizationConfig";

export interface ConfigFamily {
  architecture: string;
  /** `config`: the file says so in `attention_bias`. */
  attentionBias: boolean | "config";
  /** `config`: the file says so in `use_qk_norm`. */
  queryKeyNorm: boolean | "config";
  mla?: boolean;
  /** Names of the fields that hold the number of experts, the width of one, the shared experts and the leading dense layers. */
  moe?: { experts: string; width: string; shared?: string; dense?: string };
}

const deepseekExperts = {
  experts: "n_routed_experts",
  width: "moe_intermediate_size",
  shared: "n_shared_experts",
  dense: "first_k_dense_replace",
};
const localExperts = { experts: "num_local_experts", width: "intermediate_size" };

const families: readonly (ConfigFamily & { modelTypes: string[] })[] = [
  { architecture: "LlamaForCausalLM", modelTypes: ["llama"], attentionBias: "config", queryKeyNorm: false },
  { architecture: "MistralForCausalLM", modelTypes: ["mistral"], attentionBias: false, queryKeyNorm: false },
  { architecture: "Qwen2ForCausalLM", modelTypes: ["qwen2"], attentionBias: true, queryKeyNorm: false },
  { architecture: "Qwen3ForCausalLM", modelTypes: ["qwen3"], attentionBias: "config", queryKeyNorm: true },
  {
    architecture: "Qwen3MoeForCausalLM",
    modelTypes: ["qwen3_moe"],
    attentionBias: "config",
    queryKeyNorm: true,
    moe: { experts: "num_experts", width: "moe_intermediate_size" },
  },
  { architecture: "MixtralForCausalLM", modelTypes: ["mixtral"], attentionBias: false, queryKeyNorm: false, moe: localExperts },
  {
    architecture: "DeepseekV3ForCausalLM",
    modelTypes: ["deepseek_v3", "kimi_k2"],
    attentionBias: false,
    queryKeyNorm: false,
    mla: true,
    moe: deepseekExperts,
  },
  { architecture: "Glm4MoeForCausalLM", modelTypes: ["glm4_moe"], attentionBias: "config", queryKeyNorm: "config", moe: deepseekExperts },
  {
    architecture: "MiniMaxM2ForCausalLM",
    modelTypes: ["minimax_m2", "minimax"],
    attentionBias: false,
    queryKeyNorm: "config",
    moe: localExperts,
  },
  { architecture: "GptOssForCausalLM", modelTypes: ["gpt_oss"], attentionBias: "config", queryKeyNorm: false, moe: localExperts },
];

export const familyNames: readonly string[] = families.map((family) => family.architecture);

/** By `architectures` where the file has it; the language part of a multimodal config often names only its `model_type`. */
export function configFamily(config: JsonObject): ConfigFamily | undefined {
  const named: unknown[] = Array.isArray(config["architectures"]) ? config["architectures"] : [];
  const byName = families.find((family) => named[0] === family.architecture);
  if (byName || named.length > 0) return byName;
  return families.find((family) => family.modelTypes.some((type) => type === config["model_type"]));
}

/** The language model's own fields; a multimodal file nests them, and may keep dtype and quantisation outside. */
export function textConfigOf(config: JsonObject): JsonObject {
  const text = config["text_config"];
  if (!isObject(text)) return config;
  const outer = ["torch_dtype", "dtype", "quantization_config", "tie_word_embeddings"]
    .filter((key) => config[key] !== undefined)
    .map((key) => [key, config[key]]);
  return { ...Object.fromEntries(outer), ...text };
}
