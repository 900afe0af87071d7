/**
 * Shapes for the calibration: from the catalog, from config.json files of test/data/models,
 * or from such a file with the changes of a row's checkpoint.
 */
import fs from "node:fs";
import path from "node:path";
import type { ModelShape, Quantization } from "../../catalog/modelShape";
import { findModel } from "../../catalog/models";
import { modelShapeFromConfig } from "../../sizing/model/modelConfig";

export const configFolder = path.join(__dirname, "../data/models");

export function configShape(id: string): ModelShape {
  const file = path.join(configFolder, `${id.replace("/", "--")}.json`);
  const { shape, problems } = modelShapeFromConfig(fs.readFileSync(file, "utf8"), id);
  if (!shape) throw new Error(`${id}: ${problems.map(({ message }) => message).join("; ")}`);
  return shape;
}

const fp8Experts: Quantization = {
  method: "compressed-tensors",
  bitsPerWeight: 8,
  unquantized: ["attention", "sharedExperts", "denseLayers"],
};

/** "FP8-dynamic": one scale for each output. The recipes leave linear attention in sixteen bits. */
const fp8Channels: Quantization = { method: "compressed-tensors", bitsPerWeight: 8, unquantized: ["state"] };

const llama405B = "meta-llama/Llama-3.1-405B-Instruct";

/** Checkpoints without a config.json here; each shape derives from the model that the checkpoint was made from. */
const derived: Record<string, () => ModelShape> = {
  // Meta quantises only the routed experts.
  "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8": () => ({
    ...configShape("meta-llama/Llama-4-Maverick-17B-128E-Instruct"),
    weights: { dtype: "bfloat16", quantization: fp8Experts },
  }),
  // Attention stays bfloat16. So do the first and last layer, but this shape ignores them (1 %).
  [`${llama405B}-FP8`]: () => ({
    ...findModel(llama405B)!.shape,
    weights: { dtype: "bfloat16", quantization: { method: "fp8", bitsPerWeight: 8, unquantized: ["attention"] } },
  }),
  // Devstral-Small-2 with feed-forwards of 16,384; the tower and what joins it stay in sixteen bits.
  "RedHatAI/Ministral-3-14B-Instruct-2512": () => ({
    ...configShape("mistralai/Devstral-Small-2-24B-Instruct-2512"),
    ...{ intermediateSize: 16_384, maxPositionEmbeddings: 262_144 },
  }),
  // The logged bytes are those without tower, or with tower and linear attention in eight bits.
  "RedHatAI/Qwen3.5-35B-A3B-FP8-dynamic": () => {
    const { towers: _, ...language } = findModel("Qwen/Qwen3.5-35B-A3B")!.shape;
    return { ...language, weights: { dtype: "bfloat16", quantization: fp8Channels } };
  },
  "RedHatAI/Qwen3-Coder-Next-FP8-dynamic": () => ({
    ...configShape("Qwen/Qwen3-Next-80B-A3B-Thinking"),
    weights: { dtype: "bfloat16", quantization: fp8Channels },
  }),
  // It has the dimensions of Qwen2.5-14B: those of Qwen2.5-32B with 48 layers of 13,824.
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B": () => ({ ...configShape("Qwen/Qwen2.5-32B"), layers: 48, intermediateSize: 13824 }),
};

export function calibrationShape(id: string): ModelShape {
  return findModel(id)?.shape ?? derived[id]?.() ?? configShape(id);
}
