import assert from "node:assert/strict";
import type { Quantization } from "../../../catalog/modelShape";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";
import { rankWeightBytes, weightBytes } from "../../../sizing/model/parameters";

// Proves how each module of a checkpoint is stored, by the rules of vLLM 0.32's own classes. Does not load a checkpoint.
const qwen = {
  ...{ architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", torch_dtype: "bfloat16", hidden_size: 4096, intermediate_size: 12288 },
  ...{ num_hidden_layers: 36, num_attention_heads: 32, num_key_value_heads: 8, head_dim: 128, vocab_size: 151936 },
  ...{ max_position_embeddings: 40960, tie_word_embeddings: false },
};
const read = (quantization_config: unknown, config: object = qwen) =>
  modelShapeFromConfig(JSON.stringify({ ...config, quantization_config }), "a/b");
const quantizationOf = (config: unknown): Quantization | undefined => read(config).shape?.weights.quantization;
const giB = (quantization_config: unknown, tensorParallelSize = 1) => {
  const { shape } = read(quantization_config);
  const place = { tensorParallelSize, enableExpertParallel: false, firstLayer: 0, layers: 36 };
  return rankWeightBytes(shape!, place) / 2 ** 30;
};

describe("the format of each module", () => {
  it("takes every group of compressed-tensors, not only the first", () => {
    const group = (target: string, weights: object) => ({ targets: [target], weights: { type: "float", ...weights } });
    const mlp = group("re:.*mlp.*", { num_bits: 4, group_size: 16 });
    const attention = group("re:.*self_attn.*", { num_bits: 8, strategy: "channel" });
    const both = (config_groups: object) => quantizationOf({ quant_method: "compressed-tensors", config_groups, ignore: ["lm_head"] });
    for (const config_groups of [
      { group_0: mlp, group_1: attention },
      { group_0: attention, group_1: mlp },
    ]) {
      const quantization = both(config_groups);
      const formats = { ...quantization?.others };
      const main = { method: quantization?.method, bitsPerWeight: quantization?.bitsPerWeight };
      const bits = (module: "attention" | "denseLayers") => formats[module]?.bitsPerWeight ?? main.bitsPerWeight;
      assert.deepEqual([bits("attention"), bits("denseLayers")], [8, 4.5]);
    }
    assert.deepEqual(both({ group_0: mlp })?.unquantized, ["attention"]);
  });

  it("leaves out a group that holds only scales of the cache, and reads the fp8 cache that a scheme declares", () => {
    const config = {
      quant_method: "compressed-tensors",
      config_groups: {
        group_0: { targets: ["LlamaAttention"], weights: null },
        group_1: { targets: ["Linear"], weights: { num_bits: 8, type: "float", strategy: "channel" } },
      },
      kv_cache_scheme: { num_bits: 8, type: "float" },
    };
    const { shape } = read(config);
    assert.equal(shape?.weights.quantization?.bitsPerWeight, 8);
    assert.equal(shape.weights.kvCacheDtype, "fp8");
  });

  it("finds ModelOpt's algorithm at the top or below `quantization`, and never guesses one", () => {
    for (const config of [
      { quant_method: "modelopt", quant_algo: "NVFP4" },
      { quant_method: "modelopt", quantization: { quant_algo: "nvfp4" } },
      { quantization: { quant_algo: "NVFP4", group_size: 16 } },
    ])
      assert.equal(quantizationOf(config)?.method, "nvfp4", JSON.stringify(config));
    assert.match(read({ quant_method: "modelopt" }).problems[0]!.message, /quant_algo is absent/);
    assert.match(read({ quant_method: "modelopt", quant_algo: "INT3" }).problems[0]!.message, /"INT3"; known are FP8,/);
  });

  it("reads MIXED_PRECISION layer by layer; a module that is not named keeps sixteen bits", () => {
    const layers = Array.from({ length: 36 }, (_, index) => `model.layers.${index}`);
    const quantized_layers = Object.fromEntries(layers.map((layer) => [`${layer}.mlp.gate_proj`, { quant_algo: "NVFP4", group_size: 16 }]));
    const mixed = quantizationOf({ quant_method: "modelopt", quant_algo: "MIXED_PRECISION", quantized_layers });
    assert.deepEqual([mixed?.method, mixed?.unquantized], ["nvfp4", ["attention"]]);
    assert.match(read({ quant_method: "modelopt", quant_algo: "MIXED_PRECISION" }).problems[0]!.message, /quantized_layers is empty/);
    const [found] = read({
      quant_method: "modelopt",
      quant_algo: "MIXED_PRECISION",
      quantized_layers: { "model.layers.0.mlp": {} },
    }).problems;
    assert.match(found!.message, /quantized_layers\.model\.layers\.0\.mlp\.quant_algo is absent; known are FP8/);
  });

  // `get_kv_cache_quant_algo_string` of vLLM 0.32.
  it("reads the cache that a checkpoint asks for, by name or by bits", () => {
    const cache = (keys: object) => read({ quant_method: "modelopt", quant_algo: "FP8", ...keys }).shape?.weights.kvCacheDtype;
    assert.deepEqual(
      [
        cache({ kv_cache_scheme: "FP8" }),
        cache({ kv_cache_scheme: "nvfp4" }),
        cache({ kv_cache_scheme: { num_bits: 4, type: "float" } }),
        cache({ kv_cache_quant_algo: "FP8" }),
        cache({ kv_cache_scheme: { num_bits: 8, type: "int" } }),
        cache({}),
      ],
      ["fp8", "nvfp4", "nvfp4", "fp8", undefined, undefined],
    );
  });

  it("refuses a pattern whose search may never end, and reads eight-bit groups", () => {
    const groupOf = (target: string, weights: object) =>
      read({ quant_method: "compressed-tensors", config_groups: { group_0: { targets: [target], weights: { type: "int", ...weights } } } });
    for (const pattern of ["re:(a+)+$", "re:(.*)*b", "re:.*.*.*.*.*.*.*.*.*z"])
      assert.match(groupOf(pattern, { num_bits: 8 }).problems[0]!.message, /repeats too much/, pattern);
    const format = (weights: object) => groupOf("Linear", weights).shape?.weights.quantization;
    assert.deepEqual([format({ num_bits: 8 })?.method, format({ num_bits: 8 })?.bitsPerWeight], ["int8", 8]);
    assert.equal(format({ num_bits: 8, group_size: 128 })?.bitsPerWeight, 8 + 16 / 128);
  });

  it("counts one scale for each block of any shape", () => {
    const block = (sizes: unknown) => giB({ quant_method: "fp8", weight_block_size: sizes }, 4);
    // 1 × 128: a scale of four bytes for 128 weights; 128 × 128: one for 16,384.
    assert.ok(Math.abs(block([1, 128]) / block([128, 128]) - (1 + 4 / 128 / (1 + 4 / 16384)) * 1) < 0.02);
    assert.ok(block([1, 128]) < 2.4 && block([1, 128]) > 2.1);
  });

  it("names an unknown method and the known ones", () => {
    const [found] = read({ quant_method: "auto-round", bits: 4 }).problems;
    assert.match(found!.message, /quant_method is "auto-round"; known are fp8, .*bitsandbytes/);
    assert.match(found!.fix, /^Use a checkpoint of this model in one of the known formats/);
    assert.doesNotMatch(found!.message, /positive integer/);
  });

  it("does not change what a file without quantisation needs", () => {
    const { shape } = read(undefined);
    // 8,190,735,360 parameters of two bytes.
    assert.equal(weightBytes(shape!), 16_381_470_720);
  });
});

describe("a model inside a wrapper", () => {
  const inner = { ...qwen, architectures: undefined, model_type: "mistral4", n_routed_experts: 128, kv_lora_rank: 256 };
  const wrapped = (text_config: object) =>
    modelShapeFromConfig(JSON.stringify({ architectures: ["Mistral3ForConditionalGeneration"], text_config }), "a/b");

  it("is unknown if its type is unknown, whatever the wrapper is", () => {
    const { shape, problems } = wrapped(inner);
    assert.equal(shape, undefined);
    assert.match(problems[0]!.message, /language model of type "mistral4"/);
  });

  it("is read by its own type, whatever class the file names for it", () => {
    assert.equal(wrapped({ ...qwen, architectures: ["OtherForCausalLM"] }).shape?.architecture, "Qwen3ForCausalLM");
    assert.equal(wrapped({ ...qwen, architectures: undefined }).shape?.architecture, "Qwen3ForCausalLM");
  });

  it("is not read as a dense decoder if it has experts or a latent cache", () => {
    const text = JSON.stringify({ ...inner, architectures: ["Mistral4ForCausalLM"] });
    const [found] = modelShapeFromConfig(text, "a/b", { assumeDense: true }).problems;
    assert.match(found!.message, /not a dense decoder: the file has n_routed_experts, kv_lora_rank/);
  });
});
