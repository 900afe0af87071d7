import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { architectures } from "../../../sizing/model/architectures";
import { resolveMemory } from "../../../sizing/memory/memory";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";
import { resolveLayout } from "../../../sizing/layout/parallelism";
import { endsOf, parameterCount, rankWeightBytes } from "../../../sizing/model/parameters";
import { throughputBounds } from "../../../sizing/costAndTime/throughput";

// Proves that no model, however odd, breaks the arithmetic, and that memory grows and shrinks as expected.
// The models are invented from the fields that every architecture reads. The calibration proves that the numbers are right.
const power = (least: number, most: number) => fc.integer({ min: least, max: most }).map((exponent) => 2 ** exponent);
const quantization = fc.constantFrom<object | undefined>(
  undefined,
  { quant_method: "fp8", weight_block_size: [128, 128] },
  { quant_method: "fp8" },
  { quant_method: "awq", bits: 4, group_size: 128 },
  { quant_method: "gptq", bits: 8, group_size: 32 },
  { quant_method: "mxfp4" },
  { quant_method: "modelopt", quant_algo: "NVFP4" },
  { quant_method: "bitsandbytes", load_in_4bit: true },
);
const configs = fc
  .record({
    architectures: fc.constantFrom(...architectures.flatMap(({ names }) => names)).map((name) => [name]),
    num_hidden_layers: fc.integer({ min: 1, max: 130 }),
    hidden_size: power(8, 14),
    intermediate_size: power(8, 16),
    num_attention_heads: fc.constantFrom(8, 14, 16, 32, 40, 64, 96, 128),
    num_key_value_heads: fc.constantFrom(1, 2, 4, 8),
    head_dim: fc.constantFrom(64, 96, 128, 256),
    vocab_size: fc.integer({ min: 1000, max: 300_000 }),
    max_position_embeddings: power(11, 20),
    tie_word_embeddings: fc.boolean(),
    attention_bias: fc.boolean(),
    sliding_window: fc.constantFrom(null, 128, 1024, 4096),
    attention_chunk_size: fc.constantFrom(null, 8192),
    quantization_config: quantization,
    experts: fc.constantFrom(8, 64, 128, 256),
    num_experts_per_tok: fc.constantFrom(1, 2, 8),
    moe_intermediate_size: power(7, 12),
    n_shared_experts: fc.constantFrom(0, 1, 2),
    first_k_dense_replace: fc.constantFrom(0, 1, 3),
    kv_lora_rank: fc.constantFrom(256, 512),
    index_n_heads: fc.constantFrom(undefined, 64),
  })
  .map(({ experts, ...config }) => ({
    ...config,
    ...{ num_experts: experts, num_local_experts: experts, n_routed_experts: experts },
    ...{ q_lora_rank: 1536, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128, index_head_dim: 128 },
    ...{ linear_num_key_heads: 16, linear_num_value_heads: 32, linear_key_head_dim: 128, linear_value_head_dim: 128 },
    ...{ mamba_num_heads: 128, mamba_head_dim: 64, intermediate_size_mlp: 16384 },
    hybrid_override_pattern: "M-ME*".repeat(26).slice(0, config.num_hidden_layers),
    shared_expert_intermediate_size: config.moe_intermediate_size,
  }));
const types = fc.constantFrom(...instanceTypes.filter(({ unsupportedReason }) => unsupportedReason === undefined));
const sizes = fc.constantFrom(1, 2, 3, 4, 8, 16);
const settings = fc.record(
  {
    gpuMemoryUtilization: fc.double({ min: 0.1, max: 1, noNaN: true }),
    maxModelLen: fc.constantFrom(-1, 1, 4096, 131_072),
    maxNumSeqs: fc.integer({ min: 1, max: 2048 }),
    kvCacheDtype: fc.constantFrom("auto", "fp8", "nvfp4"),
    enforceEager: fc.boolean(),
    decodeContextParallelSize: fc.constantFrom(1, 2),
  },
  { requiredKeys: [] },
);
const versions = fc.constantFrom("0.6.4", "0.11.0", "0.19.1", "0.27.1");

describe("any model on any shape", () => {
  it("gives a plan or problems in ten thousand cases, never an exception or NaN", () => {
    let plans = 0;
    fc.assert(
      fc.property(configs, types, sizes, sizes, settings, versions, (config, type, tp, pp, given, vllmVersion) => {
        const { shape, problems } = modelShapeFromConfig(JSON.stringify(config), "org/model");
        if (!shape) return assert.ok(problems.length > 0);
        const request = { tensorParallelSize: tp, pipelineParallelSize: pp, enableExpertParallel: tp === 8 };
        const { layout, problems: ofLayout } = resolveLayout(shape, type, request);
        if (!layout) return assert.ok(ofLayout.length > 0);
        const { memory, problems: ofMemory } = resolveMemory(shape, type, layout, {
          ...given,
          vllmVersion,
          enableExpertParallel: tp === 8,
        });
        if (!memory) return assert.ok(ofMemory.length > 0);
        plans++;
        for (const { kind, ...rank } of memory.ranks.map((each) => ({ kind: "rank", ...each }))) {
          for (const value of Object.values(rank)) assert.ok(Number.isFinite(value), `${kind} ${JSON.stringify(rank)}`);
        }
        const { longestContext, longestSafeContext, kvCacheTokens, maxConcurrency, kvBytesPerToken, uncertaintyPercent } = memory;
        for (const value of [kvCacheTokens, maxConcurrency, longestContext, longestSafeContext])
          assert.ok(value >= 0 && Number.isFinite(value));
        assert.ok(longestSafeContext <= longestContext && kvBytesPerToken >= 0 && uncertaintyPercent >= 1 && uncertaintyPercent <= 100);
        const speed = throughputBounds(shape, type, layout, memory, { vllmVersion, enableExpertParallel: tp === 8 });
        if (speed) assert.ok(speed.singleTokensPerSecond > 0 && Number.isFinite(speed.fullTokensPerSecond));
      }),
      { numRuns: 10_000 },
    );
    assert.ok(plans > 2000, `${plans} plans`);
  });

  it("never holds fewer tokens with more memory", () => {
    fc.assert(
      fc.property(
        configs,
        sizes,
        fc.double({ min: 0.2, max: 0.9, noNaN: true }),
        fc.constantFrom("auto", "fp8"),
        (config, tp, share, kvCacheDtype) => {
          const { shape } = modelShapeFromConfig(JSON.stringify(config), "org/model");
          const type = instanceTypes.find(({ name }) => name === "p5en.48xlarge")!;
          const layout =
            shape && resolveLayout(shape, type, { tensorParallelSize: tp, pipelineParallelSize: 1, enableExpertParallel: true }).layout;
          if (!layout) return;
          const at = (gpuMemoryUtilization: number) =>
            resolveMemory(shape, type, layout, {
              vllmVersion: "0.27.1",
              enableExpertParallel: true,
              kvCacheDtype,
              gpuMemoryUtilization,
              maxModelLen: 2048,
            }).memory!;
          assert.ok(at(share + 0.1).kvCacheTokens >= at(share).kvCacheTokens);
          assert.ok(at(share + 0.1).longestContext >= at(share).longestContext);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("never has more weights on a rank when tensor parallelism doubles, and has all weights over the stages", () => {
    fc.assert(
      fc.property(configs, fc.constantFrom(1, 2, 4), fc.integer({ min: 1, max: 6 }), (config, tensorParallelSize, cut) => {
        const { shape } = modelShapeFromConfig(JSON.stringify(config), "org/model");
        if (!shape) return;
        const place = (size: number, firstLayer: number, layers: number) => ({
          tensorParallelSize: size,
          enableExpertParallel: false,
          firstLayer,
          layers,
        });
        const whole = rankWeightBytes(shape, place(tensorParallelSize, 0, shape.layers));
        const doubled = rankWeightBytes(shape, place(2 * tensorParallelSize, 0, shape.layers));
        assert.ok(doubled <= whole);
        const first = Math.min(cut, shape.layers);
        const stages = [
          place(tensorParallelSize, 0, first),
          ...(first < shape.layers ? [place(tensorParallelSize, first, shape.layers - first)] : []),
        ];
        const sum = stages.reduce((total, each) => total + rankWeightBytes(shape, each), 0);
        const embeddings = (Math.ceil(shape.vocabSize / 64) * 64 * shape.hiddenSize * 2) / tensorParallelSize;
        const ends = stages.flatMap((each) => endsOf(shape, each)).length - endsOf(shape, place(1, 0, shape.layers)).length;
        assert.ok(Math.abs(sum - whole - ends * embeddings) <= 1e-9 * whole + shape.hiddenSize * 2, `${sum} ${whole} ${ends}`);
        assert.ok(Number.isSafeInteger(parameterCount(shape)));
      }),
      { numRuns: 1000 },
    );
  });
});
