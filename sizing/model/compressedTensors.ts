/** The format `compressed-tensors`: groups of modules, each with its own scheme (https://github.com/vllm-project/compressed-tensors). */
import type { Quantization, QuantizationFormat, QuantizedModule } from "../../catalog/modelShape";
import { isObject, isPositiveInteger, type JsonObject } from "./json";
import { bitsOf, blockOf, grouped, shown, type FormatReading } from "./quantizationFormat";
import { moduleClasses, namesOf, type LayersOf } from "./quantizedModules";

interface Group {
  targets: string[];
  format: QuantizationFormat;
}

/** Every group counts. A module without a group stays in the model's dtype. */
export function compressedTensors(config: JsonObject, layers: LayersOf): FormatReading {
  const groups = readGroups(config["config_groups"]);
  if (typeof groups === "string") return groups;
  const [first] = groups;
  if (!first) return "config_groups has no group for linear layers";
  const present = moduleClasses.filter((each) => layers[each] > 0);
  const formats = present.map((each) => [each, groupOf(each, layers[each], groups)?.format] as const);
  const main = formats.find(([, format]) => format !== undefined)?.[1];
  if (!main) return `config_groups names none of the model's modules (targets: ${groups.flatMap(({ targets }) => targets).join(", ")})`;
  const others = formats.filter(([, format]) => format !== undefined && format !== main);
  return {
    format: main,
    others: Object.fromEntries(others) as Quantization["others"] & object,
    unquantized: formats.flatMap(([each, format]) => (format === undefined ? [each] : [])),
  };
}

/** A group for attention holds scales of the cache and no weights. */
function readGroups(value: unknown): Group[] | string {
  if (!isObject(value)) return "config_groups is absent";
  const groups: Group[] = [];
  for (const [name, group] of Object.entries(value)) {
    const { targets = ["Linear"], weights } = isObject(group) ? group : {};
    const names = (Array.isArray(targets) ? (targets as unknown[]) : []).filter((target) => typeof target === "string");
    const heavy = names.find((target) => target.startsWith("re:") && isHeavy(target.slice(3)));
    if (heavy !== undefined) return `config_groups.${name}.targets: the pattern ${shown(heavy)} repeats too much to be searched safely`;
    if (names.length > 0 && names.every((target) => target.endsWith("Attention"))) continue;
    if (!isObject(weights) || !isPositiveInteger(weights["num_bits"]))
      return `config_groups.${name}.weights.num_bits is ${isObject(weights) ? shown(weights["num_bits"]) : "absent"}`;
    groups.push({ targets: names, format: formatOfWeights(weights) });
  }
  return groups;
}

function formatOfWeights(weights: JsonObject): QuantizationFormat {
  const bits = bitsOf(weights["num_bits"]);
  const isInteger = weights["type"] === "int";
  if (bits === 8 && !isPositiveInteger(weights["group_size"]))
    return { method: isInteger ? "int8" : "compressed-tensors", bitsPerWeight: 8, ...blockOf(weights["block_structure"]) };
  if (bits === 4 && weights["type"] === "float")
    // Groups of 32 with e8m0 scales are mxfp4, groups of 16 with fp8 scales nvfp4.
    return weights["group_size"] === 32 ? grouped("mxfp4", 4, 32, 8) : grouped("nvfp4", 4, weights["group_size"], 8, 16);
  return grouped("compressed-tensors", bits, weights["group_size"], 16);
}

/** As `find_matched_target`: the names of a module first, then its class. A layer in the middle stands for all. */
function groupOf(module: QuantizedModule, layers: number, groups: readonly Group[]): Group | undefined {
  const names = namesOf(module, Math.floor(layers / 2));
  const byName = groups.find(({ targets }) => targets.some((target) => names.some((name) => matches(target, name))));
  return byName ?? groups.find(({ targets }) => targets.includes("Linear"));
}

/** More open repetitions than any published pattern has, or one around another: such a search may take for ever. */
function isHeavy(pattern: string): boolean {
  const open = pattern.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  return open.length > 5 || /\)(?:[*+]|\{)/.test(pattern);
}

function matches(target: string, name: string): boolean {
  if (!target.startsWith("re:")) return name === target || name.endsWith(`.${target}`);
  try {
    return new RegExp(`^(?:${target.slice(3)})`).test(name);
  } catch {
    return false; // a pattern that only Python understands
  }
}
