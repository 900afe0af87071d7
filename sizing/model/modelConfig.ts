/** A model, from the catalog or from the text of its Hugging Face config.json. Never throws, even on malformed text. */
import { findModel, type CatalogModel } from "../../catalog/models";
import type { ModelShape } from "../../catalog/modelShape";
import { architectureOfConfig, completedConfig, textConfigOf } from "./architectureLookup";
import { readConfigText } from "./configText";
import { familyAttention, readLatentAttention } from "./attentionConfig";
import { familyFormats } from "./familyFormats";
import { readExperts } from "./expertConfig";
import { plainDecoder, type Architecture } from "./architectures";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import { layersOf } from "./layers";
import { attentionPattern, blockPatternOf, mixersOfConfig, stateOf, type Read } from "./layerPatterns";
import {
  denseEstimate,
  fieldsBeyondDense,
  guessedFields,
  nameOf,
  notConfigJson,
  notDense,
  unknownArchitecture,
  unknownModel,
  unsupportedConfig,
} from "./modelConfigProblems";
import type { Problem } from "../problem";
import { quantizationFromConfig } from "./quantizationConfig";
import { layersWith } from "./quantizedModules";
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
  const guessed = architecture.defaultsAreGuesses ? Object.keys(architecture.defaults ?? {}).filter((key) => text[key] === undefined) : [];
  const { shape, problems } = withTowers(language, outer);
  const warnings = [...(guessed.length > 0 ? [guessedFields(name, guessed)] : []), ...(known ? [] : [denseEstimate(outer, text)])];
  return { shape, problems: [...warnings, ...problems] };
}

function readShape(config: JsonObject, name: string, architecture: Architecture, id: string): { shape: ModelShape; unread: string[] } {
  const unread: string[] = [];
  const read = (key: string, otherwise?: number): number => {
    const value = config[key] ?? otherwise;
    if (isPositiveInteger(value) && value <= largestCount) return value;
    unread.push(key);
    return 1;
  };
  const blocks = config["layers_block_type"];
  const layers = read("num_hidden_layers", Array.isArray(blocks) ? blocks.length : undefined);
  const attentionHeads = read("num_attention_heads");
  const hiddenSize = read("hidden_size");
  const mla = architecture.mla ? readLatentAttention(config, layers, read) : undefined;
  const { unread: notSized = [], ...family } = familyAttention(config, architecture, layers, read);
  unread.push(...notSized);
  const moe = architecture.moe ? readExperts(config, architecture.moe, layers, read) : undefined;
  const state = stateOf(config, architecture, read);
  const blockPattern = blockPatternOf(config, architecture, layers);
  const kvHeads = mla ? attentionHeads : read("num_key_value_heads", attentionHeads);
  if (attentionHeads % kvHeads !== 0) unread.push("num_key_value_heads");
  if (layers > largestLayerCount) unread.push("num_hidden_layers");
  if (moe && (moe.activeExperts > moe.experts || moe.denseLayers > layers)) unread.push("num_experts_per_tok");
  if (blockPattern === "") unread.push("hybrid_override_pattern");
  const attention = blockPattern
    ? { kind: "hybrid" as const, fullLayers: [...blockPattern].filter((letter) => letter === "*").length }
    : attentionPattern(config, architecture, layers);
  const isSparse = (moe?.denseLayers ?? layers) < layers;
  const rope = config["rope_parameters"] ?? config["rope_scaling"];
  const rotaryShare = config["partial_rotary_factor"] ?? (isObject(rope) ? rope["partial_rotary_factor"] : undefined);
  const normalises = architecture.queryKeyNorm !== undefined && (!architecture.queryKeyNormIsOptional || config["use_qk_norm"] === true);
  const weights = { dtype: dtypeOf(config["torch_dtype"] ?? config["dtype"]) };
  const shape: ModelShape = {
    id,
    architecture: name,
    layers,
    hiddenSize,
    attentionHeads,
    kvHeads,
    headDim: mla ? mla.nopeHeadDim + mla.ropeHeadDim : (family.headDim ?? read("head_dim", hiddenSize / attentionHeads)),
    intermediateSize: denseWidth(config, architecture, isSparse, read),
    vocabSize: read("vocab_size"),
    maxPositionEmbeddings: architecture.contextIsScaled
      ? read("max_position_embeddings")
      : longestContext(config, read("max_position_embeddings")),
    tiedEmbeddings: config["tie_word_embeddings"] === true,
    attentionBias: architecture.attentionBias === "config" ? config["attention_bias"] === true : architecture.attentionBias === true,
    ...(normalises && { queryKeyNorm: true }),
    ...(config["mla_use_nope"] === true && { rotaryShare: 0 }),
    ...(typeof rotaryShare === "number" && rotaryShare > 0 && rotaryShare < 1 && { rotaryShare }),
    ...family,
    ...(isObject(rope) && rope["mrope_section"] !== undefined && { multimodalRotary: true }),
    ...(mla && { mla }),
    ...(moe && { moe }),
    attention,
    ...(state && { state }),
    ...(blockPattern && { blockPattern }),
    weights,
  };
  if (unread.length > 0) return { shape, unread: [...new Set(unread)] };
  const ordered = { ...shape, ...ownOrder(shape, mixersOfConfig(config, layers)) };
  const { unread: unreadFormat, quantization, ...cache } = quantizationFromConfig(config["quantization_config"], layersWith(ordered));
  const stored = quantization && { quantization: familyFormats(quantization, config, state) };
  return { shape: { ...ordered, weights: { ...weights, ...stored, ...cache } }, unread: unreadFormat };
}

/** The order of the layers, if it is not the usual one. */
function ownOrder(shape: ModelShape, mixers: string | undefined): Pick<ModelShape, "mixers"> {
  if (mixers === undefined || shape.attention.kind === "full") return {};
  const ordered = { ...shape, mixers };
  const same = (one: ModelShape, other: ModelShape) => JSON.stringify(layersOf(one)) === JSON.stringify(layersOf(other));
  return same(shape, ordered) ? {} : { mixers };
}

/** No model exceeds these limits; beyond them the arithmetic gives absurd numbers. */
const largestCount = 2 ** 31;
const largestLayerCount = 10_000;

/** A mixture without dense layers may leave their width out. */
function denseWidth(config: JsonObject, { denseWidth: field }: Architecture, isSparse: boolean, read: Read): number {
  if (field !== undefined && config[field] !== undefined) return read(field);
  return isSparse && config["intermediate_size"] === undefined ? read("moe_intermediate_size") : read("intermediate_size");
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
