/** GPU memory that is neither weights nor KV cache: what profiling allocates, what libraries keep, what CUDA graphs are estimated at. */
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import type { ParallelLayout } from "./parallelism";
import { dtypeBytes } from "./parameters";

/**
 * Profiling runs a forward pass of `maxNumBatchedTokens`, then, on the last stage, a sampler over `maxNumSeqs` rows of the whole vocabulary:
 * fp32 logits with their sorted copies, 39 bytes an entry whatever the model and split
 * (fitted to https://github.com/llm-d-incubation/llm-d-planner, docs/empirical-vllm-memory-results.md).
 */
export function activationBytes(
  shape: ModelShape,
  layout: ParallelLayout,
  stage: number,
  batch: { maxNumSeqs: number; maxNumBatchedTokens: number },
): number {
  const sampler = stage === layout.pipelineParallelSize - 1 ? 39 * batch.maxNumSeqs * shape.vocabSize : 0;
  return Math.max(sampler, forwardBytes(shape, layout.tensorParallelSize, batch.maxNumBatchedTokens));
}

/** Hidden states and residuals, the widest feed-forward, and for experts the two workspaces of vLLM's fused kernel. */
function forwardBytes({ hiddenSize, intermediateSize, moe, weights }: ModelShape, tensorParallelSize: number, tokens: number): number {
  const feedForward = (3 * intermediateSize) / tensorParallelSize;
  const width = moe ? moe.expertIntermediateSize / tensorParallelSize : 0;
  const workspace = moe ? moe.activeExperts * (Math.max(2 * width, hiddenSize) + width) : 0;
  return tokens * dtypeBytes(weights) * (4 * hiddenSize + Math.max(moe && moe.denseLayers === 0 ? 0 : feedForward, workspace));
}

/**
 * CUDA context and NCCL buffers. Logged: 0.13–0.15 on one GPU, 1.74 at TP 8 on H200, 0.21 and 1.70 over PCIe, of which the middle is taken.
 * Hopper and newer keep multicast buffers for NVLink SHARP that the A100 does not have. Between nodes: assumed, no published log.
 */
export function librariesGiB(gpu: InstanceTypeFacts["gpu"], layout: ParallelLayout): number {
  if (!gpu) return 0;
  const betweenNodes = layout.nodesPerGroup > 1 ? 0.5 : 0;
  const size = layout.tensorParallelSize;
  if (size === 1) return 0.15 + betweenNodes;
  if (gpu.link !== "nvswitch") return 1 + betweenNodes;
  return (size <= 4 ? 0.6 : gpu.computeCapability >= 9 ? 1.75 : 1.25) + betweenNodes;
}

/** vLLM's estimate grows with the batch sizes it captures; per size about 12 MiB (dense) and 25 MiB (experts) for all layers in published logs. */
export function graphsGiB(shape: ModelShape, layers: number, maxNumSeqs: number): number {
  const largest = Math.min(2 * maxNumSeqs, 512);
  const sizes = 3 + Math.floor(Math.min(largest, 248) / 8) + (largest >= 256 ? Math.floor((largest - 256) / 16) + 1 : 0);
  return (sizes * (shape.moe ? 0.025 : 0.012) * layers) / shape.layers;
}
