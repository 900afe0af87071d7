/** NVIDIA ModelOpt: one algorithm for all layers, or one for each of the named ones (vLLM `quantization/modelopt.py`). */
import type { Quantization, QuantizationFormat, QuantizedModule } from "../../catalog/modelShape";
import { isObject, type JsonObject } from "./json";
import { grouped, shown, type FormatReading } from "./quantizationFormat";
import { coversMostLayers, moduleClasses, type LayersOf } from "./quantizedModules";

const algorithms: Record<string, (groupSize: unknown) => QuantizationFormat> = {
  FP8: () => ({ method: "fp8", bitsPerWeight: 8 }),
  FP8_PER_CHANNEL_PER_TOKEN: () => ({ method: "fp8", bitsPerWeight: 8 }),
  FP8_PB_WO: () => ({ method: "fp8", bitsPerWeight: 8, block: { outputs: 128, inputs: 128 } }),
  FP8_BLOCK_SCALES: () => ({ method: "fp8", bitsPerWeight: 8, block: { outputs: 128, inputs: 128 } }),
  NVFP4: (groupSize) => grouped("nvfp4", 4, groupSize, 8, 16),
  W4A16_NVFP4: (groupSize) => grouped("nvfp4", 4, groupSize, 8, 16),
  MXFP8: () => grouped("mxfp8", 8, 32, 8),
};

/** The keys are at the top in a config.json, and below `quantization` in a hf_quant_config.json. */
export function modelopt(config: JsonObject, layers: LayersOf): FormatReading {
  const keys = isObject(config["quantization"]) ? config["quantization"] : config;
  const named = keys["quant_algo"];
  if (typeof named !== "string") return `quant_algo is ${shown(named)}; vLLM refuses such a file`;
  if (named.toUpperCase() === "MIXED_PRECISION") return mixedPrecision(keys["quantized_layers"], layers);
  const algorithm = named.toUpperCase();
  return Object.hasOwn(algorithms, algorithm) ? { format: algorithms[algorithm]!(keys["group_size"]) } : unknownAlgorithm(named);
}

const unknownAlgorithm = (named: unknown) =>
  `quant_algo is ${shown(named)}; known are ${[...Object.keys(algorithms), "MIXED_PRECISION"].join(", ")}`;

/** A layer that is not named stays in sixteen bits. */
function mixedPrecision(value: unknown, layers: LayersOf): FormatReading {
  const named = isObject(value) ? Object.entries(value) : [];
  if (named.length === 0) return "quantized_layers is empty; MIXED_PRECISION needs it";
  const byAlgorithm = new Map<string, string[]>();
  for (const [module, recipe] of named) {
    const { quant_algo: algorithm, group_size: size } = isObject(recipe) ? recipe : {};
    if (typeof algorithm !== "string" || !Object.hasOwn(algorithms, algorithm.toUpperCase()))
      return `quantized_layers.${module.slice(0, 80)}.${unknownAlgorithm(algorithm)}`;
    const key = `${algorithm.toUpperCase()} ${typeof size === "number" ? size : ""}`;
    byAlgorithm.set(key, [...(byAlgorithm.get(key) ?? []), module]);
  }
  const formats = new Map<QuantizedModule, QuantizationFormat>();
  for (const [key, modules] of byAlgorithm) {
    const [algorithm = "", size] = key.split(" ");
    const format = algorithms[algorithm]!(Number(size) || undefined);
    for (const each of moduleClasses) if (layers[each] > 0 && coversMostLayers(each, modules, layers)) formats.set(each, format);
  }
  const [main] = formats.values();
  if (!main) return "quantized_layers names none of the model's modules";
  const others = [...formats].filter(([, format]) => format !== main);
  return {
    format: main,
    others: Object.fromEntries(others) as Quantization["others"] & object,
    unquantized: moduleClasses.filter((each) => layers[each] > 0 && !formats.has(each)),
  };
}
