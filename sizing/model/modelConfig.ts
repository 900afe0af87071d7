/** A model, from the catalog or from the text of its Hugging Face config.json. Never throws, even on malformed text. */
import { findModel, type CatalogModel } from "../../catalog/models";
import type { MixtureOfExperts, ModelShape, MultiHeadLatentAttention } from "../../catalog/modelShape";
import { architectureOfConfig, completedConfig, textConfigOf } from "./architectureLookup";
import { readConfigText } from "./configText";
import { plainDecoder, type Architecture, type ExpertFields } from "./architectures";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import { attentionPattern, blockPatternOf, stateOf, type Read } from "./layerPatterns";
import {
  denseEstimate,
  fieldsBeyondDense,
  nameOf,
  notConfigJson,
  notDense,
  unknownArchitecture,
  unknownModel,
  unsupportedConfig,
} from "./modelConfigProblems";
import type { Problem } from "../problem";
import { quantizationFromConfig } from "./quantizationConfig";
import { withTowers } from "./towers";

export interface ResolvedModel {
  shape: ModelShape;
  /** The catalog's row of the same id, if there is one. */
  catalog?: CatalogModel;
  source: "catalog" | "config";
}

/** A given config.json takes precedence over the catalog. */
export function resolveModel(request: { model: string; modelConfigJson?: string; assumeDense?: boolean }): {
  model?: ResolvedModel;
  problems: Problem[];
} {
  const catalog = findModel(request.model);
  if (request.modelConfigJson !== undefined) {
    const { shape, problems } = modelShapeFromConfig(request.modelConfigJson, request.model, {
      assumeDense: request.assumeDense ?? false,
    });
    return shape ? { model: { shape, source: "config", ...(catalog && { catalog }) }, problems } : { problems };
  }
  if (catalog) return { model: { shape: catalog.shape, catalog, source: "catalog" }, problems: [] };
  return { problems: [unknownModel(request.model)] };
}

export interface ConfigReading {
  /** Reads an unknown architecture as a dense decoder, with a warning. @default false */
  assumeDense?: boolean;
}

/** Reads the architectures that `architectures.ts` lists. A tower of an unknown kind is not counted; a warning says so. */
export function modelShapeFromConfig(
  configJson: string,
  id: string,
  reading: ConfigReading = {},
): { shape?: ModelShape; problems: Problem[] } {
  const read = readConfigText(configJson);
  if ("complaint" in read) return { problems: [notConfigJson(read.complaint)] };
  const outer = read.config;
  const text = textConfigOf(outer);
  const known = architectureOfConfig(outer);
  if (!known && !reading.assumeDense) return { problems: [unknownArchitecture(outer, text)] };
  const foreign = known ? [] : fieldsBeyondDense(text);
  if (foreign.length > 0) return { problems: [notDense(outer, foreign)] };
  const { name, architecture } = known ?? { name: nameOf(outer), architecture: plainDecoder };
  const { shape: language, unread } = readShape(completedConfig(text, architecture), name, architecture, id);
  if (unread.length > 0) return { problems: [unsupportedConfig(name, unread)] };
  const { shape, problems } = withTowers(language, outer);
  return { shape, problems: [...(known ? [] : [denseEstimate(outer, text)]), ...problems] };
}

function readShape(config: JsonObject, name: string, architecture: Architecture, id: string): { shape: ModelShape; unread: string[] } {
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
  const mla = architecture.mla ? readLatentAttention(config, read) : undefined;
  const moe = architecture.moe ? readExperts(config, architecture.moe, layers, read) : undefined;
  const state = stateOf(config, architecture, read);
  const blockPattern = blockPatternOf(config, architecture, layers);
  const kvHeads = mla ? attentionHeads : read("num_key_value_heads", attentionHeads);
  if (attentionHeads % kvHeads !== 0) unread.push("num_key_value_heads");
  if (layers > largestLayerCount) unread.push("num_hidden_layers");
  if (moe && (moe.activeExperts > moe.experts || moe.denseLayers > layers)) unread.push("num_experts_per_tok");
  // Experts behind a separate projection (Nemotron-3-Super) are not modelled.
  if (moe && config["moe_latent_size"] !== undefined && config["moe_latent_size"] !== null)
    unread.push("moe_latent_size: experts behind a projection, which are not sized");
  if (blockPattern === "") unread.push("hybrid_override_pattern");
  const attention = blockPattern
    ? { kind: "hybrid" as const, fullLayers: [...blockPattern].filter((letter) => letter === "*").length }
    : attentionPattern(config, architecture, layers);
  const isSparse = (moe?.denseLayers ?? layers) < layers;
  const sparseLayers = moe ? layers - moe.denseLayers : 0;
  const counts = {
    attention: layers,
    state: state ? layers : 0,
    experts: sparseLayers,
    sharedExperts: moe && moe.sharedExperts > 0 ? sparseLayers : 0,
    denseLayers: layers - sparseLayers,
  };
  const { quantization, kvCacheDtype, unread: unreadQuantization } = quantizationFromConfig(config["quantization_config"], counts);
  unread.push(...unreadQuantization);
  const rope = config["rope_parameters"];
  const rotaryShare = config["partial_rotary_factor"] ?? (isObject(rope) ? rope["partial_rotary_factor"] : undefined);
  const normalises = architecture.queryKeyNorm !== undefined && (!architecture.queryKeyNormIsOptional || config["use_qk_norm"] === true);
  const shape: ModelShape = {
    id,
    architecture: name,
    layers,
    hiddenSize,
    attentionHeads,
    kvHeads,
    headDim: mla ? mla.nopeHeadDim + mla.ropeHeadDim : read("head_dim", hiddenSize / attentionHeads),
    intermediateSize: denseWidth(config, architecture, isSparse, read),
    vocabSize: read("vocab_size"),
    maxPositionEmbeddings: architecture.contextIsScaled
      ? read("max_position_embeddings")
      : longestContext(config, read("max_position_embeddings")),
    tiedEmbeddings: config["tie_word_embeddings"] === true,
    attentionBias: architecture.attentionBias === "config" ? config["attention_bias"] === true : architecture.attentionBias === true,
    ...(normalises && { queryKeyNorm: true }),
    ...(typeof rotaryShare === "number" && rotaryShare > 0 && rotaryShare < 1 && { rotaryShare }),
    ...(mla && { mla }),
    ...(moe && { moe }),
    attention,
    ...(state && { state }),
    ...(blockPattern && { blockPattern }),
    weights: {
      dtype: dtypeOf(config["torch_dtype"] ?? config["dtype"]),
      ...(quantization && { quantization }),
      ...(kvCacheDtype && { kvCacheDtype }),
    },
  };
  return { shape, unread: [...new Set(unread)] };
}

/** No model exceeds these limits; beyond them the arithmetic gives absurd numbers. */
const largestCount = 2 ** 31;
const largestLayerCount = 10_000;

/** A mixture without dense layers may leave their width out. */
function denseWidth(config: JsonObject, { denseWidth: field }: Architecture, isSparse: boolean, read: Read): number {
  if (field !== undefined && config[field] !== undefined) return read(field);
  return isSparse && config["intermediate_size"] === undefined ? read("moe_intermediate_size") : read("intermediate_size");
}

function readLatentAttention(config: JsonObject, read: Read): MultiHeadLatentAttention {
  const qLoraRank = config["q_lora_rank"] === null || config["q_lora_rank"] === undefined ? undefined : read("q_lora_rank");
  const indexer = config["index_n_heads"] === undefined ? undefined : { heads: read("index_n_heads"), headDim: read("index_head_dim") };
  return {
    ...(qLoraRank !== undefined && { qLoraRank }),
    kvLoraRank: read("kv_lora_rank"),
    ropeHeadDim: read("qk_rope_head_dim"),
    nopeHeadDim: read("qk_nope_head_dim"),
    valueHeadDim: read("v_head_dim"),
    ...(indexer && { indexer }),
  };
}

function readExperts(config: JsonObject, keys: ExpertFields, layers: number, read: Read): MixtureOfExperts | undefined {
  if (keys.optional && !config[keys.count]) return undefined;
  const optional = (key: string | undefined) => (key === undefined || !config[key] ? 0 : read(key));
  const expertIntermediateSize = read(keys.width);
  const sharedWidth = optional(keys.sharedWidth);
  const sharedExperts = sharedWidth > 0 ? 1 : optional(keys.shared);
  const dense = Array.isArray(config["mlp_only_layers"]) ? Math.min(layers, config["mlp_only_layers"].length) : 0;
  const every = keys.every === undefined ? 1 : read(keys.every, 1);
  return {
    experts: read(keys.count),
    activeExperts: read("num_experts_per_tok", config["experts_per_token"] as number | undefined),
    expertIntermediateSize,
    sharedExperts,
    sharedExpertIntermediateSize: sharedWidth > 0 ? sharedWidth : sharedExperts * expertIntermediateSize,
    denseLayers: keys.dense ? optional(keys.dense) : dense,
    ...(every > 1 && { every }),
  };
}

/** Derived as in vLLM's `_get_and_verify_max_len`: YaRN, linear and dynamic scaling lengthen the context, Llama 3's scaling does not. */
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

/** With `auto`, vLLM computes fp32 checkpoints in sixteen bits. */
function dtypeOf(dtype: unknown): ModelShape["weights"]["dtype"] {
  return dtype === "float16" ? dtype : "bfloat16";
}
