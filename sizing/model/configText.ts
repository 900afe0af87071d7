/** The text of a file that a user gives as a model's config.json: the object in it, or what the file is instead. */
import { isObject, type JsonObject } from "./json";
import { findJsonFault } from "./jsonFault";

export type ConfigText = { config: JsonObject } | { complaint: string };

export function readConfigText(text: string): ConfigText {
  const foreign = foreignText(text);
  if (foreign !== undefined) return { complaint: foreign };
  for (const attempt of [text, text.replaceAll(pythonNumber, "null")]) {
    try {
      const value: unknown = JSON.parse(attempt);
      return isObject(value) ? readObject(value) : { complaint: `it is JSON, but ${describeValue(value)} and not an object` };
    } catch {
      continue;
    }
  }
  // As long as what it stands for, so that columns stay.
  const sameColumns = text.replaceAll(pythonNumber, (number) => "0".padEnd(number.length));
  const { line, column, what } = findJsonFault(sameColumns) ?? { line: 1, column: 1, what: "it is not JSON" };
  return { complaint: `line ${line}, column ${column}: ${what}` };
}

/** Python writes numbers that JSON does not allow (Nemotron-H: `"time_step_limit": [0.0, Infinity]`). The sizing needs none of them. */
const pythonNumber = /(?<=[[,:]\s*)-?(?:Infinity|NaN)(?=\s*[\],}])/g;

/** Files that are no JSON at all. Programs that open a link or clone without Git LFS leave them behind. */
function foreignText(text: string): string | undefined {
  if (text.trim() === "") return "the file is empty";
  if (text.startsWith("\uFEFF"))
    return "line 1, column 1: the file begins with a byte order mark, which JSON does not allow: save it as UTF-8 without one";
  if (text.startsWith("version https://git-lfs.github.com/spec"))
    return "line 1: this is a Git LFS pointer, not the file: run git lfs pull, or download the file itself";
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(text))
    return "line 1: this is a web page, not the file: download it by its resolve/ address";
  if (text.startsWith("PK\u0003\u0004") || text.includes("\u0000")) return "this is a binary file";
  return undefined;
}

const describeValue = (value: unknown) => (Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`);

/** Other files of a model repository, by a key that only they have. */
const otherFiles: [name: string, isIt: (config: JsonObject) => boolean][] = [
  ["hf_quant_config.json", (config) => isObject(config["quantization"])],
  ["params.json, the format of Mistral", (config) => config["dim"] !== undefined && config["n_layers"] !== undefined],
  ["the index of the weights (model.safetensors.index.json)", (config) => isObject(config["weight_map"])],
  ["adapter_config.json of a LoRA adapter", (config) => config["peft_type"] !== undefined],
  ["tokenizer_config.json", (config) => config["tokenizer_class"] !== undefined && config["hidden_size"] === undefined],
  ["tokenizer.json", (config) => isObject(config["model"]) && config["added_tokens"] !== undefined],
  ["generation_config.json", (config) => config["_from_model_config"] !== undefined && config["hidden_size"] === undefined],
  ["preprocessor_config.json", (config) => config["image_processor_type"] !== undefined],
];

function readObject(config: JsonObject): ConfigText {
  if (config["architectures"] !== undefined || config["model_type"] !== undefined) return { config };
  const other = otherFiles.find(([, isIt]) => isIt(config));
  return other ? { complaint: `this is ${other[0]}, not the model's config.json` } : { config };
}
