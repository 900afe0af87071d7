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

/**
 * Architectures that the second model runner serves since a version, before it serves all (`DEFAULT_V2_MODEL_RUNNER_ARCHITECTURES` of
 * `vllm/config/vllm.py`). Before 0.24 only without experts and quantisation.
 */
const earlyOnSecondRunner: readonly [since: string, architectures: readonly string[]][] = [
  ["0.22", ["Qwen3ForCausalLM"]],
  ["0.23", ["LlamaForCausalLM", "MistralForCausalLM"]],
  ["0.24", ["DeepseekV2ForCausalLM", "Qwen2MoeForCausalLM"]],
  ["0.28", ["DeepseekV4ForCausalLM"]],
];

/** Whether the second model runner serves the model: listed ones, dense ones with attention in every layer since 0.25, all since 0.29. */
export function usesSecondRunner({ architecture, moe, attention, weights }: ModelShape, vllmVersion: string): boolean {
  if (isAtLeast(vllmVersion, "0.29")) return true;
  if (isAtLeast(vllmVersion, "0.25") && !moe && attention.kind !== "hybrid") return true;
  const isListed = earlyOnSecondRunner.some(([since, names]) => isAtLeast(vllmVersion, since) && names.includes(architecture));
  return isListed && (isAtLeast(vllmVersion, "0.24") || (!moe && !weights.quantization));
}

/** B200 and B300, which vLLM calls the family of compute capability 10. */
export const isDataCenterBlackwell = (computeCapability: number | undefined) => Math.floor(computeCapability ?? 0) === 10;

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
