/** Finds the architecture of a config.json, and its fields under their usual names. */
import { architectures, plainDecoder, type Architecture } from "./architectures";
import { isObject, type JsonObject } from "./json";

const byName = new Map(architectures.flatMap((each) => each.names.map((name) => [name, each] as const)));
const byModelType = new Map(architectures.flatMap((each) => each.modelTypes.map((type) => [type, each] as const)));

/** The architecture of this name, or a plain decoder for an unknown name. */
export const architectureOf = (name: string): Architecture => byName.get(name) ?? plainDecoder;

export const architectureNames: readonly string[] = architectures.flatMap(({ names }) => names.slice(0, 1));

/** The fields of the language model, under their usual names. A multimodal file nests them, but may keep dtype and quantisation outside. */
export function textConfigOf(config: JsonObject): JsonObject {
  const text = config["text_config"] ?? config["llm_config"];
  if (!isObject(text)) return config;
  const outer = ["torch_dtype", "dtype", "quantization_config", "tie_word_embeddings"]
    .filter((key) => config[key] !== undefined)
    .map((key) => [key, config[key]]);
  return { ...Object.fromEntries(outer), ...text };
}

/**
 * Looks up the language model's `architectures`, then its `model_type`, then the name of the whole file. A nested model of an unknown type
 * is unknown: a wrapper such as Mistral3ForConditionalGeneration holds models of several architectures.
 * If the file names the multimodal wrapper of the same architecture, returns that name, because vLLM prints it.
 */
export function architectureOfConfig(config: JsonObject): { name: string; architecture: Architecture } | undefined {
  const text = textConfigOf(config);
  const outerName = namesOf(config).find((name) => byName.has(name));
  const innerName = namesOf(text).find((name) => byName.has(name));
  const type = text["model_type"];
  const isNested = text !== config;
  // vLLM makes a nested model by its type; the class that the file names for it does not matter.
  const goesByType = isNested ? innerName === undefined : namesOf(text).length === 0;
  const byType = goesByType && typeof type === "string" ? byModelType.get(type) : undefined;
  if (isNested && innerName === undefined && !byType && (namesOf(text).length > 0 || type !== undefined)) return undefined;
  const architecture =
    innerName !== undefined ? byName.get(innerName) : (byType ?? (outerName !== undefined ? byName.get(outerName) : undefined));
  if (!architecture) return undefined;
  const name = outerName !== undefined && architecture.names.includes(outerName) ? outerName : (innerName ?? architecture.names[0]);
  return name === undefined ? undefined : { name, architecture };
}

function namesOf(config: JsonObject): string[] {
  const named: unknown[] = Array.isArray(config["architectures"]) ? config["architectures"] : [];
  return named.filter((name): name is string => typeof name === "string");
}

/** Fields under their usual names, with the defaults that the Hugging Face class adds. */
export function completedConfig(config: JsonObject, { defaults, renamed = {} }: Architecture): JsonObject {
  const found = Object.entries(renamed).filter(([, theirs]) => config[theirs] !== undefined);
  return { ...defaults, ...config, ...Object.fromEntries(found.map(([usual, theirs]) => [usual, config[theirs]])) };
}
