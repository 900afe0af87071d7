/** The classes of modules that a checkpoint may store in different formats, and the names by which its files mean them. */
import type { ModelShape, QuantizedModule } from "../../catalog/modelShape";
import type { JsonObject } from "./json";
import { kindsOf, layersOf } from "./layers";

/** In how many layers the model has a class of modules; 0 if it has none. */
export type LayersOf = Record<QuantizedModule, number>;

export function layersWith(shape: ModelShape): LayersOf {
  const { full, window, compressed4, compressed128, state, dense, experts } = kindsOf(layersOf(shape));
  const sharedExperts = shape.moe && shape.moe.sharedExperts > 0 ? experts : 0;
  return { attention: full + window + compressed4 + compressed128, state, denseLayers: dense, experts, sharedExperts };
}

const classPatterns: Record<QuantizedModule, RegExp> = {
  state: /(linear_attn|mixer)[^a-z_]*$|(linear_attn|mixer).*(in_proj|in_proj_qkvz?|in_proj_z|out_proj)$/,
  attention: /(self_attn|attention)[^a-z]*$|(self_attn|attention).*[qo]_proj/,
  sharedExperts: /shared_expert/,
  experts: /(?<!shared_)experts(\W|$)/,
  denseLayers: /(mlp|feed_forward)(\\?\.)[^.]*(gate|up|down)[^.]*_proj|(mlp|feed_forward)\.?\*?$/,
};

export const moduleClasses = Object.keys(classPatterns) as QuantizedModule[];

/** Modules of a vision or audio tower and of what joins it to the language model. Their layers and feed-forwards have the same names. */
const towerPattern = /(?<![a-z_])(visual|vision_\w+|audio_\w+|multi_modal_projector|mm_projector)/;

/** The classes that a name or pattern of a module stands for. */
const classesOf = (name: string) => (towerPattern.test(name) ? [] : moduleClasses.filter((each) => classPatterns[each].test(name)));

/** Names that the modules of a class have in layer `index` of published checkpoints. */
export function namesOf(module: QuantizedModule, index: number): string[] {
  const suffixes: Record<QuantizedModule, string[]> = {
    attention: ["self_attn.q_proj", "self_attn.q_b_proj", "self_attn.o_proj"],
    state: ["linear_attn.in_proj_qkvz", "linear_attn.out_proj", "mixer.in_proj"],
    denseLayers: ["mlp.gate_proj", "mlp.down_proj", "feed_forward.gate_proj"],
    experts: ["mlp.experts.0.gate_proj", "mlp.experts.0.down_proj", "mlp.experts", "feed_forward.experts", "block_sparse_moe.experts.0.w1"],
    sharedExperts: [
      "mlp.shared_experts.gate_proj",
      "mlp.shared_expert.gate_proj",
      "mlp.shared_experts.down_proj",
      "feed_forward.shared_expert.gate_proj",
    ],
  };
  return suffixes[module].map((suffix) => `model.layers.${index}.${suffix}`);
}

/** Each format has another key for the list. All lists hold module names or patterns. */
export function excludedModules(config: JsonObject, layers: LayersOf): QuantizedModule[] {
  const nested = (config["quantization"] ?? {}) as JsonObject;
  const names = ["modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules"]
    .flatMap((key) => [config[key], nested[key]])
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .filter((name): name is string => typeof name === "string");
  // Experts are never excluded by published lists; a pattern such as `re:.*mlp.*` that would match them names their router.
  return moduleClasses.filter((each) => each !== "experts" && coversMostLayers(each, names, layers));
}

/** A class counts as named when a name covers all layers, or names of single layers cover at least half of them. */
export function coversMostLayers(module: QuantizedModule, names: readonly string[], layers: LayersOf): boolean {
  const indexes = names.filter((name) => classesOf(name).includes(module)).map((name) => /layers\.(\d+)\./.exec(name)?.[1]);
  if (indexes.includes(undefined)) return true;
  const named = new Set(indexes).size;
  return named > 0 && named >= layers[module] / 2;
}
