import assert from "node:assert/strict";
import { instanceType } from "../../../catalog/instanceTypes";
import type { Quantization } from "../../../catalog/modelShape";
import { expertWorkspaceBytes, type ExpertRun } from "../../../sizing/memory/expertWorkspace";
import { calibrationShape } from "../../calibration/models";

// The shapes are those of `workspace_shapes` of each kernel; that vLLM picks the kernel is read from its sources, and shown by the logs H7,
// H9 and H15 of docs/sizing.md, which differ by these numbers.
const h200 = instanceType("p5en.48xlarge").gpu;
const bytes = (model: string, vllmVersion: string, changes: Partial<ExpertRun> = {}) =>
  expertWorkspaceBytes(calibrationShape(model), h200, {
    ...{ tensorParallelSize: 8, enableExpertParallel: false, maxNumBatchedTokens: 8192, vllmVersion },
    ...changes,
  });
const r1 = "deepseek-ai/DeepSeek-R1";

describe("workspace of a layer of experts", () => {
  it("has two rows of the hidden size for each token and expert in Triton's kernel, whatever the format", () => {
    assert.equal(bytes(r1, "0.18.0"), 65_536 * (7168 + 7168) * 2);
    assert.equal(bytes("RedHatAI/Qwen3-Coder-Next-FP8-dynamic", "0.18.0", { tensorParallelSize: 1 }), 81_920 * (2048 + 2048) * 2);
    assert.equal(bytes("Qwen/Qwen3-32B", "0.18.0"), 0);
  });

  it("has one row for each token in FlashInfer's, which ran fp8 in 0.15 and 0.16 and runs whole experts since", () => {
    assert.deepEqual([bytes(r1, "0.16.0"), bytes(r1, "0.18.0", { enableExpertParallel: true })], [8192 * 7168 * 2, 8192 * 7168 * 2]);
  });

  it("follows the format of the experts, not that of the other layers", () => {
    const shape = calibrationShape(r1);
    const quantization: Quantization = { ...shape.weights.quantization!, unquantized: ["experts"] };
    const run = { tensorParallelSize: 8, enableExpertParallel: false, maxNumBatchedTokens: 8192, vllmVersion: "0.16.0" };
    assert.equal(expertWorkspaceBytes({ ...shape, weights: { ...shape.weights, quantization } }, h200, run), 65_536 * 14_336 * 2);
  });

  it("has 127 more rows for each expert in DeepGEMM's, which ran fp8 blocks up to 0.14 below TP 8", () => {
    const of = (tensorParallelSize: number) => bytes("Qwen/Qwen3-235B-A22B-FP8", "0.14.1", { tensorParallelSize });
    assert.equal(of(4), (65_536 + 128 * 127) * (4096 + 4096) * 2);
    assert.equal(of(8), 65_536 * (4096 + 4096) * 2);
  });
});
