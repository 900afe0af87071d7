import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { explainFit, fit } from "../../plan/fit";
import { configFolder } from "../calibration/models";

// Proves that the arithmetic of `fit --explain` adds up to the result of `fit`. The sizing specs prove the formulas.
const cases: [model: string, instanceType: string, tensorParallelSize: number, pipelineParallelSize: number][] = [
  ["Qwen/Qwen3-32B", "p5.48xlarge", 2, 1],
  ["deepseek-ai/DeepSeek-R1", "p5.48xlarge", 8, 2],
  ["openai/gpt-oss-120b", "p5.48xlarge", 8, 1],
  ["google/gemma-3-27b-it", "g6e.12xlarge", 4, 1],
  ["Qwen/Qwen3-Next-80B-A3B-Instruct", "p5.48xlarge", 8, 1],
  ["meta-llama/Llama-4-Maverick-17B-128E-Instruct", "p6-b200.48xlarge", 8, 1],
];

describe("the arithmetic of fit --explain", () => {
  for (const [model, instanceType, tensorParallelSize, pipelineParallelSize] of cases) {
    const request = { model, instanceType, tensorParallelSize, pipelineParallelSize };

    it(`adds up to the weights of one rank, tensor by tensor: ${model}`, () => {
      const lines = explainFit(request);
      const of = (line: string) => Number(/([\d.]+) GiB$/.exec(line)![1]);
      const end = lines.findIndex((line) => line.includes("together"));
      const tensors = lines.slice(2, end).map(of);
      const { memory } = fit(request);
      const fullest = memory!.ranks.reduce((least, rank) => (rank.kvCacheGiB < least.kvCacheGiB ? rank : least));
      assert.ok(Math.abs(tensors.reduce((sum, value) => sum + value, 0) - fullest.weightsGiB) < 0.02, lines.join("\n"));
      assert.equal(of(lines[end]!), Number(fullest.weightsGiB.toFixed(3)));
    });

    it(`ends with the tokens that fit prints, and names a source for every step: ${model}`, () => {
      const lines = explainFit(request);
      assert.ok(
        lines.some((line) => line.includes(`${fit(request).memory!.kvCacheTokens.toLocaleString("en-US")} tokens`)),
        lines.join("\n"),
      );
      const steps = lines.filter((line) => /^ {2}\S/.test(line)).length;
      assert.equal(lines.filter((line) => line.startsWith("    from ")).length, steps - 1, lines.join("\n"));
    });
  }

  it("is empty when there is nothing to compute", () => {
    assert.deepEqual(explainFit({ model: "Qwen/Qwen3-32B" }), []);
    assert.deepEqual(explainFit({ model: "nobody/nothing", instanceType: "p5.48xlarge" }), []);
    assert.deepEqual(explainFit({ model: "Qwen/Qwen3-32B", instanceType: "p9.48xlarge" }), []);
  });
});

describe("fit of an unknown architecture", () => {
  const config = JSON.parse(fs.readFileSync(path.join(configFolder, "Qwen--Qwen3-8B.json"), "utf8")) as object;
  const modelConfigJson = JSON.stringify({
    ...config,
    architectures: ["JambaForCausalLM"],
    model_type: "jamba",
    attn_layer_period: 8,
    num_memory_tokens: 16,
  });
  const request = { model: "ai21/jamba", modelConfigJson, instanceType: "p5.4xlarge" };

  it("names the fields that it cannot interpret, and offers an estimate", () => {
    const { verdict, problems, memory } = fit(request);
    assert.deepEqual([verdict, problems.map(({ code }) => code), memory], ["refused", ["model-config-unsupported"], null]);
    assert.match(problems[0]!.message, /JambaForCausalLM.*Not understood: .*attn_layer_period, num_memory_tokens/);
    assert.match(problems[0]!.fix, /--assume-dense/);
  });

  it("estimates a dense decoder when asked, and says what it leaves out", () => {
    const { verdict, problems, model } = fit({ ...request, assumeDense: true });
    assert.equal(verdict, "deployable");
    assert.match(problems[0]!.message, /read as a dense decoder. Fields left out: attn_layer_period, num_memory_tokens/);
    assert.equal(problems[0]!.severity, "warning");
    // A Qwen3 has norms of query and key, which the estimate leaves out.
    assert.equal(model!.parameters, 8_190_735_360 - 36 * 2 * 128);
  });

  it("refuses the estimate for a model with experts, which a dense decoder would count far too small", () => {
    const experts = JSON.stringify({ ...(JSON.parse(modelConfigJson) as object), num_experts: 16 });
    assert.doesNotMatch(fit({ ...request, modelConfigJson: experts }).problems[0]!.fix, /--assume-dense/);
    const { verdict, problems } = fit({ ...request, modelConfigJson: experts, assumeDense: true });
    assert.equal(verdict, "refused");
    assert.match(problems[0]!.message, /the file has num_experts/);
  });
});
