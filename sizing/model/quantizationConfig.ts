/** `quantization_config` of a Hugging Face config.json → how linear layers are stored. */
import type { Quantization } from "../../catalog/modelShape";
import { isObject, isPositiveInteger, type JsonObject } from "./json";

type ModuleClass = NonNullable<Quantization["unquantized"]>[number];

/** How many layers hold modules of each class: an exclusion list may name them layer by layer. */
type LayersPerClass = Record<ModuleClass, number>;

/** `unread` names the fields that could not be understood. */
export function quantizationFromConfig(config: unknown, layers: LayersPerClass): { quantization?: Quantization; unread: string[] } {
  if (config === undefined || config === null) return { unread: [] };
  if (!isObject(config)) return { unread: ["quantization_config"] };
  const format = formatOf(config);
  if (!format)
    return { unread: [`quantization_config.quant_method (${JSON.stringify(config["quant_method"])?.slice(0, 40) ?? "absent"})`] };
  const unquantized = unquantizedClasses(excludedModules(config), layers);
  return { quantization: { ...format, ...(unquantized.length > 0 && { unquantized }) }, unread: [] };
}

function formatOf(config: JsonObject): Quantization | undefined {
  const method = config["quant_method"] === undefined && config["quant_algo"] !== undefined ? "modelopt" : config["quant_method"];
  switch (method) {
    case "fp8":
    case "fbgemm_fp8":
      return { method: "fp8", bitsPerWeight: 8, ...blockSizeOf(config["weight_block_size"]) };
    case "awq":
    case "gptq": {
      // A 16-bit scale and a zero point for each group.
      const bits = bitsOf(config["bits"]);
      return grouped(method, bits, config["group_size"], 16 + bits, 128);
    }
    case "compressed-tensors":
      return compressedTensors(config);
    case "mxfp4":
      return grouped("mxfp4", 4, 32, 8);
    case "modelopt":
      return String(config["quant_algo"]).includes("FP4") ? grouped("nvfp4", 4, 16, 8) : { method: "fp8", bitsPerWeight: 8 };
    case "modelopt_fp4":
      return grouped("nvfp4", 4, 16, 8);
    case "bitsandbytes":
      return config["load_in_4bit"] === true ? grouped("bitsandbytes", 4, 64, 32) : { method, bitsPerWeight: 8 };
    default:
      return undefined;
  }
}

/** https://github.com/vllm-project/compressed-tensors: the first group describes the linear layers. */
function compressedTensors(config: JsonObject): Quantization | undefined {
  const groups = isObject(config["config_groups"]) ? Object.values(config["config_groups"]) : [];
  const weights = isObject(groups[0]) ? groups[0]["weights"] : undefined;
  if (!isObject(weights) || !isPositiveInteger(weights["num_bits"])) return undefined;
  const bits = bitsOf(weights["num_bits"]);
  if (bits === 8) return { method: "compressed-tensors", bitsPerWeight: 8, ...blockSizeOf(weights["block_structure"]) };
  if (bits === 4 && weights["type"] === "float") return grouped("nvfp4", 4, weights["group_size"], 8, 16);
  return grouped("compressed-tensors", bits, weights["group_size"], 16);
}

/** `bitsPerWeight` includes what a group stores in addition to its weights. Without a group size there is one scale per channel. */
function grouped(method: Quantization["method"], bits: number, size: unknown, bitsPerGroup: number, otherwise?: number): Quantization {
  const groupSize = isPositiveInteger(size) ? size : otherwise;
  return groupSize === undefined ? { method, bitsPerWeight: bits } : { method, bitsPerWeight: bits + bitsPerGroup / groupSize, groupSize };
}

const bitsOf = (bits: unknown) => (isPositiveInteger(bits) ? Math.min(bits, 16) : 4);

/** Blocks are square in every published checkpoint. */
function blockSizeOf(blocks: unknown): { blockSize?: number } {
  const edge: unknown = Array.isArray(blocks) ? blocks[0] : undefined;
  return isPositiveInteger(edge) ? { blockSize: edge } : {};
}

/** Each format has another name for the list. All lists hold module names or patterns. */
function excludedModules(config: JsonObject): string[] {
  return ["modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules"]
    .flatMap((key) => (Array.isArray(config[key]) ? (config[key] as unknown[]) : []))
    .filter((name): name is string => typeof name === "string");
}

const classPatterns: Record<ModuleClass, RegExp> = {
  state: /(linear_attn|mixer)[^a-z_]*$|(linear_attn|mixer).*(in_proj|in_proj_qkvz?|in_proj_z|out_proj)$/,
  attention: /(self_attn|attention)[^a-z]*$|(self_attn|attention).*[qo]_proj/,
  sharedExperts: /shared_expert/,
  denseLayers: /mlp(\\?\.)[^.]*(gate|up|down)[^.]*_proj|mlp\.?\*?$/,
};

/** A class counts as excluded when a name covers all layers, or names of single layers cover at least half of them. */
function unquantizedClasses(excluded: string[], layers: LayersPerClass): ModuleClass[] {
  return (Object.keys(classPatterns) as ModuleClass[]).filter((moduleClass) => {
    const matches = excluded.filter((name) => classPatterns[moduleClass].test(name));
    const indexes = matches.map((name) => /layers\.(\d+)\./.exec(name)?.[1]);
    if (indexes.includes(undefined)) return true;
    const named = new Set(indexes).size;
    return named > 0 && named >= layers[moduleClass] / 2;
  });
}
