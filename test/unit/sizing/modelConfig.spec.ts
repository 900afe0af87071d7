import assert from "node:assert/strict";
import fc from "fast-check";
import { findModel } from "../../../catalog/models";
import { modelShapeFromConfig, resolveModel } from "../../../sizing/model/modelConfig";
import { parameterCount } from "../../../sizing/model/parameters";

// Proves that config.json texts of publishers are read correctly. Does not prove that a checkpoint holds what its config says.
const read = (config: object, id = "org/model") => modelShapeFromConfig(JSON.stringify(config), id);
const catalogShape = (id: string) => findModel(id)!.shape;

const distill = {
  architectures: ["Qwen2ForCausalLM"],
  hidden_size: 5120,
  intermediate_size: 27648,
  max_position_embeddings: 131072,
  max_window_layers: 64,
  model_type: "qwen2",
  num_attention_heads: 40,
  num_hidden_layers: 64,
  num_key_value_heads: 8,
  rope_theta: 1000000.0,
  sliding_window: 131072,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  use_sliding_window: false,
  vocab_size: 152064,
};
const qwenExperts = {
  architectures: ["Qwen3MoeForCausalLM"],
  attention_bias: false,
  decoder_sparse_step: 1,
  head_dim: 128,
  hidden_size: 4096,
  intermediate_size: 12288,
  max_position_embeddings: 40960,
  mlp_only_layers: [],
  moe_intermediate_size: 1536,
  num_attention_heads: 64,
  num_experts: 128,
  num_experts_per_tok: 8,
  num_hidden_layers: 94,
  num_key_value_heads: 4,
  quantization_config: { activation_scheme: "dynamic", fmt: "e4m3", quant_method: "fp8", weight_block_size: [128, 128] },
  sliding_window: null,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  vocab_size: 151936,
};
const deepSeek = {
  architectures: ["DeepseekV3ForCausalLM"],
  first_k_dense_replace: 3,
  hidden_size: 7168,
  intermediate_size: 18432,
  kv_lora_rank: 512,
  max_position_embeddings: 163840,
  moe_intermediate_size: 2048,
  n_routed_experts: 256,
  n_shared_experts: 1,
  num_attention_heads: 128,
  num_experts_per_tok: 8,
  num_hidden_layers: 61,
  num_key_value_heads: 128,
  num_nextn_predict_layers: 1,
  q_lora_rank: 1536,
  qk_nope_head_dim: 128,
  qk_rope_head_dim: 64,
  quantization_config: { activation_scheme: "dynamic", fmt: "e4m3", quant_method: "fp8", weight_block_size: [128, 128] },
  rope_scaling: { beta_fast: 32, factor: 40, original_max_position_embeddings: 4096, type: "yarn" },
  torch_dtype: "bfloat16",
  v_head_dim: 128,
  vocab_size: 129280,
};
const mixtral = {
  architectures: ["MixtralForCausalLM"],
  hidden_size: 6144,
  intermediate_size: 16384,
  max_position_embeddings: 65536,
  num_attention_heads: 48,
  num_experts_per_tok: 2,
  num_hidden_layers: 56,
  num_key_value_heads: 8,
  num_local_experts: 8,
  sliding_window: null,
  torch_dtype: "bfloat16",
  vocab_size: 32000,
};
const gptOss = {
  architectures: ["GptOssForCausalLM"],
  attention_bias: true,
  head_dim: 64,
  hidden_size: 2880,
  intermediate_size: 2880,
  layer_types: Array.from({ length: 24 }, (_, layer) => (layer % 2 === 0 ? "sliding_attention" : "full_attention")),
  max_position_embeddings: 131072,
  num_attention_heads: 64,
  num_experts_per_tok: 4,
  num_hidden_layers: 24,
  num_key_value_heads: 8,
  num_local_experts: 32,
  quantization_config: {
    modules_to_not_convert: ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"],
    quant_method: "mxfp4",
  },
  rope_scaling: { factor: 32.0, original_max_position_embeddings: 4096, rope_type: "yarn" },
  sliding_window: 128,
  vocab_size: 201088,
};

describe("reading a config.json", () => {
  const twins: [id: string, config: object][] = [
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", distill],
    ["Qwen/Qwen3-235B-A22B-FP8", qwenExperts],
    ["deepseek-ai/DeepSeek-V3", deepSeek],
    ["mistralai/Mixtral-8x22B-v0.1", mixtral],
    ["openai/gpt-oss-20b", gptOss],
  ];
  for (const [id, config] of twins) {
    it(`gives ${id} the shape that the catalog has`, () => {
      assert.deepEqual(read(config, id), { shape: catalogShape(id), problems: [] });
    });
  }

  it("reads the language model inside a multimodal config, with a warning that the rest is not counted", () => {
    const nested = {
      architectures: ["KimiK25ForConditionalGeneration"],
      torch_dtype: "bfloat16",
      vision_config: {},
      text_config: deepSeek,
    };
    const { shape, problems } = read(nested);
    assert.equal(parameterCount(shape!), 671_026_419_200);
    assert.deepEqual(
      problems.map(({ code, severity }) => `${severity} ${code}`),
      ["warning model-config-unsupported"],
    );
  });

  it("recognises a nested language model by its model_type if it names no architecture", () => {
    const text_config = { ...mixtral, architectures: undefined, model_type: "mixtral" };
    const nested = { architectures: ["Mistral3ForConditionalGeneration"], text_config };
    assert.equal(read(nested).shape?.architecture, "MixtralForCausalLM");
  });

  it("reads fp8 with channel scales, and modules that every layer keeps in bfloat16", () => {
    const everyLayer = Array.from({ length: 94 }, (_, layer) => `model.layers.${layer}.self_attn.q_proj`);
    const quantization_config = {
      quant_method: "compressed-tensors",
      config_groups: { group_0: { weights: { num_bits: 8, type: "float", strategy: "channel" } } },
      ignore: ["lm_head", ...everyLayer, "model.layers.0.mlp.gate"],
    };
    assert.deepEqual(read({ ...qwenExperts, quantization_config }).shape?.weights.quantization, {
      method: "compressed-tensors",
      bitsPerWeight: 8,
      unquantized: ["attention"],
    });
  });

  it("ignores routers, norms and heads in an exclusion list", () => {
    const quantization_config = {
      ...qwenExperts.quantization_config,
      modules_to_not_convert: ["lm_head", "model.norm", ...Array.from({ length: 94 }, (_, n) => `model.layers.${n}.mlp.gate`)],
    };
    assert.equal(read({ ...qwenExperts, quantization_config }).shape?.weights.quantization?.unquantized, undefined);
  });

  it("lengthens the context by YaRN as vLLM derives it, but not by Llama 3's scaling", () => {
    const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 32768 };
    assert.equal(read({ ...distill, max_position_embeddings: 32768, rope_scaling: yarn }).shape?.maxPositionEmbeddings, 131072);
    assert.equal(read({ ...distill, rope_scaling: { ...yarn, rope_type: "llama3" } }).shape?.maxPositionEmbeddings, 131072);
  });

  it("names every field that it cannot read", () => {
    const { shape, problems } = read({ ...distill, num_hidden_layers: "64", vocab_size: -1, num_key_value_heads: 7 });
    assert.equal(shape, undefined);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.code, "model-config-unsupported");
    for (const field of ["num_hidden_layers", "vocab_size", "num_key_value_heads"]) assert.match(problems[0]!.message, new RegExp(field));
    assert.doesNotMatch(problems[0]!.message, /hidden_size/);
  });

  it("reads the blocks of a hybrid letter by letter, and refuses a pattern without attention or of another length", () => {
    const config = (hybrid_override_pattern: string) => ({
      ...{
        architectures: ["NemotronHForCausalLM"],
        num_hidden_layers: 4,
        hidden_size: 1024,
        num_attention_heads: 8,
        num_key_value_heads: 2,
      },
      ...{ head_dim: 128, intermediate_size: 4096, vocab_size: 32000, max_position_embeddings: 8192 },
      ...{ mamba_num_heads: 32, mamba_head_dim: 64, n_groups: 8, ssm_state_size: 128, conv_kernel: 4, hybrid_override_pattern },
    });
    assert.equal(read(config("M-M*")).shape?.blockPattern, "M-M*");
    for (const pattern of ["M-M-", "M-M*M", "M-X*"])
      assert.match(read(config(pattern)).problems[0]!.message, /hybrid_override_pattern/, pattern);
  });

  it("names an architecture and a quantisation that it does not know", () => {
    assert.match(read({ architectures: ["MambaForCausalLM"] }).problems[0]!.message, /MambaForCausalLM/);
    assert.match(read({ ...distill, quantization_config: { quant_method: "exl2" } }).problems[0]!.message, /quant_method is "exl2"/);
  });

  for (const text of [
    "",
    "not json",
    "null",
    "[]",
    "3",
    '{"architectures":"LlamaForCausalLM"}',
    '{"architectures":[{}]}',
    '{"model_type":"constructor"}',
    "[".repeat(100000),
  ]) {
    it(`answers ${JSON.stringify(text.slice(0, 40))} with a problem instead of an exception`, () => {
      const { shape, problems } = modelShapeFromConfig(text, "org/model");
      assert.equal(shape, undefined);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["model-config-unsupported"],
      );
    });
  }

  it("never throws and never counts NaN for any field values", () => {
    const fields = fc.constantFrom(...Object.keys({ ...deepSeek, ...gptOss, ...qwenExperts }));
    const damage = fc.dictionary(fields, fc.oneof(fc.jsonValue(), fc.integer(), fc.double()), { maxKeys: 4 });
    fc.assert(
      fc.property(fc.constantFrom(distill, qwenExperts, deepSeek, mixtral, gptOss), damage, (config, damaged) => {
        const { shape, problems } = read({ ...config, ...damaged });
        if (shape) assert.ok(Number.isFinite(parameterCount(shape)) && parameterCount(shape) > 0);
        else assert.ok(problems.length > 0);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.ok(modelShapeFromConfig(text, "x").problems.length > 0)));
  });
});

describe("resolving a model", () => {
  it("takes a known id from the catalog", () => {
    const { model, problems } = resolveModel({ model: "Qwen/Qwen3-32B" });
    assert.deepEqual(problems, []);
    assert.equal(model?.source, "catalog");
    assert.equal(model?.catalog?.shape, model?.shape);
  });

  it("prefers a given config over the catalog", () => {
    const { model } = resolveModel({ model: "Qwen/Qwen3-32B", modelConfigJson: JSON.stringify(distill) });
    assert.equal(model?.source, "config");
    assert.equal(model?.shape.attentionHeads, 40);
    assert.equal(model?.shape.id, "Qwen/Qwen3-32B");
  });

  for (const typed of ["deepseek-ai/Deepseek-R1-Distil-Qwen-32B", "deepseek-r1-distill-qwen-32b"]) {
    it(`suggests the model that ${typed} resembles, and names the alternative`, () => {
      const { model, problems } = resolveModel({ model: typed });
      assert.equal(model, undefined);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.code, "model-unknown");
      assert.match(problems[0]!.fix, /modelConfigFile/);
      assert.deepEqual(problems[0]!.changes, [{ path: "model", value: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B" }]);
    });
  }

  it("does not propose a model for a name that resembles none", () => {
    const { problems } = resolveModel({ model: "acme/zzz" });
    assert.deepEqual(problems[0]!.changes, []);
    assert.match(problems[0]!.fix, /modelConfigFile/);
  });
});
