import assert from "node:assert/strict";
import { findModel } from "../../../catalog/models";
import { usesSecondRunner } from "../../../sizing/memory/engineDefaults";
import { configShape } from "../../calibration/models";

// Literal values from `vllm/config/vllm.py` of each version. Says nothing about settings that make vLLM fall back to the first runner.
const versions = ["0.21.0", "0.22.1", "0.23.0", "0.24.0", "0.25.1", "0.27.1", "0.28.0", "0.29.0"];
const served = (shape: Parameters<typeof usesSecondRunner>[0]) => versions.filter((version) => usesSecondRunner(shape, version));

describe("vLLM's second model runner", () => {
  it("serves Qwen3 since 0.22, Llama since 0.23 and other dense models since 0.25", () => {
    assert.equal(served(configShape("Qwen/Qwen3-32B"))[0], "0.22.1");
    assert.equal(served(configShape("meta-llama/Llama-3.1-8B"))[0], "0.23.0");
    assert.equal(served(configShape("google/gemma-3-27b-it-text"))[0], "0.25.1");
  });

  it("serves quantised models of the list since 0.24", () => {
    assert.equal(served(configShape("Qwen/Qwen3-32B-AWQ"))[0], "0.24.0");
    assert.equal(served(configShape("Qwen/Qwen3-8B-FP8"))[0], "0.24.0");
  });

  it("serves DeepSeek-V2 with its experts since 0.24, and every other mixture and hybrid since 0.29", () => {
    assert.equal(served(configShape("deepseek-ai/DeepSeek-V2-Lite-Chat"))[0], "0.24.0");
    assert.equal(served(findModel("deepseek-ai/DeepSeek-R1")!.shape)[0], "0.29.0");
    assert.equal(served(configShape("Qwen/Qwen3.5-9B"))[0], "0.29.0");
  });
});
