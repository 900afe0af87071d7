/** config.json → the mixture of experts. */
import type { MixtureOfExperts } from "../../catalog/modelShape";
import type { ExpertFields } from "./architectures";
import type { JsonObject } from "./json";
import type { Read } from "./layerPatterns";

export function readExperts(config: JsonObject, keys: ExpertFields, layers: number, read: Read): MixtureOfExperts | undefined {
  if (keys.optional && !config[keys.count]) return undefined;
  const optional = (key: string | undefined) => (key === undefined || !config[key] ? 0 : read(key));
  const expertIntermediateSize = read(keys.width);
  const sharedWidth = optional(keys.sharedWidth);
  const sharedExperts = sharedWidth > 0 ? 1 : optional(keys.shared);
  const latentSize = optional(keys.latent);
  const every = keys.every === undefined ? 1 : read(keys.every, 1);
  return {
    experts: read(keys.count),
    activeExperts: read(keys.active ?? "num_experts_per_tok", config["experts_per_token"] as number | undefined),
    expertIntermediateSize,
    sharedExperts,
    sharedExpertIntermediateSize: sharedWidth > 0 ? sharedWidth : sharedExperts * expertIntermediateSize,
    denseLayers: denseLayersOf(config, keys, layers, read),
    ...(every > 1 && { every }),
    ...(latentSize > 0 && { latentSize }),
  };
}

/** Leading layers without experts: their number, or a list with 0, "dense" or the index of each. */
function denseLayersOf(config: JsonObject, { dense }: ExpertFields, layers: number, read: Read): number {
  const only = config["mlp_only_layers"];
  const listed = [config["mlp_layer_types"], dense === undefined ? undefined : config[dense]].find((value) => Array.isArray(value));
  if (listed) {
    const isDense = (mark: unknown) => mark === 0 || mark === "dense";
    const leading = listed.findIndex((mark) => !isDense(mark));
    // A dense layer among layers with experts is not sized: the field is named as unread.
    return listed.slice(leading).some(isDense) ? read("mlp_layer_types: dense layers after the first with experts") : Math.max(0, leading);
  }
  if (dense !== undefined) return config[dense] ? read(dense) : 0;
  return Array.isArray(only) ? Math.min(layers, only.length) : 0;
}
