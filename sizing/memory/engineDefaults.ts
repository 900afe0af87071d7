/** The defaults of vLLM for settings that the configuration leaves out. They depend on the version and on the GPU. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { compareVersions } from "../versions";

/** Share of GPU memory: 0.92 since 0.20 (`vllm/config/cache.py`), 0.90 before. */
export function defaultGpuMemoryUtilization(vllmVersion: string): number {
  return isAtLeast(vllmVersion, "0.20") ? 0.92 : 0.9;
}

/** Since 0.21 vLLM subtracts an estimate of CUDA graph memory from the KV cache (https://github.com/vllm-project/vllm/pull/30515). */
export function subtractsCudaGraphs(vllmVersion: string): boolean {
  return isAtLeast(vllmVersion, "0.21");
}

/** `EngineArgs.get_batch_defaults` of the API server (`vllm/engine/arg_utils.py`): large GPUs other than the A100 have larger batches. */
export function batchDefaults(gpu: InstanceTypeFacts["gpu"]): { maxNumSeqs: number; maxNumBatchedTokens: number } {
  if (!gpu) return { maxNumSeqs: 128, maxNumBatchedTokens: 2048 };
  const isLarge = gpu.cudaMemoryGiB >= 70 && !/a100/i.test(gpu.model);
  return isLarge ? { maxNumSeqs: 1024, maxNumBatchedTokens: 8192 } : { maxNumSeqs: 256, maxNumBatchedTokens: 2048 };
}

/** A name without numbers (`nightly`) counts as current. */
export const isAtLeast = (version: string, least: string) => !/^v?\d/.test(version) || compareVersions(version, least) >= 0;
