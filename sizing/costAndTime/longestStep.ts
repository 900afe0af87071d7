/** How long an engine may be silent while it works: its longest step, and its longest prompt. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { cacheRequest } from "../memory/kvCache";
import type { GroupMemory } from "../memory/memory";
import type { ParallelLayout } from "../layout/parallelLayout";
import { stageTimes } from "./throughput";

export interface LongestStep {
  /** One step of as many tokens as the engine computes at once, at the end of the longest prompt. No step computes more. */
  seconds: number;
  /** From the order of such a step to its answer, behind those that are under way: vLLM's limit counts from the order. */
  answerSeconds: number;
  /** All steps of the longest prompt, if each took as long as the last. */
  promptSeconds: number;
}

/**
 * Share of the GPU's peak that a step reaches at least. Engines reach a half to four fifths; a limit that ends an engine must hold for the
 * slowest, so we count a tenth.
 */
const slowestShare = 0.1;

/** Undefined on nodes without GPUs. */
export function longestStep(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  memory: Pick<GroupMemory, "maxNumBatchedTokens" | "maxModelLen">,
  settings: { vllmVersion: string; enableExpertParallel: boolean; kvCacheDtype?: string; decodeContextParallelSize?: number },
): LongestStep | undefined {
  const { gpu } = type;
  if (!gpu) return undefined;
  const { maxNumBatchedTokens, maxModelLen } = memory;
  const cache = cacheRequest(shape, gpu, layout, settings, maxNumBatchedTokens);
  const decoding = { shape, type, gpu, layout, enableExpertParallel: settings.enableExpertParallel, cache };
  const stages = stageTimes(decoding, maxNumBatchedTokens, maxModelLen, 1);
  const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0) / slowestShare;
  return {
    seconds,
    // Up to one step more than the stages is under way (config/vllm.py, max_concurrent_batches); counted as if none overlapped.
    answerSeconds: (layout.pipelineParallelSize + 1) * seconds,
    promptSeconds: Math.ceil(maxModelLen / maxNumBatchedTokens) * seconds,
  };
}
