import assert from "node:assert/strict";
import { instanceType } from "../../../catalog/instanceTypes";
import { findModel } from "../../../catalog/models";
import { recentModels } from "../../../catalog/recentModels";
import { fit } from "../../../plan/fit";
import { shardFaults } from "../../../sizing/layout/divisibility";
import { blocksOfRequest, cachePool, cacheRequest } from "../../../sizing/memory/kvCache";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";
import { rotaryTableBytes } from "../../../sizing/model/parameters";
import { configShape } from "../../calibration/models";

// Proves that the catalog has the models that are used most in 2026, with the shapes of their config.json, and that fit places each.
// Weights and pages are compared with vLLM's own in test/calibration/oracleModels.spec.ts.
const read = (config: object) => modelShapeFromConfig(JSON.stringify(config), "a/b");

describe("models of 2026 in the catalog", () => {
  const files: [id: string, file?: string][] = [
    ["deepseek-ai/DeepSeek-V4-Flash"],
    ["deepseek-ai/DeepSeek-V4-Pro"],
    ["Qwen/Qwen3.5-122B-A10B"],
    ["Qwen/Qwen3.5-27B"],
    ["Qwen/Qwen3.6-27B", "nvidia/Qwen3.6-27B-NVFP4"],
    ["Qwen/Qwen3.6-35B-A3B", "nvidia/Qwen3.6-35B-A3B-NVFP4"],
    ["zai-org/GLM-5.1"],
    ["zai-org/GLM-5.2"],
    ["zai-org/GLM-5.2-FP8"],
    ["moonshotai/Kimi-K2.6"],
    ["moonshotai/Kimi-K3"],
    ["MiniMaxAI/MiniMax-M2.5"],
    ["MiniMaxAI/MiniMax-M3"],
    ["google/gemma-4-26B-A4B-it", "google/gemma-4-26B-A4B"],
    ["google/gemma-4-31B-it", "nvidia/Gemma-4-31B-IT-NVFP4"],
    ["mistralai/Mistral-Small-4-119B-2603"],
    ["nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16", "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8"],
    ["XiaomiMiMo/MiMo-V2-Flash"],
  ];
  for (const [id, file = id] of files)
    it(`have the shape of the file: ${id}`, () => {
      const own = findModel(id)!.shape;
      const read = configShape(file);
      // Towers of Kimi-K3 and MiniMax-M3 are not read from a file.
      const towers = own.towers && { towers: read.towers ?? own.towers };
      assert.deepEqual({ ...own, weights: undefined }, { ...read, ...towers, id, weights: undefined });
      if (file === id) assert.deepEqual(own.weights, read.weights);
    });

  const mostUsed = ["deepseek-ai/DeepSeek-V3.2", "openai/gpt-oss-120b", "meta-llama/Llama-4-Maverick-17B-128E-Instruct"];
  for (const model of [...mostUsed, ...recentModels.map(({ shape }) => shape.id)])
    it(`are placed by fit: ${model}`, () => {
      const { verdict, candidates, problems } = fit({ model, maxModelLen: 32_768 });
      assert.equal(verdict, "deployable", problems.map(({ message }) => message).join("; "));
      assert.ok((candidates ?? []).some((each) => each.verdict === "deployable"));
    });
});

describe("the cache of models of 2026", () => {
  const pool = (id: string, capability = 9, tensorParallelSize = 4) => {
    const gpu = { ...instanceType("p5.48xlarge").gpu!, computeCapability: capability };
    const layout = { tensorParallelSize, pipelineParallelSize: 1 };
    return cachePool(configShape(id), cacheRequest(configShape(id), gpu, layout, { vllmVersion: "0.32.0" }, 8192));
  };

  it("of DeepSeek-V4 has blocks of four sizes, and a request of a million tokens takes few of them", () => {
    const { groups, ...rest } = pool("deepseek-ai/DeepSeek-V4-Flash");
    assert.deepEqual(
      groups.map((group) => [group.kind, group.blockTokens]),
      [
        ["window", 64],
        ["window", 64],
        ["full", 256],
        ["window", 4],
        ["window", 8],
      ],
    );
    // Windows and compressors hold what is in flight: 16,384 tokens, and their window.
    const held = 2 * (Math.ceil((127 + 16_384) / 64) + 1) + Math.ceil((7 + 16_384) / 4) + 1 + Math.ceil((127 + 16_384) / 8) + 1;
    assert.equal(blocksOfRequest({ groups, ...rest }, 1_048_576), 4096 + held);
  });

  it("of Gemma 4 gives full attention twice as many tokens in a block as windows", () => {
    const { groups } = pool("google/gemma-4-26B-A4B", 9, 1);
    assert.deepEqual(groups.map(({ blockTokens }) => blockTokens).sort(), [32, ...Array<undefined>(5).fill(undefined)]);
  });

  it("of Kimi-K3 has blocks in steps of 128 tokens", () => {
    assert.equal(pool("moonshotai/Kimi-K3", 9, 8).blockTokens, 768);
  });

  it("needs no table of sines for layers without rotary embedding, and two where windows rotate differently", () => {
    assert.equal(rotaryTableBytes(configShape("moonshotai/Kimi-K3")), 0);
    // Buffers that vLLM registers for the two: 384 and 512 MiB.
    assert.equal(rotaryTableBytes(configShape("google/gemma-4-26B-A4B")), 384 * 2 ** 20);
    assert.equal(rotaryTableBytes(configShape("deepseek-ai/DeepSeek-V4-Flash")), 512 * 2 ** 20);
  });
});

describe("a config.json of 2026", () => {
  it("without fields that every DeepSeek-V4 has is sized with a warning that names them", () => {
    const bare = { architectures: ["DeepseekV4ForCausalLM"], model_type: "deepseek_v4", hidden_size: 7168, num_hidden_layers: 61 };
    const { shape, problems } = read({ ...bare, num_attention_heads: 128, vocab_size: 129280, intermediate_size: 18432 });
    assert.equal(shape?.compressed?.outputGroups, 8);
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ["warning"],
    );
    assert.match(problems[0]!.message, /leaves out .*q_lora_rank.*compress_ratios/);
  });

  const gemma = {
    ...{
      architectures: ["Gemma4ForCausalLM"],
      model_type: "gemma4_text",
      hidden_size: 1536,
      num_hidden_layers: 35,
      num_attention_heads: 8,
    },
    ...{ num_key_value_heads: 1, head_dim: 256, intermediate_size: 6144, vocab_size: 262144, max_position_embeddings: 131072 },
    ...{ sliding_window: 512, hidden_size_per_layer_input: 0 },
  };
  it("of a Gemma 4 with embeddings for each layer, or with layers that share a cache, is refused with the reason", () => {
    assert.ok(read(gemma).shape);
    const { hidden_size_per_layer_input: _absent, ...silent } = gemma;
    for (const config of [silent, { ...gemma, hidden_size_per_layer_input: 256 }])
      assert.match(read(config).problems[0]!.message, /hidden_size_per_layer_input: .*not sized/);
    assert.match(read({ ...gemma, num_kv_shared_layers: 20 }).problems[0]!.message, /num_kv_shared_layers: .*not sized/);
  });

  it("with a ratio of compression that vLLM does not have is refused", () => {
    const config = { ...v4(), compress_ratios: Array<number>(61).fill(8) };
    assert.match(read(config).problems[0]!.message, /compress_ratios: one of 0, 1, 4 and 128/);
  });

  it("cannot be divided among more ranks than DeepSeek-V4 has groups of outputs", () => {
    const shape = configShape("deepseek-ai/DeepSeek-V4-Flash");
    assert.deepEqual(shardFaults(shape, 8, false), []);
    assert.match(shardFaults(shape, 16, false)[0]!.message, /8 output groups/);
  });

  it("of DeepSeek-V4 runs on GPUs for which vLLM has kernels, with a cache of eight bits", () => {
    const model = "deepseek-ai/DeepSeek-V4-Flash";
    const codes = (instanceType: string, kvCacheDtype = "auto") =>
      fit({ model, instanceType, tensorParallelSize: 8, maxModelLen: 32_768, kvCacheDtype }).problems.map(({ code }) => code);
    assert.deepEqual(codes("p5.48xlarge"), []);
    assert.ok(codes("p4de.24xlarge").includes("attention-unsupported-by-gpu"));
    assert.ok(codes("p5.48xlarge", "bfloat16").includes("dtype-unsupported-by-gpu"));
  });

  for (const [architecture, type] of [
    ["Step3p7ForConditionalGeneration", "step3p7"],
    ["LongcatFlashForCausalLM", "longcat_flash"],
    ["InklingForCausalLM", "inkling_text"],
  ])
    it(`of ${architecture} is refused, because its fields are not public or not sized`, () => {
      const { shape, problems } = read({ ...v4(), architectures: [architecture], model_type: type });
      assert.equal(shape, undefined);
      assert.match(problems[0]!.message, new RegExp(`"${architecture}".* is not one of`));
    });
});

function v4() {
  const { layers, hiddenSize, attentionHeads, vocabSize, intermediateSize } = configShape("deepseek-ai/DeepSeek-V4-Pro");
  return {
    ...{ architectures: ["DeepseekV4ForCausalLM"], model_type: "deepseek_v4", hidden_size: hiddenSize, num_hidden_layers: layers },
    ...{ num_attention_heads: attentionHeads, vocab_size: vocabSize, intermediate_size: intermediateSize },
  };
}
