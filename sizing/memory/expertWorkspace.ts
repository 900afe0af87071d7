/** The workspaces of a layer of experts in the profiling run. Which kernel runs decides how large they are. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { dtypeBytes, formatOfModule, isFp8 } from "../model/parameters";
import { isAtLeast } from "./engineDefaults";

export interface ExpertRun {
  tensorParallelSize: number;
  enableExpertParallel: boolean;
  maxNumBatchedTokens: number;
  vllmVersion: string;
}

/** Rows of DeepGEMM: those of each expert are rounded up to 128. */
const deepGemmRows = 128;

/** `workspace_shapes` of the kernels in `model_executor/layers/fused_moe`. A kernel that is not known here counts as Triton's. */
export function expertWorkspaceBytes(shape: ModelShape, gpu: InstanceTypeFacts["gpu"], run: ExpertRun): number {
  const { moe, hiddenSize, weights } = shape;
  if (!moe) return 0;
  const kernel = kernelOf(shape, gpu, run);
  if (kernel === "flashInferCutlass") return run.maxNumBatchedTokens * hiddenSize * dtypeBytes(weights);
  const ranks = run.enableExpertParallel ? 1 : run.tensorParallelSize;
  const width = moe.expertIntermediateSize / ranks;
  const local = run.enableExpertParallel ? Math.ceil(moe.experts / run.tensorParallelSize) : moe.experts;
  const padding = kernel === "deepGemm" ? local * (deepGemmRows - 1) : 0;
  const rows = run.maxNumBatchedTokens * moe.activeExperts + padding;
  return rows * (Math.max(width, hiddenSize) + Math.max(2 * width, hiddenSize)) * dtypeBytes(weights);
}

/**
 * Since 0.14 all layers share one workspace, which the first of them allocates and nothing frees (`v1/worker/workspace.py`): it is still
 * there when the sampler runs.
 */
export const keepsExpertWorkspace = (vllmVersion: string) => isAtLeast(vllmVersion, "0.14");

/** `fused_moe/oracle/fp8.py`, for compute capability 9.x: the choice changed with 0.15 and with 0.17. */
function kernelOf({ weights }: ModelShape, gpu: InstanceTypeFacts["gpu"], run: ExpertRun): "triton" | "deepGemm" | "flashInferCutlass" {
  const format = formatOfModule(weights.quantization, "experts");
  if (Math.floor(gpu?.computeCapability ?? 0) !== 9 || !isFp8(format) || (format?.method !== "fp8" && !format?.block)) return "triton";
  if (!isAtLeast(run.vllmVersion, "0.15")) return format?.block && run.tensorParallelSize < 8 ? "deepGemm" : "triton";
  const prefersTriton = format?.block && isAtLeast(run.vllmVersion, "0.17") && !run.enableExpertParallel;
  return prefersTriton ? "triton" : "flashInferCutlass";
}
