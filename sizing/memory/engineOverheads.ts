/** GPU memory that is neither weights nor KV cache: what profiling allocates, what libraries keep, and the estimate for CUDA graphs. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import type { ParallelLayout } from "../layout/parallelLayout";
import { isAtLeast, isDataCenterBlackwell, usesSecondRunner } from "./engineDefaults";
import { expertWorkspaceBytes, keepsExpertWorkspace } from "./expertWorkspace";
import { kindsOf, layersOf } from "../model/layers";
import { dtypeBytes } from "../model/parameters";

/** The engine settings of a profiling run. */
export interface ProfileRun {
  maxNumSeqs: number;
  maxNumBatchedTokens: number;
  maxModelLen: number;
  enableExpertParallel: boolean;
  vllmVersion: string;
}

/**
 * Profiling runs a forward pass of `maxNumBatchedTokens`, then, on the last stage,
 * a sampler over `maxNumSeqs` rows of the whole vocabulary.
 */
export function activationBytes(
  shape: ModelShape,
  gpu: InstanceTypeFacts["gpu"],
  layout: ParallelLayout,
  stage: number,
  run: ProfileRun,
): number {
  const { tensorParallelSize } = layout;
  const samples = stage === layout.pipelineParallelSize - 1;
  const sampler = samples ? samplerBytes(shape.vocabSize, gpu, run) : 0;
  const workspace = expertWorkspaceBytes(shape, gpu, { ...run, tensorParallelSize });
  const kept = keepsExpertWorkspace(run.vllmVersion) ? workspace : 0;
  return Math.max(sampler + kept, forwardBytes(shape, tensorParallelSize, run) + workspace);
}

/**
 * Logits in the model's dtype, their fp32 copy, probabilities and noise: 14 bytes an entry. Up to 0.16 the sampler also sorts
 * (values, 64-bit indexes, cumulated probabilities): 39, fitted to
 * https://github.com/llm-d-incubation/llm-d-planner, docs/empirical-vllm-memory-results.md.
 * From 0.17 to 0.20 a Triton kernel keeps a row of fp32 for each multiprocessor instead (https://github.com/vllm-project/vllm/pull/33538);
 * since 0.21 FlashInfer's sampler needs no such row (#40376).
 */
export function samplerBytes(
  vocabSize: number,
  gpu: InstanceTypeFacts["gpu"],
  { maxNumSeqs, vllmVersion }: Pick<ProfileRun, "maxNumSeqs" | "vllmVersion">,
): number {
  const entries = maxNumSeqs * vocabSize;
  // The first engine (V0) sampled few rows: its logs show only the forward pass.
  if (!isAtLeast(vllmVersion, "0.8")) return 0;
  if (!isAtLeast(vllmVersion, "0.17")) return 39 * entries;
  const scratch = isAtLeast(vllmVersion, "0.21") ? 0 : 4 * vocabSize * (gpu?.multiprocessors ?? 0);
  return 14 * entries + scratch;
}

/** Hidden states and residuals, and the larger of the widest feed-forward and the keys and values of latent attention. */
export function forwardBytes(shape: ModelShape, tensorParallelSize: number, run: ProfileRun): number {
  const { hiddenSize, intermediateSize, weights } = shape;
  const tokens = run.maxNumBatchedTokens;
  const feedForward = kindsOf(layersOf(shape)).dense > 0 ? 3 * intermediateSize * tokens : 0;
  const widest = Math.max(feedForward, latentWorkspace(shape, run)) / tensorParallelSize;
  return dtypeBytes(weights) * (4 * hiddenSize * tokens + widest);
}

/** Tokens of a block of the kernels of latent attention. */
const latentBlockTokens = 64;

/** Keys and values that latent attention spreads out at once (`determine_chunked_prefill_workspace_size` of `mla_attention.py`). */
function latentWorkspace({ mla, attentionHeads }: ModelShape, { maxModelLen, maxNumSeqs }: ProfileRun): number {
  if (!mla || mla.indexer) return 0;
  const wanted = Math.min(Math.max(8 * maxModelLen, 4 * maxNumSeqs * latentBlockTokens), 65_536);
  const tokens = Math.max(wanted, maxNumSeqs * latentBlockTokens);
  return tokens * attentionHeads * (mla.nopeHeadDim + mla.valueHeadDim);
}

/**
 * Memory that the driver and libraries take and vLLM counts. Logged on one GPU: 0.13–0.15 GiB, and 0.3 since 0.18, whose profiling also
 * captures a few graphs. Over PCIe 0.21 to 0.3 (L40S), 1.70 on RTX PRO 6000 (TP 4), where GPUs reach each other directly.
 * Between nodes the number is assumed: no log is published.
 */
export function librariesGiB(gpu: InstanceTypeFacts["gpu"], layout: ParallelLayout, vllmVersion: string): number {
  if (!gpu) return 0;
  const { tensorParallelSize, pipelineParallelSize, nodesPerGroup } = layout;
  const own = isAtLeast(vllmVersion, "0.18") ? 0.32 : 0.15;
  if (tensorParallelSize * pipelineParallelSize === 1) return own;
  const betweenNodes = nodesPerGroup > 1 ? 0.5 : 0;
  if (tensorParallelSize === 1) return own + 0.1 + betweenNodes;
  if (gpu.link === "nvswitch") return betweenNodes + switchedGiB(gpu, layout, own, vllmVersion);
  return betweenNodes + (gpu.computeCapability >= 12 ? 1.65 : own + 0.1);
}

/**
 * Over NVSwitch. Up to 0.10 the buffers of NCCL count; since 0.11 the measurement begins after NCCL has started (`init_device` of
 * `gpu_worker.py`), and what comes later remains: 0.68 GiB at TP 4, 1.0 at TP 8. Since 0.17 vLLM fuses all-reduce with normalisation on
 * compute capability 9.0 and 10.x (before 0.21 without pipeline stages), whose communicator and workspace add 1.5 GiB (0.18, TP 4 and 8);
 * since 0.25 another backend does it (`_resolve_fi_ar_backend`): 1.74 GiB in all at TP 8 on 0.28.
 */
function switchedGiB(
  gpu: NonNullable<InstanceTypeFacts["gpu"]>,
  { tensorParallelSize, pipelineParallelSize }: ParallelLayout,
  own: number,
  vllmVersion: string,
): number {
  if (!isAtLeast(vllmVersion, "0.11")) return 1.65;
  const fuses = Math.floor(gpu.computeCapability) === 9 || isDataCenterBlackwell(gpu.computeCapability);
  const isFused = fuses && (pipelineParallelSize === 1 || isAtLeast(vllmVersion, "0.21"));
  const fused = isFused && isAtLeast(vllmVersion, "0.17") ? (isAtLeast(vllmVersion, "0.25") ? 0.6 : 1.5) : 0;
  return own + 0.2 + 0.08 * tensorParallelSize + fused;
}

/**
 * vLLM's estimate: one graph for each batch size, twice (with and without attention).
 * A graph takes 20 MiB for a dense model and 45 MiB with experts: the middle of logs from 5 to 50.
 * The second model runner subtracts nothing until 0.28 (`profile_cudagraph_memory` returns 0). Since 0.29 it captures the largest graphs
 * and measures: 13 MiB a graph in the one log that we have (row d of docs/sizing.md).
 */
export function graphsGiB(
  shape: ModelShape,
  gpu: InstanceTypeFacts["gpu"],
  layers: number,
  { maxNumSeqs, vllmVersion }: Pick<ProfileRun, "maxNumSeqs" | "vllmVersion">,
): number {
  const second = usesSecondRunner(shape, vllmVersion);
  const measures = isAtLeast(vllmVersion, "0.29");
  if (second && !measures) return 0;
  const largest = largestCapture(shape, gpu, vllmVersion);
  const graphs = captureSizes(Math.min(2 * maxNumSeqs, largest)) + captureSizes(Math.min(maxNumSeqs, largest));
  const dense = measures ? 13 : 20;
  const mebibytes = (shape.moe ? 45 : dense) * Math.min(1, shape.hiddenSize / 4096);
  return (graphs * mebibytes * layers) / shape.layers / 1024;
}

/** `VllmConfig._set_cudagraph_sizes`, and `GptOssForCausalLMConfig` of `models/config.py`. */
function largestCapture({ architecture }: ModelShape, gpu: InstanceTypeFacts["gpu"], vllmVersion: string): number {
  const isLarge = isDataCenterBlackwell(gpu?.computeCapability) && isAtLeast(vllmVersion, "0.28");
  return architecture === "GptOssForCausalLM" || isLarge ? 1024 : 512;
}

/** 1, 2, 4, then every eighth up to 256, then every sixteenth (`CompilationConfig.cudagraph_capture_sizes`). */
function captureSizes(largest: number): number {
  return 3 + Math.floor(Math.min(largest, 248) / 8) + (largest >= 256 ? Math.floor((largest - 256) / 16) + 1 : 0);
}
