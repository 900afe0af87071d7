import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";
import { rankWeightBytes } from "../../../sizing/model/parameters";
import { configFolder } from "../../calibration/models";

// Proves which modules a list of names leaves in sixteen bits, and what a rank then holds. The lists are typed after published files.
const configOf = (file: string) => JSON.parse(fs.readFileSync(path.join(configFolder, `${file}.json`), "utf8")) as Record<string, unknown>;
const shapeOf = (config: object, quantization_config: object) =>
  modelShapeFromConfig(JSON.stringify({ ...config, quantization_config }), "a/b").shape!;
const rankBytes = (shape: ReturnType<typeof shapeOf>, tensorParallelSize: number) =>
  rankWeightBytes(shape, { tensorParallelSize, enableExpertParallel: false, firstLayer: 0, layers: shape.layers });
const group = (weights: object, ...targets: string[]) => ({ targets, weights: { type: "float", ...weights } });
const fp8 = (ignore: string[]) => ({
  quant_method: "compressed-tensors",
  config_groups: { group_0: group({ num_bits: 8, strategy: "channel" }, "Linear") },
  ignore: ["lm_head", ...ignore],
});
const everyLayer = (count: number, name: (index: number) => string[]) => Array.from({ length: count }, (_, index) => name(index)).flat();

describe("names of a vision or audio tower in a list of exceptions", () => {
  it("do not take the quantisation from the language model of Qwen2.5-VL-72B", () => {
    const config = { ...configOf("Qwen--Qwen2.5-72B-Instruct"), architectures: ["Qwen2_5_VLForConditionalGeneration"] };
    const tower = everyLayer(32, (n) => ["gate", "up", "down"].map((part) => `visual.blocks.${n}.mlp.${part}_proj`));
    const shape = shapeOf(config, fp8(tower));
    assert.equal(shape.weights.quantization?.unquantized, undefined);
    assert.equal(rankBytes(shape, 4), rankBytes(shapeOf(config, fp8([])), 4));
  });

  it("do not take it from the attention of Mistral-Small, whose tower numbers its layers likewise", () => {
    const config = { ...configOf("mistralai--Mistral-Nemo-Base-2407"), architectures: ["Mistral3ForConditionalGeneration"] };
    for (const prefix of ["vision_tower.transformer", "model.vision_tower.transformer", "audio_tower", "multi_modal_projector"]) {
      const tower = everyLayer(24, (n) => [`${prefix}.layers.${n}.attention.q_proj`, `${prefix}.layers.${n}.mlp.gate_proj`]);
      assert.equal(shapeOf(config, fp8(tower)).weights.quantization?.unquantized, undefined, prefix);
    }
    for (const pattern of [
      "re:.*vision_tower.*attention.*",
      "re:visual.*mlp.*",
      "re:^audio_tower.*self_attn.*",
      "re:.*mm_projector.*mlp.*",
    ])
      assert.equal(shapeOf(config, fp8([pattern])).weights.quantization?.unquantized, undefined, pattern);
  });
});

describe("names of Llama-4, whose feed-forwards are called feed_forward", () => {
  it("leave its attention, dense layers and shared experts in sixteen bits, although only half of the layers are dense", () => {
    const config = configOf("meta-llama--Llama-4-Maverick-17B-128E-Instruct") as { text_config: object };
    const modules_to_not_convert = everyLayer(48, (n) => {
      const feedForward =
        n % 2 === 0 ? ["gate_proj", "up_proj", "down_proj"] : ["shared_expert.gate_proj", "shared_expert.down_proj", "router"];
      const names = ["self_attn.q_proj", "self_attn.o_proj", ...feedForward.map((part) => `feed_forward.${part}`)];
      return names.map((name) => `language_model.model.layers.${n}.${name}`);
    });
    const shape = shapeOf(config, { quant_method: "fbgemm_fp8", modules_to_not_convert });
    assert.deepEqual(shape.weights.quantization?.unquantized, ["attention", "sharedExperts", "denseLayers"]);
    // The log of docs/sizing.md, row 18, less 0.25 GiB of rotary embedding and 0.2 that it has beyond the parameters.
    assert.equal((rankBytes(shape, 8) / 2 ** 30).toFixed(2), "48.41");
  });
});
