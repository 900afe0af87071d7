import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceType, instanceTypes } from "../../../catalog/instanceTypes";
import type { ModelShape } from "../../../catalog/modelShape";
import { findModel, models } from "../../../catalog/models";
import { resolveMemory } from "../../../sizing/memory/memory";
import { resolveLayout } from "../../../sizing/layout/parallelism";
import { throughputBounds } from "../../../sizing/costAndTime/throughput";
import { configShape } from "../../calibration/models";

// Proves that the bounds lie above what was measured, and change as the hardware does. Does not predict how close an engine comes.
function bounds(shape: ModelShape, type: string, tensorParallelSize: number, pipelineParallelSize = 1, maxModelLen = 4096) {
  const facts = instanceType(type);
  const { layout } = resolveLayout(shape, facts, { tensorParallelSize, pipelineParallelSize, enableExpertParallel: false });
  const settings = { vllmVersion: "0.27.1", enableExpertParallel: false, maxModelLen };
  const { memory } = resolveMemory(shape, facts, layout!, settings);
  return throughputBounds(shape, facts, layout!, memory!, settings);
}
const catalogShape = (id: string) => findModel(id)!.shape;

describe("bounds of decoding", () => {
  // https://johnmusgrave.com/p/vllm-throughput-latency-sweep-on (vLLM 0.23),
  // https://yobitelcomm.github.io/bench/recipes/concurrency-sweep (0.21)
  const measured: [title: string, shape: ModelShape, type: string, tokensPerSecond: number][] = [
    ["Llama-3.1-8B on one A100-40", catalogShape("meta-llama/Llama-3.1-8B-Instruct"), "p4d.24xlarge", 75],
    ["Llama-3.1-8B on one H100", catalogShape("meta-llama/Llama-3.1-8B-Instruct"), "p5.4xlarge", 154],
  ];
  for (const [title, shape, type, tokensPerSecond] of measured) {
    it(`for one request of ${title} lie above the ${tokensPerSecond} tokens a second that were measured, and below twice that`, () => {
      const { singleTokensPerSecond } = bounds(shape, type, 1)!;
      assert.ok(singleTokensPerSecond > tokensPerSecond && singleTokensPerSecond < 2 * tokensPerSecond, `${singleTokensPerSecond}`);
    });
  }

  it("divide the bytes read by the memory's bandwidth: 15.01 GB of Llama-3.1-8B without its embedding at 3,350 GB/s", () => {
    const { singleTokensPerSecond } = bounds(catalogShape("meta-llama/Llama-3.1-8B-Instruct"), "p5.4xlarge", 1)!;
    const read = 2 * (8_030_261_248 - 128_256 * 4096) + 131_072;
    assert.ok(Math.abs(singleTokensPerSecond - 3350e9 / read) < 1e-6);
  });

  it("read only the experts that a token is sent to", () => {
    const [dense, sparse] = [
      bounds(catalogShape("Qwen/Qwen3-32B"), "p5.48xlarge", 8)!,
      bounds(catalogShape("Qwen/Qwen3-30B-A3B"), "p5.48xlarge", 4)!,
    ];
    assert.ok(sparse.singleTokensPerSecond > 2 * dense.singleTokensPerSecond);
  });

  it("let one request wait for every stage in turn, and many requests use all stages at once", () => {
    const shape = catalogShape("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B");
    const [one, two] = [bounds(shape, "p4d.24xlarge", 8)!, bounds(shape, "p4d.24xlarge", 8, 2)!];
    assert.ok(Math.abs(two.singleTokensPerSecond / one.singleTokensPerSecond - 1) < 0.02);
    assert.ok(two.fullTokensPerSecond > 1.5 * one.fullTokensPerSecond);
  });

  it("shrink when tensor parallelism leaves the node", () => {
    const shape = catalogShape("Qwen/Qwen3-32B");
    assert.ok(bounds(shape, "p4d.24xlarge", 16)!.fullTokensPerSecond < bounds(shape, "p4d.24xlarge", 8, 2)!.fullTokensPerSecond);
  });

  it("count only the window of a long context", () => {
    const full = catalogShape("openai/gpt-oss-120b");
    const windowless: ModelShape = { ...full, attention: { kind: "full" } };
    assert.ok(bounds(full, "p5.48xlarge", 8)!.fullTokensPerSecond > bounds(windowless, "p5.48xlarge", 8)!.fullTokensPerSecond);
  });

  it("include the states of layers without attention", () => {
    const shape = configShape("Qwen/Qwen3-Next-80B-A3B-Thinking");
    const { state } = shape;
    assert.ok(state?.kind === "linearAttention");
    const stateless: ModelShape = { ...shape, state: { ...state, valueHeadDim: 1 } };
    assert.ok(bounds(shape, "p5en.48xlarge", 8)!.fullTokensPerSecond < bounds(stateless, "p5en.48xlarge", 8)!.fullTokensPerSecond);
  });

  it("are undefined without a GPU or without room for a request", () => {
    assert.equal(bounds(catalogShape("Qwen/Qwen3-0.6B"), "cpu", 1), undefined);
    assert.equal(bounds(catalogShape("Qwen/Qwen3-32B"), "g6.8xlarge", 1), undefined);
  });

  it("are positive and finite if a model fits, and never lower for a batch than for one request", () => {
    const gpuTypes = instanceTypes.filter((type) => type.gpu && !type.unsupportedReason);
    fc.assert(
      fc.property(fc.constantFrom(...models), fc.constantFrom(...gpuTypes), fc.constantFrom(1, 2, 4, 8), ({ shape }, type, size) => {
        const request = { tensorParallelSize: size, pipelineParallelSize: 1, enableExpertParallel: false };
        if (!resolveLayout(shape, type, request).layout) return;
        const found = bounds(shape, type.name, size);
        if (!found) return;
        assert.ok(Number.isFinite(found.singleTokensPerSecond) && found.singleTokensPerSecond > 0);
        assert.ok(found.fullTokensPerSecond > 0 && found.batch >= 1);
        if (!shape.moe && found.batch > 1) assert.ok(found.fullTokensPerSecond > found.singleTokensPerSecond);
      }),
    );
  });
});
