/** GPU memory that is neither weights nor KV cache: what profiling allocates, what libraries keep, and the estimate for CUDA graphs. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import type { ParallelLayout } from "../layout/parallelLayout";
import { isAtLeast, usesSecondRunner } from "./engineDefaults";
import { kindsOf, layersOf } from "../model/layers";
import { dtypeBytes, isFp8 } from "../model/parameters";

/** The engine settings of a profiling run. */
interface ProfileRun {
  maxNumSeqs: number;
  maxNumBatchedTokens: number;
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
  const samples = stage === layout.pipelineParallelSize - 1;
  const sampler = samples ? samplerBytes(shape.vocabSize, gpu, run) : 0;
  return Math.max(sampler, forwardBytes(shape, gpu, layout.tensorParallelSize, run));
}

/**
 * Logits in the model's dtype, their fp32 copy, probabilities and noise: 14 bytes an entry. Up to 0.16 the sampler also sorts
 * (values, 64-bit indexes, cumulated probabilities): 39, fitted to
 * https://github.com/llm-d-incubation/llm-d-planner, docs/empirical-vllm-memory-results.md.
 * From 0.17 to 0.20 a Triton kernel keeps a row of fp32 for each multiprocessor instead (https://github.com/vllm-project/vllm/pull/33538);
 * since 0.21 FlashInfer's sampler needs no such row (#40376).
 */
export function samplerBytes(vocabSize: number, gpu: InstanceTypeFacts["gpu"], { maxNumSeqs, vllmVersion }: ProfileRun): number {
  const entries = maxNumSeqs * vocabSize;
  // The first engine (V0) sampled few rows: its logs show only the forward pass.
  if (!isAtLeast(vllmVersion, "0.8")) return 0;
  if (!isAtLeast(vllmVersion, "0.17")) return 39 * entries;
  const scratch = isAtLeast(vllmVersion, "0.21") ? 0 : 4 * vocabSize * (gpu?.multiprocessors ?? 0);
  return 14 * entries + scratch;
}

/** Hidden states and residuals, the widest feed-forward or the workspaces of the experts, and the keys and values of latent attention. */
export function forwardBytes(shape: ModelShape, gpu: InstanceTypeFacts["gpu"], tensorParallelSize: number, run: ProfileRun): number {
  const { hiddenSize, intermediateSize, weights } = shape;
  const tokens = run.maxNumBatchedTokens;
  const feedForward = kindsOf(layersOf(shape)).dense > 0 ? (3 * intermediateSize * tokens) / tensorParallelSize : 0;
  const workspace = expertWorkspace(shape, gpu, tensorParallelSize, run);
  return dtypeBytes(weights) * (4 * hiddenSize * tokens + Math.max(feedForward, workspace) + latentWorkspace(shape, tensorParallelSize));
}

/**
 * Numbers in the two workspaces of a layer of experts. The Triton kernel keeps a row for each token and expert. DeepGEMM, which runs fp8
 * blocks on compute capability 9.x and 10.x, rounds the rows of each expert up to 128 (`fused_moe/experts/deep_gemm_moe.py`).
 */
function expertWorkspace({ moe, hiddenSize, weights }: ModelShape, gpu: InstanceTypeFacts["gpu"], ranks: number, run: ProfileRun): number {
  if (!moe) return 0;
  const width = moe.expertIntermediateSize / ranks;
  const rows = run.maxNumBatchedTokens * moe.activeExperts;
  const family = Math.floor(gpu?.computeCapability ?? 0);
  const { quantization } = weights;
  const isDeepGemm = isFp8(quantization) && quantization?.block !== undefined && (family === 9 || family === 10);
  if (!isDeepGemm) return rows * (Math.max(2 * width, hiddenSize) + width);
  // Since 0.32 the first workspace counts bytes of fp8.
  const first = Math.max(width, hiddenSize) / (isAtLeast(run.vllmVersion, "0.32") ? 2 : 1);
  return (rows + moe.experts * 127) * (first + Math.max(2 * width, hiddenSize));
}

/** Tokens of a prefill whose keys and values latent attention spreads out at once (`determine_chunked_prefill_workspace_size`). */
const latentPrefillTokens = 65_536;

function latentWorkspace({ mla, attentionHeads }: ModelShape, ranks: number): number {
  if (!mla || mla.indexer) return 0;
  return (latentPrefillTokens * attentionHeads * (mla.nopeHeadDim + mla.valueHeadDim)) / ranks;
}

/**
 * CUDA context and NCCL buffers. Logged on one GPU: 0.02–0.26 GiB;
 * over NVSwitch 1.38 (H200, TP 2), 1.84 (H100), 1.74 (H200, TP 8), regardless of the model's size;
 * over PCIe 0.21 (L40S, TP 8) and about 0.3 (L40S, TP 4), 1.70 on RTX PRO 6000 (TP 4), where GPUs reach each other directly.
 * Between nodes the number is assumed: no log is published.
 */
export function librariesGiB(gpu: InstanceTypeFacts["gpu"], layout: ParallelLayout): number {
  if (!gpu) return 0;
  const betweenNodes = layout.nodesPerGroup > 1 ? 0.5 : 0;
  if (layout.tensorParallelSize * layout.pipelineParallelSize === 1) return 0.15;
  const reachesDirectly = gpu.link === "nvswitch" || gpu.computeCapability >= 12;
  return (layout.tensorParallelSize > 1 && reachesDirectly ? 1.65 : 0.25) + betweenNodes;
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
  { maxNumSeqs, vllmVersion }: ProfileRun,
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
  const isDataCenterBlackwell = Math.floor(gpu?.computeCapability ?? 0) === 10;
  return architecture === "GptOssForCausalLM" || (isDataCenterBlackwell && isAtLeast(vllmVersion, "0.28")) ? 1024 : 512;
}

/** 1, 2, 4, then every eighth up to 256, then every sixteenth (`CompilationConfig.cudagraph_capture_sizes`). */
function captureSizes(largest: number): number {
  return 3 + Math.floor(Math.min(largest, 248) / 8) + (largest >= 256 ? Math.floor((largest - 256) / 16) + 1 : 0);
}
