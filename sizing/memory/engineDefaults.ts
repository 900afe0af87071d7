/** The defaults of vLLM for settings that the configuration leaves out. They depend on the version and on the GPU. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { compareVersions } from "../versions";

/** Share of GPU memory: 0.92 since 0.20 (`vllm/config/cache.py`), 0.90 before. */
export function defaultGpuMemoryUtilization(vllmVersion: string): number {
  return isAtLeast(vllmVersion, "0.20") ? 0.92 : 0.9;
}

/** Since 0.21 vLLM subtracts an estimate of CUDA graph memory from the KV cache (https://github.com/vllm-project/vllm/pull/30515). */
export function subtractsCudaGraphs(vllmVersion: string): boolean {
  return isAtLeast(vllmVersion, "0.21");
}

/**
 * `EngineArgs.get_batch_defaults` of the API server (`vllm/engine/arg_utils.py`): large GPUs other than the A100 have larger batches, and
 * since 0.28 those of 160 GiB or more larger ones still. On CPUs the numbers grow with the ranks.
 */
export function batchDefaults(
  gpu: InstanceTypeFacts["gpu"],
  vllmVersion: string,
  ranks: number,
): { maxNumSeqs: number; maxNumBatchedTokens: number } {
  if (!gpu) return { maxNumSeqs: 128 * ranks, maxNumBatchedTokens: 2048 * ranks };
  if (gpu.cudaMemoryGiB >= 160 && isAtLeast(vllmVersion, "0.28")) return { maxNumSeqs: 1024, maxNumBatchedTokens: 16_384 };
  const isLarge = gpu.cudaMemoryGiB >= 70 && !/a100/i.test(gpu.model);
  return isLarge ? { maxNumSeqs: 1024, maxNumBatchedTokens: 8192 } : { maxNumSeqs: 256, maxNumBatchedTokens: 2048 };
}

/** Architectures with experts that the second model runner ran before it ran all (`vllm/config/vllm.py`, 0.27.1). */
const earlyOnSecondRunner = ["DeepseekV2ForCausalLM", "KimiK3ForConditionalGeneration", "Qwen2MoeForCausalLM"];

/** Whether vLLM's second model runner serves the model: dense ones with attention in every layer since 0.25, all since 0.29. */
export function usesSecondRunner({ architecture, moe, attention }: ModelShape, vllmVersion: string): boolean {
  if (isAtLeast(vllmVersion, "0.29")) return true;
  const isEarly = !moe && attention.kind !== "hybrid";
  return isAtLeast(vllmVersion, "0.25") && (isEarly || (isAtLeast(vllmVersion, "0.27") && earlyOnSecondRunner.includes(architecture)));
}

/**
 * `VllmConfig.max_in_flight_tokens`: since 0.26 a window or chunk keeps its blocks until every batch in flight is done. Batches overlap:
 * one for each stage, and one more with asynchronous scheduling, the default.
 */
export function maxInFlightTokens(
  shape: ModelShape,
  run: { pipelineParallelSize: number; maxNumBatchedTokens: number; vllmVersion: string },
): number {
  const { pipelineParallelSize: stages, maxNumBatchedTokens, vllmVersion } = run;
  if (!isAtLeast(vllmVersion, "0.26")) return maxNumBatchedTokens;
  const batches = usesSecondRunner(shape, vllmVersion) || stages === 1 ? stages + 1 : stages;
  return batches * maxNumBatchedTokens;
}

/** A name without numbers (`nightly`) counts as current. */
export const isAtLeast = (version: string, least: string) => !/^v?\d/.test(version) || compareVersions(version, least) >= 0;
