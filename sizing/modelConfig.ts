/** A model, from the catalog or from the text of its Hugging Face config.json. Never throws, whatever the text holds. */
import { distance } from "fastest-levenshtein";
import { findModel, models, type CatalogModel } from "../catalog/models";
import type { AttentionPattern, MixtureOfExperts, ModelShape, MultiHeadLatentAttention } from "../catalog/modelShape";
import { configFamily, familyNames, textConfigOf, type ConfigFamily } from "./configFamilies";
import type { Problem } from "./problem";
import { isObject, isPositiveInteger, quantizationFromConfig, type JsonObject } from "./quantizationConfig";

export interface ResolvedModel {
  shape: ModelShape;
  /** The catalog's row of the same id, where it has one. */
  catalog?: CatalogModel;
  source: "catalog" | "config";
}

/** A config.json that is given wins over the catalog. */
export function resolveModel(request: { model: string; modelConfigJson?: string }): { model?: ResolvedModel; problems: Problem[] } {
  const catalog = findModel(request.model);
  if (request.modelConfigJson !== undefined) {
    const { shape, problems } = modelShapeFromConfig(request.modelConfigJson, request.model);
    return shape ? { model: { shape, source: "config", ...(catalog && { catalog }) }, problems } : { problems };
  }
  if (catalog) return { model: { shape: catalog.shape, catalog, source: "catalog" }, problems: [] };
  return { problems: [unknownModel(request.model)] };
}

function unknownModel(model: string): Problem {
  const ids = models.map((entry) => entry.shape.id);
  const meant = resembling(model, ids);
  return {
    code: "model-unknown",
    severity: "error",
    path: "model",
    message: `"${model}" is not one of the ${ids.length} models whose numbers are known.${meant ? ` Did you mean "${meant}"?` : ""}`,
    fix: `${meant ? `Set model to "${meant}", or give` : "Give"} the model's own config.json (modelConfigFile in a configuration, --model-config in fit): any model of a supported architecture deploys with it.`,
    changes: meant ? [{ path: "model", value: meant }] : [],
  };
}

/** The id nearest to what was typed, with or without its organisation, if less than a third of it differs. */
function resembling(typed: string, ids: string[]): string | undefined {
  const folded = typed.toLowerCase().slice(0, 200);
  const apart = ids.map((id) => {
    const whole = id.toLowerCase();
    const name = whole.slice(whole.indexOf("/") + 1);
    return { id, share: Math.min(distance(folded, whole) / whole.length, distance(folded, name) / name.length) };
  });
  const nearest = apart.sort((a, b) => a.share - b.share)[0];
  return nearest && nearest.share < 0.33 ? nearest.id : undefined;
}

/** Reads the architectures of `configFamilies.ts`; a multimodal config is read for its language model alone, with a warning. */
export function modelShapeFromConfig(configJson: string, id: string): { shape?: ModelShape; problems: Problem[] } {
  const outer = parseObject(configJson);
  if (!outer) return { problems: [unsupported("the text is not a JSON object", ["the whole text"])] };
  const config = textConfigOf(outer);
  const family = configFamily(config);
  if (!family) {
    const named = JSON.stringify(config["architectures"] ?? config["model_type"] ?? null).slice(0, 80);
    return { problems: [unsupported(`architecture ${named} is none of ${familyNames.join(", ")}`, ["architectures"])] };
  }
  const { shape, unread } = readShape(config, family, id);
  if (unread.length > 0)
    return { problems: [unsupported(`a positive integer, or the form ${family.architecture} uses, is needed`, unread)] };
  return { shape, problems: config === outer ? [] : [languageModelOnly()] };
}

function readShape(config: JsonObject, family: ConfigFamily, id: string): { shape: ModelShape; unread: string[] } {
  const unread: string[] = [];
  const read = (key: string, otherwise?: number): number => {
    const value = config[key] ?? otherwise;
    if (isPositiveInteger(value) && value <= largestCount) return value;
    unread.push(key);
    return 1;
  };
  const layers = read("num_hidden_layers");
  const attentionHeads = read("num_attention_heads");
  const hiddenSize = read("hidden_size");
  const mla = family.mla ? readLatentAttention(config, read) : undefined;
  const moe = family.moe ? readExperts(config, family.moe, layers, read) : undefined;
  const kvHeads = mla ? attentionHeads : read("num_key_value_heads", attentionHeads);
  if (attentionHeads % kvHeads !== 0) unread.push("num_key_value_heads");
  if (layers > largestLayerCount) unread.push("num_hidden_layers");
  if (moe && (moe.activeExperts > moe.experts || moe.denseLayers > layers)) unread.push("num_experts_per_tok");
  const sparseLayers = moe ? layers - moe.denseLayers : 0;
  const counts = { attention: layers, sharedExperts: sparseLayers, denseLayers: layers - sparseLayers };
  const { quantization, unread: unreadQuantization } = quantizationFromConfig(config["quantization_config"], counts);
  unread.push(...unreadQuantization);
  const shape: ModelShape = {
    id,
    architecture: family.architecture,
    layers,
    hiddenSize,
    attentionHeads,
    kvHeads,
    headDim: mla ? mla.nopeHeadDim + mla.ropeHeadDim : read("head_dim", hiddenSize / attentionHeads),
    intermediateSize: read("intermediate_size"),
    vocabSize: read("vocab_size"),
    maxPositionEmbeddings: longestContext(config, read("max_position_embeddings")),
    tiedEmbeddings: config["tie_word_embeddings"] === true,
    attentionBias: family.attentionBias === "config" ? config["attention_bias"] === true : family.attentionBias,
    ...((family.queryKeyNorm === "config" ? config["use_qk_norm"] === true : family.queryKeyNorm) && { queryKeyNorm: true }),
    ...(mla && { mla }),
    ...(moe && { moe }),
    attention: attentionPattern(config, layers),
    weights: { dtype: dtypeOf(config["torch_dtype"] ?? config["dtype"]), ...(quantization && { quantization }) },
  };
  return { shape, unread: [...new Set(unread)] };
}

/** Beyond these no model exists, and arithmetic would only produce absurd numbers. */
const largestCount = 2 ** 31;
const largestLayerCount = 10_000;

type Read = (key: string, otherwise?: number) => number;

function readLatentAttention(config: JsonObject, read: Read): MultiHeadLatentAttention {
  const qLoraRank = config["q_lora_rank"] === null || config["q_lora_rank"] === undefined ? undefined : read("q_lora_rank");
  return {
    ...(qLoraRank !== undefined && { qLoraRank }),
    kvLoraRank: read("kv_lora_rank"),
    ropeHeadDim: read("qk_rope_head_dim"),
    nopeHeadDim: read("qk_nope_head_dim"),
    valueHeadDim: read("v_head_dim"),
  };
}

function readExperts(config: JsonObject, keys: NonNullable<ConfigFamily["moe"]>, layers: number, read: Read): MixtureOfExperts {
  const optional = (key: string | undefined) => (key === undefined || !config[key] ? 0 : read(key));
  const expertIntermediateSize = read(keys.width);
  const sharedExperts = optional(keys.shared);
  const dense = Array.isArray(config["mlp_only_layers"]) ? Math.min(layers, config["mlp_only_layers"].length) : 0;
  return {
    experts: read(keys.experts),
    activeExperts: read("num_experts_per_tok", config["experts_per_token"] as number | undefined),
    expertIntermediateSize,
    sharedExperts,
    sharedExpertIntermediateSize: sharedExperts * expertIntermediateSize,
    denseLayers: keys.dense ? optional(keys.dense) : dense,
  };
}

/** Same derivation as vLLM's `_get_and_verify_max_len`: YaRN, linear and dynamic scaling lengthen the context, Llama 3's form does not. */
function longestContext(config: JsonObject, maxPositionEmbeddings: number): number {
  const scaling = config["rope_scaling"] ?? config["rope_parameters"];
  if (!isObject(scaling)) return maxPositionEmbeddings;
  const type = scaling["rope_type"] ?? scaling["type"];
  const factor = scaling["factor"];
  if (typeof factor !== "number" || !(factor >= 1 && factor <= 1000)) return maxPositionEmbeddings;
  const original = scaling["original_max_position_embeddings"];
  if (type === "yarn" && isPositiveInteger(original) && original <= largestCount) return Math.floor(original * factor);
  return type === "linear" || type === "dynamic" ? Math.floor(maxPositionEmbeddings * factor) : maxPositionEmbeddings;
}

function attentionPattern(config: JsonObject, layers: number): AttentionPattern {
  const window = config["sliding_window"];
  // Qwen ships a window with the switch off.
  if (!isPositiveInteger(window) || config["use_sliding_window"] === false) return { kind: "full" };
  const kinds = Array.isArray(config["layer_types"]) ? (config["layer_types"] as unknown[]) : [];
  const fullLayers = kinds.filter((kind) => kind === "full_attention").length;
  return fullLayers >= layers ? { kind: "full" } : { kind: "sliding", window, fullLayers };
}

function dtypeOf(dtype: unknown): ModelShape["weights"]["dtype"] {
  return dtype === "float16" || dtype === "float32" ? dtype : "bfloat16";
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const unsupported = (rule: string, fields: string[]): Problem => ({
  code: "model-config-unsupported",
  severity: "error",
  path: "modelConfigFile",
  message: `config.json could not be read: ${fields.join(", ")} (${rule}).`,
  fix: "Give the unchanged config.json of the model's Hugging Face repository, or a model from the catalog.",
  changes: [],
});

const languageModelOnly = (): Problem => ({
  code: "model-config-unsupported",
  severity: "warning",
  path: "modelConfigFile",
  message: "Only the language model (text_config) is counted: the weights and activations of the vision or audio tower come on top.",
  fix: "Leave a few GiB per GPU, for example with a lower engine.maxNumSeqs, or serve text alone with --language-model-only.",
  changes: [],
});
