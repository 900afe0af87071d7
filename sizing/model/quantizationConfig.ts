/** `quantization_config` of a Hugging Face config.json → how linear layers are stored. */
import type { Quantization, QuantizedModule } from "../../catalog/modelShape";
import { compressedTensors } from "./compressedTensors";
import { isObject, type JsonObject } from "./json";
import { modelopt } from "./modelopt";
import { bitsOf, blockOf, grouped, type FormatReading } from "./quantizationFormat";
import { excludedModules, type LayersOf } from "./quantizedModules";

export interface QuantizationReading {
  quantization?: Quantization;
  /** The checkpoint has scales for an fp8 cache, so `--kv-cache-dtype auto` means fp8. */
  kvCacheDtype?: "fp8";
  /** What could not be understood, field by field. */
  unread: string[];
}

/** `layers` says which modules the model has, and in how many layers. */
export function quantizationFromConfig(config: unknown, layers: LayersOf): QuantizationReading {
  if (config === undefined || config === null) return { unread: [] };
  if (!isObject(config)) return { unread: ["quantization_config"] };
  const reading = readFormat(config, layers);
  if (typeof reading === "string") return { unread: [`quantization_config.${reading}`] };
  const unquantized = [...new Set([...(reading.unquantized ?? []), ...excludedModules(config, layers)])];
  const others = Object.entries(reading.others ?? {}).filter(([module]) => !unquantized.includes(module as QuantizedModule));
  return {
    quantization: {
      ...reading.format,
      ...(unquantized.length > 0 && { unquantized }),
      ...(others.length > 0 && { others: Object.fromEntries(others) as Quantization["others"] & object }),
    },
    ...(hasCacheScales(config) && { kvCacheDtype: "fp8" as const }),
    unread: [],
  };
}

function readFormat(config: JsonObject, layers: LayersOf): FormatReading {
  const hasAlgorithm = config["quant_algo"] !== undefined || isObject(config["quantization"]);
  const method = config["quant_method"] === undefined && hasAlgorithm ? "modelopt" : config["quant_method"];
  switch (method) {
    case "fp8":
    case "fbgemm_fp8":
      return { format: { method: "fp8", bitsPerWeight: 8, ...blockOf(config["weight_block_size"]) } };
    case "awq":
    case "gptq": {
      // A 16-bit scale and a zero point for each group.
      const bits = bitsOf(config["bits"]);
      return { format: grouped(method, bits, config["group_size"], 16 + bits, 128) };
    }
    case "compressed-tensors":
      return compressedTensors(config, layers);
    case "mxfp4":
      return { format: grouped("mxfp4", 4, 32, 8) };
    case "modelopt":
    case "modelopt_fp4":
    case "modelopt_mixed":
    case "modelopt_mxfp8":
      return modelopt(config, layers);
    case "bitsandbytes":
      return { format: config["load_in_4bit"] === true ? grouped("bitsandbytes", 4, 64, 32) : { method, bitsPerWeight: 8 } };
    default:
      return `quant_method is ${JSON.stringify(method)?.slice(0, 40) ?? "absent"}; sized are ${knownMethods.join(", ")}`;
  }
}

const knownMethods = ["fp8", "fbgemm_fp8", "awq", "gptq", "compressed-tensors", "mxfp4", "modelopt", "bitsandbytes"];

/** vLLM takes the scheme of ModelOpt and of compressed-tensors (`resolve_kv_cache_dtype_string`, `Attention.__init__`). */
function hasCacheScales(config: JsonObject): boolean {
  const nested = isObject(config["quantization"]) ? config["quantization"] : {};
  const algorithm = nested["kv_cache_quant_algo"] ?? config["kv_cache_quant_algo"];
  const scheme = config["kv_cache_scheme"];
  return (typeof algorithm === "string" && /^fp8/i.test(algorithm)) || (isObject(scheme) && scheme["num_bits"] === 8);
}
