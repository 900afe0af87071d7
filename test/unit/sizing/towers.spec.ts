import assert from "node:assert/strict";
import { engineMemorySettings } from "../../../components/vllmLeaderWorkerSet/engineMemory";
import { towerBytes, towerProblems } from "../../../sizing/memory/towerMemory";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";
import { towersOf } from "../../../sizing/model/towers";
import { configShape } from "../../calibration/models";

// Proves the bytes of towers whose config.json is not among the tests' data, and the settings that decide about them. The numbers are those
// of vLLM 0.32's own classes (`npm run oracle`), which test/calibration/oracle.spec.ts compares for all other families.
const bytes = (config: Record<string, unknown>, textHidden: number, ranks: number) => {
  const { divided, whole } = towersOf(config, textHidden)!;
  return 2 * (divided / ranks + whole);
};

describe("the tower of", () => {
  it("Qwen2-VL and Qwen2.5-VL is divided but for its patches and norms", () => {
    const qwen25 = { depth: 32, hidden_size: 1280, intermediate_size: 3420, in_chans: 3, out_hidden_size: 3584, patch_size: 14 };
    assert.equal(bytes({ model_type: "qwen2_5_vl", vision_config: qwen25 }, 3584, 1), 1_353_100_288);
    assert.equal(bytes({ model_type: "qwen2_5_vl", vision_config: qwen25 }, 3584, 2), 678_224_128);
    const qwen2 = { depth: 32, embed_dim: 1280, mlp_ratio: 4, hidden_size: 3584, in_chans: 3, patch_size: 14 };
    assert.equal(bytes({ model_type: "qwen2_vl", vision_config: qwen2 }, 3584, 2), 677_516_288);
  });

  it("Gemma 4 is whole on every rank", () => {
    const vision_config = {
      ...{ hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27, num_attention_heads: 16, num_key_value_heads: 16 },
      ...{ head_dim: 72, patch_size: 16, position_embedding_size: 10240 },
    };
    const config = { model_type: "gemma4", vision_config };
    assert.equal(bytes(config, 5376, 2), 1_151_482_464);
    assert.equal(bytes(config, 2816, 1), 1_145_584_224);
  });
});

describe("a tower on one rank", () => {
  const shape = configShape("Qwen/Qwen3.5-9B");
  const taken = (vllmVersion: string, ...extraArguments: string[]) =>
    towerBytes(
      shape,
      { tensorParallelSize: 2, firstLayer: 0 },
      engineMemorySettings({ engine: { extraArguments }, vllmVersion, modelArguments: [] } as never),
    );

  it("is divided by tensor parallelism, whole with --mm-encoder-tp-mode data, and absent with --language-model-only", () => {
    assert.equal(taken("0.32.0"), 460_628_336);
    assert.equal(taken("0.32.0", "--mm-encoder-tp-mode=data"), 912_020_960);
    assert.equal(taken("0.32.0", "--mm-encoder-tp-mode", "weights"), 460_628_336);
    assert.equal(taken("0.32.0", "--language-model-only"), 0);
  });

  it("of Mistral is whole before 0.20", () => {
    const devstral = configShape("mistralai/Devstral-Small-2-24B-Instruct-2512");
    const at = (vllmVersion: string) => towerBytes(devstral, { tensorParallelSize: 8, firstLayer: 0 }, { vllmVersion });
    assert.equal(at("0.19.1"), 877_916_160);
    assert.equal(at("0.20.0"), 118_222_848);
  });
});

describe("a tower whose heads the ranks cannot share", () => {
  const shape = configShape("zai-org/GLM-4.5V");
  const codes = (tensorParallelSize: number, settings = {}) =>
    towerProblems(shape, { tensorParallelSize }, { vllmVersion: "0.32.0", ...settings }).map(({ code }) => code);

  it("is refused, but not where every rank holds it whole or none has it", () => {
    assert.deepEqual(codes(4), []);
    assert.deepEqual(codes(8), ["shard-not-divisible"]);
    assert.deepEqual(codes(8, { wholeTowers: true }), []);
    assert.deepEqual(codes(8, { languageModelOnly: true }), []);
  });
});

describe("a config.json with a tower of an unknown kind", () => {
  const text_config = {
    ...{ model_type: "qwen3", hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
    ...{ intermediate_size: 128, vocab_size: 1000, max_position_embeddings: 1024 },
  };
  const warnings = (config: object) => modelShapeFromConfig(JSON.stringify(config), "a/b").problems.map(({ code }) => code);

  it("is read with a warning that the tower is not counted, and so is one for sound", () => {
    const known = { architectures: ["Qwen3VLForConditionalGeneration"], model_type: "qwen3_vl", text_config };
    const vision_config = { depth: 2, hidden_size: 64, intermediate_size: 128, out_hidden_size: 64 };
    assert.deepEqual(warnings({ ...known, vision_config }), []);
    assert.deepEqual(warnings({ ...known, vision_config: {} }), ["model-config-unsupported"]);
    assert.deepEqual(warnings({ ...known, vision_config, audio_config: {} }), ["model-config-unsupported"]);
    assert.deepEqual(warnings({ ...known, model_type: "unknown_vl", vision_config }), ["model-config-unsupported"]);
  });
});
