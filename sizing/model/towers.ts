/**
 * The towers of a multimodal model, which turn images into embeddings, with their projectors: how many of their parameters tensor
 * parallelism divides, and how many every rank holds (vLLM `model_executor/models`; the file of each family is named below).
 */
import type { ModelShape, Towers } from "../../catalog/modelShape";
import type { Problem } from "../problem";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import { towerNotCounted } from "./modelConfigProblems";
import { column, encoder, layerNorm, linear, rmsNorm, row, sum, times, whole, type Count } from "./towerLayers";

/** A field of `vision_config`, or NaN if it is absent: a sum with it is not finite. */
type Field = (key: string, otherwise?: number) => number;

interface TowerConfig {
  vision: Field;
  /** Hidden size of the language model. */
  textHidden: number;
  config: JsonObject;
}

/** The towers of a config.json; undefined if it has none, or if their family or a field is unknown. */
export function towersOf(config: JsonObject, textHidden: number): Towers | undefined {
  const vision = config["vision_config"];
  const family = families[String(config["model_type"])];
  if (!isObject(vision) || !family) return undefined;
  const field: Field = (key, otherwise = NaN) => (isPositiveInteger(vision[key]) ? vision[key] : otherwise);
  const { divided, whole } = family({ vision: field, textHidden, config });
  const heads = ["num_heads", "num_attention_heads", "vt_num_attention_heads"].map((key) => vision[key]).find(isPositiveInteger);
  if (!Number.isFinite(divided + whole)) return undefined;
  return {
    ...{ divided, whole },
    ...(divided > 0 && heads !== undefined && { heads }),
    ...((family === gemma3 || family === pixtral) && { alwaysDivided: true }),
    // Mistral's repositories have params.json too, which vLLM prefers. Its class for that form did not divide the tower before 0.20.
    ...(config["model_type"] === "mistral3" && { wholeBefore: "0.20" }),
  };
}

/** The shape with the towers of its config.json, and a warning for those not counted: all for sound, and unknown ones for images. */
export function withTowers(shape: ModelShape, config: JsonObject): { shape: ModelShape; problems: Problem[] } {
  const towers = towersOf(config, shape.hiddenSize);
  const nestsItsLanguageModel = isObject(config["text_config"]) || isObject(config["llm_config"]);
  const hasOther = isObject(config["audio_config"]) || (!towers && (isObject(config["vision_config"]) || nestsItsLanguageModel));
  return { shape: { ...shape, ...(towers && { towers }) }, problems: hasOther ? [towerNotCounted(config)] : [] };
}

/** A convolution over patches of an image, or of `frames` of them. */
const patches = (vision: Field, hidden: number, frames = 1, bias = true) =>
  linear(vision("in_channels", 3) * frames * vision("patch_size", 14) ** 2, hidden, bias);

/** `qwen2_5_vl.py`, `qwen3_vl.py`: a norm and two layers over the patches of a square. */
function merger(merged: number, out: number, norm: Count): Count {
  return sum(norm, column(merged, merged), row(merged, out));
}

/** `qwen2_vl.py` */
function qwen2({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("embed_dim", 1280);
  const merged = hidden * vision("spatial_merge_size", 2) ** 2;
  return sum(
    patches(vision, hidden, vision("temporal_patch_size", 2), false),
    encoder({ layers: vision("depth", 32), hidden, width: hidden * vision("mlp_ratio", 4) }),
    merger(merged, vision("hidden_size", textHidden), layerNorm(hidden)),
  );
}

/** `qwen2_5_vl.py` */
function qwen25({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const merged = hidden * vision("spatial_merge_size", 2) ** 2;
  return sum(
    patches(vision, hidden, vision("temporal_patch_size", 2), false),
    encoder({ layers: vision("depth"), hidden, width: vision("intermediate_size"), gated: true, norm: rmsNorm }),
    merger(merged, vision("out_hidden_size", textHidden), rmsNorm(hidden)),
  );
}

/** `qwen3_vl.py`, also for Qwen3.5. Features of some layers are merged for the first layers of the language model. */
function qwen3({ vision, textHidden, config }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const out = vision("out_hidden_size", textHidden);
  const merged = hidden * vision("spatial_merge_size", 2) ** 2;
  const { deepstack_visual_indexes: deep } = config["vision_config"] as JsonObject;
  return sum(
    patches(vision, hidden, vision("temporal_patch_size", 2)),
    whole(vision("num_position_embeddings", 2304) * hidden),
    encoder({ layers: vision("depth"), hidden, width: vision("intermediate_size") }),
    merger(merged, out, layerNorm(hidden)),
    times(Array.isArray(deep) ? deep.length : 0, merger(merged, out, layerNorm(merged))),
  );
}

/** `glm4_1v.py`: the feed-forward is as wide as the output; `intermediate_size` is the width of the projector. */
function glm4({ vision }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const out = vision("out_hidden_size");
  const width = vision("intermediate_size");
  const positions = Math.floor(vision("image_size") / vision("patch_size", 14)) ** 2;
  return sum(
    patches(vision, hidden, vision("temporal_patch_size", 2)),
    whole(positions * hidden),
    times(2, rmsNorm(hidden)),
    encoder({
      ...{ layers: vision("depth"), hidden, width: out, gated: true, attentionBias: false, feedForwardBias: false },
      norm: rmsNorm,
    }),
    linear(hidden * vision("spatial_merge_size", 2) ** 2, out),
    sum(column(out, out, false), layerNorm(out), column(out, 2 * width, false), row(width, out, false)),
  );
}

/** `pixtral.py` (`PixtralHFVisionModel`), `mistral3.py` */
function pixtral({ vision, textHidden, config }: TowerConfig): Count {
  const hidden = vision("hidden_size", 1024);
  const bias = config["multimodal_projector_bias"] === true;
  const merge = isPositiveInteger(config["spatial_merge_size"]) ? config["spatial_merge_size"] : 2;
  return sum(
    patches(vision, hidden, 1, false),
    rmsNorm(hidden),
    encoder({
      ...{ layers: vision("num_hidden_layers", 24), hidden, width: vision("intermediate_size", 4096), gated: true },
      ...{ attentionBias: false, feedForwardBias: false, norm: rmsNorm },
    }),
    sum(rmsNorm(hidden), linear(hidden * merge ** 2, hidden, false)),
    sum(column(hidden, textHidden, bias), row(textHidden, textHidden, bias)),
  );
}

/** `mllama4.py` */
function llama4({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const positions = Math.floor(vision("image_size") / vision("patch_size", 14)) ** 2 + 1;
  return sum(
    column(vision("num_channels", 3) * vision("patch_size", 14) ** 2, hidden, false),
    whole(hidden + positions * hidden),
    times(2, layerNorm(hidden)),
    encoder({ layers: vision("num_hidden_layers"), hidden, width: vision("intermediate_size") }),
    column(vision("intermediate_size"), vision("projector_input_dim"), false),
    row(vision("projector_input_dim"), vision("projector_output_dim"), false),
    column(vision("vision_output_dim"), textHidden, false),
  );
}

/** `kimi_k25_vit.py`; the projector is not divided. */
function kimi({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("vt_hidden_size");
  const merged = 4 * hidden;
  return sum(
    patches(vision, hidden),
    whole(vision("init_pos_emb_height", 64) * vision("init_pos_emb_width", 64) * hidden),
    encoder({ layers: vision("vt_num_hidden_layers"), hidden, width: vision("vt_intermediate_size") }),
    times(2, layerNorm(hidden)),
    sum(linear(merged, merged), linear(merged, textHidden)),
  );
}

/** `siglip.py`, `gemma3_mm.py` */
function gemma3({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const positions = Math.floor(vision("image_size", 896) / vision("patch_size", 14)) ** 2;
  return sum(
    patches(vision, hidden),
    whole(positions * hidden),
    encoder({ layers: vision("num_hidden_layers"), hidden, width: vision("intermediate_size") }),
    layerNorm(hidden),
    whole(hidden * textHidden + hidden),
  );
}

/** `gemma4_mm.py` takes the tower from Transformers (`modeling_gemma4.py`), so tensor parallelism does not divide it. */
function gemma4({ vision, textHidden }: TowerConfig): Count {
  const hidden = vision("hidden_size");
  const feedForward = 3 * hidden * vision("intermediate_size");
  const heads = vision("num_attention_heads") * vision("head_dim");
  const keyValue = vision("num_key_value_heads") * vision("head_dim");
  const layer = 2 * hidden * (heads + keyValue) + feedForward + 4 * hidden + 2 * vision("head_dim");
  return sum(
    patches(vision, hidden, 1, false),
    whole(2 * vision("position_embedding_size") * hidden),
    whole(vision("num_hidden_layers") * layer),
    linear(hidden, textHidden, false),
  );
}

/** By `model_type` of the whole file. */
const families: Readonly<Record<string, (config: TowerConfig) => Count>> = {
  qwen2_vl: qwen2,
  qwen2_5_vl: qwen25,
  qwen3_vl: qwen3,
  qwen3_vl_moe: qwen3,
  qwen3_5: qwen3,
  qwen3_5_moe: qwen3,
  glm4v: glm4,
  glm4v_moe: glm4,
  mistral3: pixtral,
  llama4,
  kimi_k25: kimi,
  gemma3,
  gemma4,
};
