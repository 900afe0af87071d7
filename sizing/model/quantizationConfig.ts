/** `quantization_config` of a Hugging Face config.json → how linear layers are stored. */
import type { Quantization, QuantizedModule } from "../../catalog/modelShape";
import { compressedTensors } from "./compressedTensors";
import { isObject, type JsonObject } from "./json";
import { modelopt } from "./modelopt";
import { bitsOf, blockOf, grouped, shown, type FormatReading } from "./quantizationFormat";
import { excludedModules, type LayersOf } from "./quantizedModules";

export interface QuantizationReading {
  quantization?: Quantization;
  /** The checkpoint asks for a type of the cache, which `--kv-cache-dtype auto` takes. */
  kvCacheDtype?: "fp8" | "nvfp4";
  /** What could not be understood, field by field. */
  unread: string[];
}

/** `layers` says which modules the model has, and in how many layers. */
export function quantizationFromConfig(config: unknown, layers: LayersOf): QuantizationReading {
  if (config === undefined || config === null) return { unread: [] };
  if (!isObject(config)) return { unread: ["quantization_config"] };
  const reading = readFormat(config, layers);
  if (typeof reading === "string") return { unread: [`quantization_config.${reading}`] };
  const cacheDtype = cacheDtypeOf(config);
  const unquantized = [...new Set([...(reading.unquantized ?? []), ...excludedModules(config, layers)])];
  const others = Object.entries(reading.others ?? {}).filter(([module]) => !unquantized.includes(module as QuantizedModule));
  return {
    quantization: {
      ...reading.format,
      ...(unquantized.length > 0 && { unquantized }),
      ...(others.length > 0 && { others: Object.fromEntries(others) as Quantization["others"] & object }),
    },
    ...(cacheDtype && { kvCacheDtype: cacheDtype }),
    unread: [],
  };
}

type Reader = (config: JsonObject, layers: LayersOf) => FormatReading;

const fp8: Reader = (config) => ({ format: { method: "fp8", bitsPerWeight: 8, ...blockOf(config["weight_block_size"]) } });

/** A 16-bit scale and a zero point for each group. */
const groupsOf =
  (method: "awq" | "gptq"): Reader =>
  (config) => {
    const bits = bitsOf(config["bits"]);
    return { format: grouped(method, bits, config["group_size"], 16 + bits, 128) };
  };

const readers: Record<string, Reader> = {
  fp8,
  fbgemm_fp8: fp8,
  awq: groupsOf("awq"),
  gptq: groupsOf("gptq"),
  "compressed-tensors": compressedTensors,
  mxfp4: () => ({ format: grouped("mxfp4", 4, 32, 8) }),
  modelopt,
  modelopt_fp4: modelopt,
  modelopt_mixed: modelopt,
  modelopt_mxfp8: modelopt,
  bitsandbytes: (config) => ({
    format: config["load_in_4bit"] === true ? grouped("bitsandbytes", 4, 64, 32) : { method: "bitsandbytes", bitsPerWeight: 8 },
  }),
};

function readFormat(config: JsonObject, layers: LayersOf): FormatReading {
  const hasAlgorithm = config["quant_algo"] !== undefined || isObject(config["quantization"]);
  const method = config["quant_method"] === undefined && hasAlgorithm ? "modelopt" : config["quant_method"];
  const reader = typeof method === "string" && Object.hasOwn(readers, method) ? readers[method] : undefined;
  return reader ? reader(config, layers) : `quant_method is ${shown(method)}; known are ${Object.keys(readers).join(", ")}`;
}

/**
 * vLLM takes the scheme of ModelOpt and of compressed-tensors: a name, or bits and a type (`get_kv_cache_quant_algo_string` of
 * `vllm/utils/torch_utils.py`, `Attention.__init__`).
 */
function cacheDtypeOf(config: JsonObject): "fp8" | "nvfp4" | undefined {
  const nested = isObject(config["quantization"]) ? config["quantization"] : {};
  const found = [nested, config].map((keys) => keys["kv_cache_scheme"] ?? keys["kv_cache_quant_algo"]).find((value) => value);
  if (isObject(found)) {
    if (found["type"] !== undefined && found["type"] !== "float") return undefined;
    return found["num_bits"] === 8 ? "fp8" : found["num_bits"] === 4 ? "nvfp4" : undefined;
  }
  const name = typeof found === "string" ? found.toLowerCase() : "";
  return name === "fp8" || name === "nvfp4" ? name : undefined;
}
