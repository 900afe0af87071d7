/** config.json → the heads of attention, in the families that have fields of their own for them. */
import type { AttentionHeads, ModelShape, MultiHeadLatentAttention } from "../../catalog/modelShape";
import type { Architecture } from "./architectures";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import type { Read } from "./layerPatterns";

/** Fields that replace the usual ones, and what the family has that is not sized. */
export interface FamilyAttention extends Partial<
  Pick<ModelShape, "compressed" | "blockIndex" | "windowHeads" | "valueHeadDim" | "residualStreams">
> {
  kvHeads?: number;
  headDim?: number;
  unread?: string[];
}

export function familyAttention(config: JsonObject, { attention }: Architecture, layers: number, read: Read): FamilyAttention {
  if (attention === undefined) return {};
  switch (attention) {
    case "compressed":
      return compressedAttention(config, layers, read);
    case "blockIndex":
      return blockIndex(config, layers, read);
    case "gemma4":
      return gemma4(config, read);
    case "mimo":
      return mimo(read);
  }
}

/** DeepSeek-V4. The list of ratios has one more entry for each prediction layer, which is not served. */
function compressedAttention(config: JsonObject, layers: number, read: Read): FamilyAttention {
  const ratios = Array.isArray(config["compress_ratios"]) ? config["compress_ratios"].slice(0, layers) : [];
  const isKnown = ratios.length === layers && ratios.every((ratio) => [0, 1, 4, 128].includes(ratio as number));
  return {
    compressed: {
      qLoraRank: read("q_lora_rank"),
      oLoraRank: read("o_lora_rank"),
      outputGroups: read("o_groups"),
      ropeHeadDim: read("qk_rope_head_dim"),
      window: read("sliding_window"),
      indexer: { heads: read("index_n_heads"), headDim: read("index_head_dim") },
    },
    residualStreams: read("hc_mult"),
    ...(!isKnown && { unread: ["compress_ratios: one of 0, 1, 4 and 128 is needed for each layer"] }),
  };
}

/** MiniMax-M3: 1 in the list marks a layer with an index. */
function blockIndex(config: JsonObject, layers: number, read: Read): FamilyAttention {
  const fields = config["sparse_attention_config"];
  if (!isObject(fields) || fields["use_sparse_attention"] === false) return {};
  const marks: unknown[] = Array.isArray(fields["sparse_attention_freq"]) ? fields["sparse_attention_freq"] : [];
  const nested = (key: string) => read(`sparse_attention_config.${key}`, fields[key] as number | undefined);
  return {
    blockIndex: {
      heads: nested("sparse_num_index_heads"),
      headDim: nested("sparse_index_dim"),
      layers: marks.slice(0, layers).flatMap((mark, layer) => (mark === 1 ? [layer] : [])),
    },
    ...(marks.length !== layers && { unread: ["sparse_attention_config.sparse_attention_freq: 0 or 1 is needed for each layer"] }),
  };
}

/** vLLM `gemma4.py`. Full attention that uses keys as values keeps both projections; the loader fills them alike. */
function gemma4(config: JsonObject, read: Read): FamilyAttention {
  const ownHeads = config["attention_k_eq_v"] === true && isPositiveInteger(config["num_global_key_value_heads"]);
  const windowHeads = { attentionHeads: read("num_attention_heads"), kvHeads: read("num_key_value_heads"), headDim: read("head_dim", 256) };
  return {
    kvHeads: ownHeads ? read("num_global_key_value_heads") : windowHeads.kvHeads,
    headDim: read("global_head_dim", 512),
    windowHeads,
    unread: [
      // Absent, it is 256 in the Hugging Face class.
      ...(config["hidden_size_per_layer_input"] === 0
        ? []
        : ["hidden_size_per_layer_input: tables of embeddings for each layer, which are not sized"]),
      ...(config["num_kv_shared_layers"] ? ["num_kv_shared_layers: layers that share a cache, which are not sized"] : []),
    ],
  };
}

function mimo(read: Read): FamilyAttention {
  const windowHeads: AttentionHeads = {
    attentionHeads: read("swa_num_attention_heads"),
    kvHeads: read("swa_num_key_value_heads"),
    headDim: read("swa_head_dim"),
    valueHeadDim: read("swa_v_head_dim"),
  };
  return { valueHeadDim: read("v_head_dim"), windowHeads };
}

export function readLatentAttention(config: JsonObject, layers: number, read: Read): MultiHeadLatentAttention {
  const qLoraRank = config["q_lora_rank"] === null || config["q_lora_rank"] === undefined ? undefined : read("q_lora_rank");
  const indexed = indexedLayers(config, layers);
  const indexer =
    config["index_n_heads"] === undefined
      ? undefined
      : { heads: read("index_n_heads"), headDim: read("index_head_dim"), ...(indexed && { layers: indexed }) };
  return {
    ...(qLoraRank !== undefined && { qLoraRank }),
    kvLoraRank: read("kv_lora_rank"),
    ropeHeadDim: read("qk_rope_head_dim"),
    nopeHeadDim: read("qk_nope_head_dim"),
    valueHeadDim: read("v_head_dim"),
    ...(config["mla_use_output_gate"] === true && { outputGate: true }),
    ...(indexer && { indexer }),
  };
}

/** GLM-5.2 marks the layers that use the index of an earlier layer. Undefined if every layer has its own. */
function indexedLayers(config: JsonObject, layers: number): number[] | undefined {
  const kinds: unknown[] = Array.isArray(config["indexer_types"]) ? config["indexer_types"] : [];
  if (kinds.length !== layers || !kinds.includes("shared")) return undefined;
  return kinds.flatMap((kind, layer) => (kind === "shared" ? [] : [layer]));
}
