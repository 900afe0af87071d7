/** Does not prove that a publisher's config.json still says the same; parameter counts are compared in the sizing specs. */
import assert from "node:assert/strict";
import { findModel, models, type CatalogModel } from "../../../catalog/models";
import { checkEngineArguments } from "../../../components/vllmLeaderWorkerSet/argumentRules";

const model = (id: string): CatalogModel => {
  const found = findModel(id);
  assert.ok(found, id);
  return found;
};

describe("catalog/models", () => {
  it("lists each repository once", () => {
    assert.equal(models.length, 64);
    assert.equal(new Set(models.map(({ shape }) => shape.id)).size, models.length);
    for (const { shape } of models) assert.match(shape.id, /^[\w.-]+\/[\w.-]+$/);
  });

  it("pins full commits, including those of the models that the environments deploy", () => {
    for (const { shape, revision } of models) if (revision !== undefined) assert.match(revision, /^[0-9a-f]{40}$/, shape.id);
    assert.equal(model("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B").revision, "711ad2ea6aa40cfca18895e8aca02ab92df1a746");
    assert.equal(model("Qwen/Qwen3-32B").revision, "9216db5781bf21249d130ec9da846c4624c16137");
    assert.equal(model("Qwen/Qwen3-8B").revision, "b968826d9c46dd6066d109eabc6255188de91218");
    assert.equal(model("moonshotai/Kimi-K2-Instruct-0905").revision, "7152993552508c9f22042b3bb93b5e6acd06ce73");
  });

  it("has consistent shapes", () => {
    for (const { shape } of models) {
      const sizes = [shape.layers, shape.hiddenSize, shape.attentionHeads, shape.headDim, shape.vocabSize, shape.maxPositionEmbeddings];
      for (const size of sizes) assert.ok(Number.isInteger(size) && size > 0, shape.id);
      assert.equal(shape.attentionHeads % shape.kvHeads, 0, shape.id);
      if (shape.attention.kind !== "full") assert.ok(shape.attention.fullLayers < shape.layers, shape.id);
      if (!shape.moe) continue;
      assert.ok(shape.moe.activeExperts < shape.moe.experts && shape.moe.denseLayers < shape.layers, shape.id);
      assert.equal(shape.moe.sharedExperts > 0, shape.moe.sharedExpertIntermediateSize > 0, shape.id);
    }
  });

  it("gives R1-Distill-Qwen-32B the 40 heads that do not allow a tensor parallel size of 16", () => {
    const { shape } = model("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B");
    assert.deepEqual([shape.layers, shape.hiddenSize, shape.attentionHeads, shape.kvHeads], [64, 5120, 40, 8]);
    assert.deepEqual([shape.intermediateSize, shape.vocabSize, shape.attentionBias], [27648, 152064, true]);
  });

  it("keeps 512 + 64 latent numbers per token and layer for DeepSeek and Kimi", () => {
    for (const id of ["deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-R1-0528", "moonshotai/Kimi-K2-Instruct-0905"]) {
      const { mla, layers } = model(id).shape;
      assert.ok(mla, id);
      assert.equal((mla.kvLoraRank + mla.ropeHeadDim) * 2 * layers, 70272, id);
    }
  });

  it("distinguishes Kimi-K2 from DeepSeek-V3 by heads, experts, dense layers and vocabulary", () => {
    const { shape } = model("moonshotai/Kimi-K2-Instruct");
    assert.deepEqual([shape.attentionHeads, shape.moe?.experts, shape.moe?.denseLayers, shape.vocabSize], [64, 384, 1, 163840]);
    assert.equal(model("moonshotai/Kimi-K2-Instruct-0905").shape.maxPositionEmbeddings, 262144);
  });

  it("stores FP8 checkpoints of Qwen and DeepSeek in blocks of 128 and per-channel ones without blocks", () => {
    for (const id of ["Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", "deepseek-ai/DeepSeek-R1"]) {
      assert.deepEqual(model(id).shape.weights.quantization, { method: "fp8", bitsPerWeight: 8, block: { outputs: 128, inputs: 128 } }, id);
    }
    assert.equal(model("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic").shape.weights.quantization?.block, undefined);
  });

  it("halves the full-attention layers of gpt-oss and leaves its attention unquantized", () => {
    for (const [id, fullLayers] of [["openai/gpt-oss-20b", 12] as const, ["openai/gpt-oss-120b", 18] as const]) {
      const { attention, weights } = model(id).shape;
      assert.deepEqual(attention, { kind: "sliding", window: 128, fullLayers });
      assert.deepEqual(weights.quantization?.unquantized, ["attention"]);
    }
  });

  it("asks for a tool parser only together with automatic tool choice", () => {
    for (const { shape, engineArguments } of models) {
      assert.equal(engineArguments.includes("--tool-call-parser"), engineArguments.includes("--enable-auto-tool-choice"), shape.id);
    }
    assert.deepEqual(model("Qwen/Qwen3-32B").engineArguments, [
      "--reasoning-parser",
      "qwen3",
      "--enable-auto-tool-choice",
      "--tool-call-parser",
      "hermes",
    ]);
    assert.deepEqual(model("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B").engineArguments, ["--reasoning-parser", "deepseek_r1"]);
  });

  it("runs code from a repository only if the tokenizer or the configuration is code", () => {
    const trusted = models.filter(({ engineArguments }) => engineArguments.includes("--trust-remote-code"));
    for (const { shape } of trusted) assert.match(shape.id, /Kimi-K|MiniMax-M2|MiMo/);
    assert.equal(trusted.length, 9);
  });

  it("has no other argument that runs code or trusts requests", () => {
    for (const { shape, engineArguments: extraArguments } of models) {
      const found = checkEngineArguments({ engine: { extraArguments }, vllmVersion: "0.27.1", groupSize: 1 });
      const reserved = found.filter(
        ({ code, message }) => code === "engine-argument-reserved" && !message.startsWith("--trust-remote-code"),
      );
      assert.deepEqual(reserved, [], shape.id);
    }
  });

  it("marks repositories of Meta and Google as gated", () => {
    const gated = models.filter((entry) => entry.gated);
    for (const { shape } of gated) assert.match(shape.id, /^(meta-llama|google)\//);
    assert.equal(gated.length, models.filter(({ shape }) => /^(meta-llama|google)\//.test(shape.id)).length);
  });

  it("returns undefined for a repository that it does not list", () => {
    assert.equal(findModel("Qwen/Qwen3-33B"), undefined);
  });
});
