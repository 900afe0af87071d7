/** How far the computed KV cache may be off. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import type { ParallelLayout } from "../layout/parallelLayout";
import { isFp8 } from "../model/parameters";

/**
 * Twice the root mean square of the prediction minus the logged value, as a share of a GPU's memory. A test computes both from the rows of
 * docs/sizing.md. Errors in the overheads do not shrink with the cache, so a small cache is less certain than a large one.
 */
export const spreadOfMemory = { dense: 0.009, others: 0.012 } as const;

/** The assumed memory of libraries between nodes. No log is published, so the true value may be zero or double. */
const betweenNodesGiB = 0.5;

/** Logged estimates for CUDA graphs are half to double the estimate used. */
const shareOfGraphs = 0.5;

/** For a node without GPUs, because no log is published. */
const shareOfCpuCache = 0.25;

export function uncertaintyGiB(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  { cudaGraphGiB, kvCacheGiB }: { cudaGraphGiB: number; kvCacheGiB: number },
): number {
  if (!type.gpu) return shareOfCpuCache * Math.max(0, kvCacheGiB);
  const { quantization } = shape.weights;
  const isCalibrated = !shape.moe && shape.attention.kind === "full" && (!quantization || isFp8(quantization));
  const spread = isCalibrated ? spreadOfMemory.dense : spreadOfMemory.others;
  return spread * type.gpu.cudaMemoryGiB + (layout.nodesPerGroup > 1 ? betweenNodesGiB : 0) + shareOfGraphs * cudaGraphGiB;
}
