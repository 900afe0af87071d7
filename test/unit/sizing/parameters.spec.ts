import assert from "node:assert/strict";
import fc from "fast-check";
import { findModel } from "../../../catalog/models";
import type { ModelShape } from "../../../catalog/modelShape";
import { parameterCount, rankWeightBytes, weightBytes } from "../../../sizing/model/parameters";
import { layersPerStage } from "../../../sizing/layout/parallelism";

// Proves counts against those of publishers, and bytes against logged loads. Does not prove that vLLM's loader repacks nothing else.
const shapeOf = (id: string): ModelShape => {
  const model = findModel(id);
  assert.ok(model, id);
  return model.shape;
};
const gib = (bytes: number) => bytes / 2 ** 30;
const onRank = (id: string, tensorParallelSize: number, stages = 1, stage = 0, enableExpertParallel = false) => {
  const shape = shapeOf(id);
  const split = layersPerStage(shape.layers, stages);
  const firstLayer = split.slice(0, stage).reduce((sum, layers) => sum + layers, 0);
  return gib(rankWeightBytes(shape, { tensorParallelSize, enableExpertParallel, firstLayer, layers: split[stage]! }));
};

describe("parameter counts", () => {
  const published: [id: string, parameters: number][] = [
    ["meta-llama/Llama-3.1-8B-Instruct", 8_030_261_248],
    ["meta-llama/Llama-3.1-70B-Instruct", 70_553_706_496],
    ["meta-llama/Llama-3.1-405B-Instruct", 405_853_388_800],
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 32_763_876_352],
    ["Qwen/Qwen2.5-72B-Instruct", 72_706_203_648],
    ["Qwen/Qwen3-0.6B", 596_049_920],
    ["Qwen/Qwen3-8B", 8_190_735_360],
    ["Qwen/Qwen3-32B", 32_762_123_264],
    ["Qwen/Qwen3-30B-A3B", 30_532_122_624],
    ["Qwen/Qwen3-235B-A22B", 235_093_634_560],
    ["Qwen/Qwen3-Coder-480B-A35B-Instruct", 480_154_875_392],
    ["deepseek-ai/DeepSeek-V3", 671_026_419_200],
    ["moonshotai/Kimi-K2-Instruct", 1_026_408_232_448],
    ["mistralai/Mixtral-8x22B-v0.1", 140_620_634_112],
    ["openai/gpt-oss-20b", 20_914_757_184],
    ["openai/gpt-oss-120b", 116_829_156_672],
  ];
  for (const [id, parameters] of published) {
    it(`finds the ${parameters.toLocaleString("en-US")} parameters of ${id}`, () => assert.equal(parameterCount(shapeOf(id)), parameters));
  }
});

describe("weights in memory", () => {
  it("takes two bytes per parameter in bfloat16 if the vocabulary needs no padding", () => {
    assert.equal(weightBytes(shapeOf("Qwen/Qwen3-32B")), 2 * 32_762_123_264);
  });

  const logged: [title: string, computed: number, expectedGiB: number][] = [
    ["Llama-3.1-8B on one GPU", onRank("meta-llama/Llama-3.1-8B-Instruct", 1), 14.99],
    ["Qwen3-32B on one GPU", onRank("Qwen/Qwen3-32B", 1), 61.03],
    ["Qwen3-235B fp8 at TP 4", onRank("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", 4), 55.19],
    ["Llama-3.3-70B fp8 with channel scales on one GPU", onRank("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", 1), 67.72],
    ["DeepSeek-V3 fp8, whole", gib(weightBytes(shapeOf("deepseek-ai/DeepSeek-V3"))), 626.9],
    ["DeepSeek-V3 fp8 at TP 16", onRank("deepseek-ai/DeepSeek-V3", 16), 40.2],
    ["Kimi-K2 fp8 at TP 8", onRank("moonshotai/Kimi-K2-Instruct", 8), 120.8],
    ["R1-Distill-Qwen-32B at TP 8 × PP 2, first stage", onRank("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 8, 2, 0), 3.81],
    ["R1-Distill-Qwen-32B at TP 8", onRank("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 8), 7.63],
  ];
  for (const [title, computed, expected] of logged) {
    it(`loads ${title} in ${expected} GiB, within 0.5 %`, () => assert.ok(Math.abs(computed / expected - 1) < 0.005, `${computed}`));
  }

  it("copies a key-value head to every rank beyond the number of heads", () => {
    const shape = shapeOf("Qwen/Qwen3-235B-A22B"); // 4 heads
    const bytes = (tensorParallelSize: number) =>
      rankWeightBytes(
        { ...shape, vocabSize: 64, moe: { ...shape.moe!, experts: 1 } },
        { tensorParallelSize, enableExpertParallel: true, firstLayer: 0, layers: 94 },
      );
    const keyValueOfOneHead = 2 * 94 * 128 * 4096 * 2;
    assert.ok(bytes(8) > keyValueOfOneHead && bytes(64) > keyValueOfOneHead);
  });

  it("keeps tied embeddings on both the first and the last stage", () => {
    const shape = shapeOf("Qwen/Qwen3-0.6B");
    const place = { tensorParallelSize: 1, enableExpertParallel: false, layers: 14 };
    const both = rankWeightBytes(shape, { ...place, firstLayer: 0 }) + rankWeightBytes(shape, { ...place, firstLayer: 14 });
    assert.equal(both - weightBytes(shape), 2 * 151936 * 1024);
  });

  it("puts whole experts on ranks under expert parallelism, in the same bytes when they divide", () => {
    assert.equal(onRank("Qwen/Qwen3-235B-A22B", 8, 1, 0, true), onRank("Qwen/Qwen3-235B-A22B", 8));
  });

  it("never needs more memory on a rank when tensor parallelism grows", () => {
    const ids = [
      "Qwen/Qwen3-32B",
      "deepseek-ai/DeepSeek-V3",
      "Qwen/Qwen3-235B-A22B-FP8",
      "openai/gpt-oss-120b",
      "Qwen/Qwen2.5-72B-Instruct",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.integer({ min: 0, max: 5 }), fc.boolean(), (id, power, ep) => {
        assert.ok(onRank(id, 2 ** (power + 1), 1, 0, ep) <= onRank(id, 2 ** power, 1, 0, ep));
      }),
    );
  });

  it("adds up over stages to the whole model when embeddings are not tied", () => {
    fc.assert(
      fc.property(fc.constantFrom("Qwen/Qwen3-32B", "deepseek-ai/DeepSeek-V3"), fc.integer({ min: 1, max: 8 }), (id, stages) => {
        const sum = Array.from({ length: stages }, (_, stage) => onRank(id, 1, stages, stage)).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - gib(weightBytes(shapeOf(id)))) < 1e-6);
      }),
    );
  });
});
