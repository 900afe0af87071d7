/** What is wrong with the name of a model, or with its config.json. */
import { distance } from "fastest-levenshtein";
import { models } from "../../catalog/models";
import { architectureNames } from "./architectureLookup";
import { isObject, type JsonObject } from "./json";
import { problem, type Problem } from "../problem";

export function unknownModel(model: string): Problem {
  const ids = models.map((entry) => entry.shape.id);
  const meant = resembling(model, ids);
  return problem({
    code: "model-unknown",
    path: "model",
    message: `"${model}" is not one of the ${ids.length} models in the catalog.${meant ? ` Did you mean "${meant}"?` : ""}`,
    fix: `${meant ? `Set model to "${meant}", or give` : "Give"} the model's own config.json (modelConfigFile in a configuration, --model-config in fit): any model of a supported architecture deploys with it.`,
    changes: meant ? [{ path: "model", value: meant }] : [],
  });
}

/** The id closest to the typed text, with or without its organisation, if less than a third of it differs. */
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

/** The name that a file gives its architecture. */
export const nameOf = (config: JsonObject) => JSON.stringify(config["architectures"] ?? config["model_type"] ?? null).slice(0, 80);

/** A field without a reason must be a positive integer, or have the form that this architecture uses. */
export function unsupportedConfig(architecture: string, fields: string[]): Problem {
  const plain = fields.filter((field) => !field.includes(" "));
  const rule = plain.length > 0 ? ` (each must be a whole number above 0, or have the form that ${architecture} uses)` : "";
  const isFormat = fields.every((field) => field.includes(" ") && field.startsWith("quantization_config"));
  return problem({
    code: "model-config-unsupported",
    path: "modelConfigFile",
    message: `config.json could not be read: ${fields.join(", ")}${rule}.`,
    fix: isFormat ? "Use a checkpoint of this model in one of the known formats, or one without quantisation." : unchangedFile,
  });
}

const unchangedFile = "Give the unchanged config.json of the model's Hugging Face repository, or a model from the catalog.";

export const notConfigJson = (complaint: string): Problem =>
  problem({
    code: "model-config-unsupported",
    path: "modelConfigFile",
    message: `The file is not a config.json: ${complaint}.`,
    fix: unchangedFile,
  });

/** Fields of a plain decoder. Any other field with a number may change what the model needs. */
const plainFields =
  /^(hidden_size|intermediate_size|num_hidden_layers|num_attention_heads|num_key_value_heads|head_dim|vocab_size|max_position_embeddings|rope_theta|rms_norm_eps|layer_norm_eps|initializer_range|.*_token_id|.*dropout|sliding_window|max_window_layers|pretraining_tp)$/;

/** Names of up to twelve fields that the reading does not interpret. */
function unreadFields(config: JsonObject): string {
  const counts = (value: unknown) => typeof value === "number" || isObject(value) || Array.isArray(value);
  const unread = Object.keys(config).filter((key) => !plainFields.test(key) && key !== "architectures" && counts(config[key]));
  const named = unread.slice(0, 12).map((key) => key.slice(0, 40));
  return [...named, ...(unread.length > named.length ? ["…"] : [])].join(", ");
}

const innerTypeOf = (outer: JsonObject, text: JsonObject) =>
  text === outer
    ? ""
    : ` with a language model of type ${JSON.stringify(text["model_type"] ?? text["architectures"] ?? null).slice(0, 60)}`;

/** Fields with which a dense decoder would be a wrong guess: experts, latent attention, states, compressed caches. */
const beyondDense = /expert|moe|lora_rank|latent|mamba|ssm|linear_(num|conv|attn)|compress_ratio|conv_kernel|hybrid_/;

export const fieldsBeyondDense = (config: JsonObject): string[] =>
  Object.keys(config).filter((key) => beyondDense.test(key) && config[key] !== null && config[key] !== 0 && config[key] !== false);

export const notDense = (outer: JsonObject, fields: string[]): Problem =>
  problem({
    code: "model-config-unsupported",
    path: "modelConfigFile",
    message: `Architecture ${nameOf(outer)} is not known, and it is not a dense decoder: the file has ${fields.slice(0, 8).join(", ")}.`,
    fix: "Use a model with a known architecture; --assume-dense would count this one far too small.",
  });

export function unknownArchitecture(outer: JsonObject, text: JsonObject): Problem {
  const unread = unreadFields(text);
  const others = unread === "" ? "" : ` Not understood: ${unread}.`;
  return problem({
    code: "model-config-unsupported",
    path: "modelConfigFile",
    message: `Architecture ${nameOf(outer)}${innerTypeOf(outer, text)} is not one of the ${architectureNames.length} that docs/sizing.md lists.${others}`,
    fix: `Use a model with one of these architectures.${fieldsBeyondDense(text).length > 0 ? "" : " For a rough figure, run fit with --assume-dense: it reads this one as a dense decoder."}`,
  });
}

export const denseEstimate = (outer: JsonObject, text: JsonObject): Problem =>
  problem({
    code: "model-config-unsupported",
    severity: "warning",
    path: "modelConfigFile",
    message: `Architecture ${nameOf(outer)} is not known, so it is read as a dense decoder. Fields left out: ${unreadFields(text) || "nothing with a number"}.`,
    fix: "Treat the figures as a rough estimate: they are wrong for experts, states, windows and compressed caches.",
  });

export const guessedFields = (architecture: string, fields: string[]): Problem =>
  problem({
    code: "model-config-unsupported",
    severity: "warning",
    path: "modelConfigFile",
    message: `config.json leaves out ${fields.join(", ")}, so the defaults of the Hugging Face class of ${architecture} are counted.`,
    fix: unchangedFile,
  });

export const towerNotCounted = (config: JsonObject): Problem =>
  problem({
    code: "model-config-unsupported",
    severity: "warning",
    path: "modelConfigFile",
    message: `The model has a vision or audio tower of a form that is not known (model_type ${JSON.stringify(config["model_type"] ?? null).slice(0, 60)}). Only its language model is counted (text_config): the weights of the tower are missing from the figures.`,
    fix: "Leave a few GiB free on each GPU, for example with a lower engine.maxNumSeqs, or serve only text with --language-model-only.",
  });
