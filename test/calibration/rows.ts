/**
 * Start-up logs of vLLM that were published with enough of their settings to predict them. Memory in GiB of one GPU.
 * Numbers are as printed; fields that a source does not give are left out. "page not retained": we read the line but did not keep its
 * address.
 */
import type { GpuFacts } from "../../catalog/gpus";
import type { EngineMemorySettings } from "../../sizing/memory/memory";

export interface CalibrationRow {
  row: string;
  /** A catalog id, or a file of test/data/models. */
  model: string;
  /** Total memory as logged; absent if only a ratio can be checked. */
  gpu?: Pick<GpuFacts, "model" | "cudaMemoryGiB" | "computeCapability" | "link" | "multiprocessors">;
  tensorParallelSize: number;
  pipelineParallelSize?: number;
  settings: Omit<EngineMemorySettings, "enableExpertParallel">;
  logged: {
    weightsGiB?: number;
    kvCacheGiB?: number;
    kvCacheTokens?: number;
    maxConcurrency?: number;
    /** Whether the engine started. */
    starts?: boolean;
  };
  /** `dense`: sixteen- or eight-bit weights without experts, with attention in every layer. */
  kind: "dense" | "experts" | "hybrid";
  /** Layers of the cache beyond the model's own (a draft model). */
  draftLayers?: number;
  /** What is not compared, and why. */
  exceptions?: Partial<Record<"weights" | "kvCache" | "tokens", string>>;
  source: string;
}

type Gpu = NonNullable<CalibrationRow["gpu"]>;
const card = (
  model: string,
  cudaMemoryGiB: number,
  computeCapability: number,
  multiprocessors: number,
  link: Gpu["link"] = "none",
): Gpu => ({
  model,
  cudaMemoryGiB,
  computeCapability,
  multiprocessors,
  link,
});
const h100 = card("H100", 79.18, 9, 132);
const h200 = card("H200", 139.8, 9, 132, "nvswitch");
const a100With40 = card("A100-40", 39.49, 8, 108);
const rtx3090 = card("RTX 3090", 23.58, 8.6, 82);

const planner = "https://github.com/llm-d-incubation/llm-d-planner (docs/empirical-vllm-memory-results.md)";
const notRetained = "published log; page not retained";
const issue = (number: number) => `https://github.com/vllm-project/vllm/issues/${number}`;
const onH100 = { vllmVersion: "0.11.0", gpuMemoryUtilization: 0.9, maxModelLen: 16000 };

const visionTower = "the vision tower is not counted";
const noGpu = "neither GPU nor utilisation given";

/** One of a series of starts on H200, NVSwitch. `logged`: weights and cache in GiB, tokens, concurrency. */
function onH200(
  row: string,
  model: string,
  tensorParallelSize: number,
  kind: CalibrationRow["kind"],
  settings: Omit<CalibrationRow["settings"], "gpuMemoryUtilization">,
  [weightsGiB, kvCacheGiB, kvCacheTokens, maxConcurrency]: [number, number, number, number],
): CalibrationRow {
  return {
    ...{ row, model, kind, gpu: h200, tensorParallelSize, source: notRetained },
    settings: { gpuMemoryUtilization: 0.92, ...settings },
    logged: { weightsGiB, kvCacheGiB, kvCacheTokens, maxConcurrency, starts: true },
  };
}

export const calibrationRows: readonly CalibrationRow[] = [
  {
    row: "1",
    model: "meta-llama/Llama-3.1-8B-Instruct",
    gpu: h100,
    tensorParallelSize: 1,
    settings: onH100,
    logged: { weightsGiB: 14.99, kvCacheGiB: 51.38, starts: true },
    kind: "dense",
    source: planner,
  },
  {
    row: "2",
    model: "Qwen/Qwen3-0.6B",
    gpu: h100,
    tensorParallelSize: 1,
    settings: onH100,
    logged: { weightsGiB: 1.12, kvCacheGiB: 64.45, starts: true },
    kind: "dense",
    source: planner,
  },
  {
    row: "3",
    model: "Qwen/Qwen3-32B",
    gpu: h100,
    tensorParallelSize: 1,
    settings: onH100,
    logged: { weightsGiB: 61.03, kvCacheGiB: 4.45, starts: true },
    kind: "dense",
    source: planner,
  },
  {
    row: "3, longer",
    model: "Qwen/Qwen3-32B",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { ...onH100, maxModelLen: 32000 },
    logged: { starts: false },
    kind: "dense",
    source: planner,
  },
  {
    row: "4",
    model: "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
    gpu: h100,
    tensorParallelSize: 1,
    settings: onH100,
    logged: { weightsGiB: 67.72, kvCacheGiB: -1.44, starts: false },
    kind: "dense",
    source: planner,
  },
  {
    row: "5",
    model: "openai/gpt-oss-120b",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { ...onH100, gpuMemoryUtilization: 0.95 },
    logged: { weightsGiB: 64.38, kvCacheGiB: 3.33, starts: true },
    kind: "experts",
    exceptions: { kvCache: "Triton kernels pad the experts less than Marlin's, which the plan assumes: 1.6 GiB of a small cache" },
    source: planner,
  },
  {
    row: "6",
    model: "mistralai/Mistral-Small-24B-Instruct-2501",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { ...onH100, gpuMemoryUtilization: 0.95 },
    logged: { weightsGiB: 44.76, kvCacheGiB: 28.2, kvCacheTokens: 184_832, maxConcurrency: 11.55, starts: true },
    kind: "dense",
    exceptions: {
      weights: visionTower,
      kvCache: "activation is logged at 17 bytes an entry of the sampler, not at the 39 of its version: a multimodal path",
    },
    source: planner,
  },
  {
    row: "7",
    model: "openai/gpt-oss-120b",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.10.0", gpuMemoryUtilization: 0.9 },
    logged: { weightsGiB: 65.97, kvCacheGiB: -2.14, starts: false },
    kind: "experts",
    source: issue(23278),
  },
  {
    row: "8",
    model: "openai/gpt-oss-120b",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.11.0", gpuMemoryUtilization: 0.95, maxNumBatchedTokens: 1024 },
    logged: { kvCacheGiB: 1.71, starts: false },
    kind: "experts",
    source: issue(27508),
  },
  {
    row: "9",
    model: "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
    gpu: card("RTX PRO 6000", 95.01, 12, 188, "pcie"),
    tensorParallelSize: 4,
    settings: { vllmVersion: "0.27.0", gpuMemoryUtilization: 0.9, maxModelLen: 32768, maxNumSeqs: 32 },
    logged: { weightsGiB: 55.19, kvCacheGiB: 27.85, kvCacheTokens: 621_392, maxConcurrency: 18.96, starts: true },
    kind: "experts",
    source: notRetained,
  },
  {
    row: "11",
    model: "meta-llama/Llama-3.1-8B-Instruct",
    gpu: h100,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.9.1", gpuMemoryUtilization: 0.9 },
    logged: { kvCacheGiB: 51.63, kvCacheTokens: 410_128, maxConcurrency: 3.13, starts: true },
    kind: "dense",
    draftLayers: 1,
    source: notRetained,
  },
  {
    row: "12",
    model: "Qwen/Qwen3-14B",
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.11.0", maxModelLen: 32768 },
    logged: { kvCacheGiB: 6.51, kvCacheTokens: 42_656, maxConcurrency: 1.3 },
    kind: "dense",
    exceptions: { kvCache: noGpu },
    source: "https://github.com/LMCache/LMCache/issues/1739",
  },
  {
    row: "13",
    model: "Qwen/Qwen2.5-1.5B-Instruct",
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.11.0", maxModelLen: 4096 },
    logged: { kvCacheGiB: 33.42, kvCacheTokens: 1_251_440, maxConcurrency: 305.53 },
    kind: "dense",
    exceptions: { kvCache: "utilisation not given" },
    source: notRetained,
  },
  {
    row: "15",
    model: "meta-llama/Llama-3.1-8B-Instruct",
    gpu: rtx3090,
    tensorParallelSize: 1,
    // Without chunked prefill a batch holds a whole context.
    settings: { vllmVersion: "0.6.4", gpuMemoryUtilization: 0.9, maxModelLen: 20_000, maxNumBatchedTokens: 20_000 },
    logged: { weightsGiB: 14.99, kvCacheGiB: 3.81, kvCacheTokens: 31_232, maxConcurrency: 1.56, starts: true },
    kind: "dense",
    source: issue(10517),
  },
  {
    row: "16",
    model: "meta-llama/Llama-3.1-8B-Instruct",
    gpu: rtx3090,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.6.4", gpuMemoryUtilization: 0.9, maxModelLen: 29_000, maxNumBatchedTokens: 29_000 },
    logged: { weightsGiB: 14.99, kvCacheGiB: 2.89, kvCacheTokens: 23_648, starts: false },
    kind: "dense",
    source: issue(10517),
  },
  {
    row: "17",
    model: "meta-llama/Llama-3.1-405B-Instruct-FP8",
    gpu: card("H100", 79.18, 9, 132, "nvswitch"),
    tensorParallelSize: 8,
    settings: { vllmVersion: "0.5.3", gpuMemoryUtilization: 0.9, maxNumBatchedTokens: 131_072 },
    logged: { weightsGiB: 57.75, starts: false },
    kind: "dense",
    source: issue(6746),
  },
  {
    row: "18",
    model: "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    tensorParallelSize: 8,
    settings: { vllmVersion: "0.8.3", kvCacheDtype: "fp8" },
    logged: { weightsGiB: 48.87 },
    kind: "experts",
    source: issue(16152),
  },
  {
    row: "19",
    model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
    gpu: card("RTX 4090", 23.55, 8.9, 128, "pcie"),
    tensorParallelSize: 2,
    settings: { vllmVersion: "0.7.2", gpuMemoryUtilization: 0.98, maxNumBatchedTokens: 2048 },
    logged: { weightsGiB: 13.95, kvCacheGiB: 8.69, kvCacheTokens: 81_536, starts: false },
    kind: "dense",
    exceptions: {
      weights: "0.16 GiB above the parameters, unexplained",
      tokens: "the cache is logged as larger than its blocks: 94,912 tokens would fit 8.69 GiB",
    },
    source: issue(13061),
  },
  {
    row: "20",
    model: "Qwen/Qwen3.5-9B",
    tensorParallelSize: 2,
    settings: { vllmVersion: "0.19.0", maxModelLen: 4096 },
    logged: { weightsGiB: 8.91, kvCacheGiB: 15.06, kvCacheTokens: 246_576, maxConcurrency: 169.82 },
    kind: "hybrid",
    exceptions: { weights: visionTower, kvCache: "GPU not given" },
    source: notRetained,
  },
  {
    row: "22",
    model: "Qwen/Qwen2.5-1.5B-Instruct",
    gpu: h200,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.19.1", gpuMemoryUtilization: 0.9, maxModelLen: 32768 },
    logged: { kvCacheGiB: 120.53, kvCacheTokens: 4_513_888, starts: true },
    kind: "dense",
    source: notRetained,
  },
  {
    row: "a",
    model: "Qwen/Qwen3-8B",
    gpu: a100With40,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.9.2", gpuMemoryUtilization: 0.9 },
    logged: { weightsGiB: 15.27, kvCacheGiB: 18.69, kvCacheTokens: 136_080, maxConcurrency: 3.32, starts: true },
    kind: "dense",
    source: notRetained,
  },
  {
    row: "b",
    model: "Qwen/Qwen3-8B",
    gpu: a100With40,
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.19.1", gpuMemoryUtilization: 0.9 },
    logged: { weightsGiB: 15.27, kvCacheGiB: 19.36, kvCacheTokens: 140_960, maxConcurrency: 3.44, starts: true },
    kind: "dense",
    source: notRetained,
  },
  {
    row: "c",
    model: "Qwen/Qwen2.5-72B-Instruct",
    gpu: card("L40S", 44.42, 8.9, 142, "pcie"),
    tensorParallelSize: 4,
    settings: { vllmVersion: "0.19.0", gpuMemoryUtilization: 0.9, maxModelLen: 8192 },
    logged: { weightsGiB: 33.98, kvCacheGiB: 5.11, kvCacheTokens: 67_024, maxConcurrency: 8.18, starts: true },
    kind: "dense",
    source: "https://github.com/gnosia93/eks-agentic-ai",
  },
  {
    row: "d",
    model: "meta-llama/Llama-3.1-8B-Instruct",
    gpu: card("A100-80", 79.25, 8, 108),
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.31.0", gpuMemoryUtilization: 0.92 },
    logged: { weightsGiB: 15.0, kvCacheGiB: 56.21, kvCacheTokens: 460_496, maxConcurrency: 3.51, starts: true },
    kind: "dense",
    source: notRetained,
  },
  {
    row: "e",
    model: "Qwen/Qwen3-8B",
    gpu: card("RTX 6000 Ada", 47.37, 8.9, 142),
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.11.0", gpuMemoryUtilization: 0.9, maxModelLen: 16384 },
    logged: { weightsGiB: 15.27, kvCacheGiB: 25.94, kvCacheTokens: 188_864, maxConcurrency: 11.53, starts: true },
    kind: "dense",
    source: notRetained,
  },
  {
    row: "f",
    model: "Qwen/Qwen3-Next-80B-A3B-Thinking",
    gpu: { ...h200, cudaMemoryGiB: 139.81 },
    tensorParallelSize: 2,
    settings: { vllmVersion: "0.10.2", gpuMemoryUtilization: 0.9 },
    logged: { weightsGiB: 74.28, kvCacheGiB: 44.59, kvCacheTokens: 973_760, maxConcurrency: 14.77, starts: true },
    kind: "hybrid",
    source: notRetained,
  },
  {
    row: "g",
    model: "Qwen/Qwen3-235B-A22B-FP8",
    gpu: card("H100", 79.18, 9, 132, "nvswitch"),
    tensorParallelSize: 4,
    settings: { vllmVersion: "0.9.2", gpuMemoryUtilization: 0.9 },
    logged: { kvCacheGiB: 8.11, kvCacheTokens: 178_880, starts: true },
    kind: "experts",
    exceptions: {
      kvCache: "a KV connector is on, whose buffers the log counts among the libraries",
      tokens: "a KV connector is on; 180,976 tokens would fit 8.11 GiB",
    },
    source: issue(21348),
  },
  {
    row: "h",
    model: "Qwen/Qwen3.5-9B",
    gpu: card("L40S", 44.42, 8.9, 142),
    tensorParallelSize: 1,
    settings: { vllmVersion: "0.19.0", gpuMemoryUtilization: 0.9, maxNumBatchedTokens: 8192 },
    logged: { weightsGiB: 17.66, kvCacheGiB: 20.27, kvCacheTokens: 165_792, maxConcurrency: 2.52, starts: true },
    kind: "hybrid",
    exceptions: { weights: visionTower, kvCache: visionTower },
    source: notRetained,
  },
  {
    row: "i",
    model: "Qwen/Qwen3-30B-A3B",
    tensorParallelSize: 4,
    pipelineParallelSize: 2,
    settings: { vllmVersion: "0.10.1" },
    logged: { weightsGiB: 7.3272, kvCacheGiB: 76.15, kvCacheTokens: 6_654_432 },
    kind: "experts",
    exceptions: { kvCache: noGpu },
    source: notRetained,
  },
  onH200("H1", "deepseek-ai/DeepSeek-R1", 8, "experts", { vllmVersion: "0.11.2", maxModelLen: 8192 }, [79.739, 41.6, 635648, 77.59]),
  onH200(
    "H2",
    "Qwen/Qwen3-235B-A22B-Instruct-2507",
    4,
    "experts",
    { vllmVersion: "0.11.2", maxModelLen: 8192 },
    [109.6068, 12.73, 284080, 34.68],
  ),
  onH200(
    "H3",
    "meta-llama/Llama-3.3-70B-Instruct",
    4,
    "dense",
    { vllmVersion: "0.11.2", maxModelLen: 8192 },
    [32.8894, 90.23, 1182608, 144.36],
  ),
  onH200(
    "H4",
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
    8,
    "experts",
    { vllmVersion: "0.11.2", maxModelLen: 8192 },
    [93.7864, 26.15, 1142384, 139.45],
  ),
  onH200(
    "H5",
    "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
    4,
    "dense",
    { vllmVersion: "0.13.0", maxModelLen: 2248, kvCacheDtype: "fp8" },
    [16.9619, 106.17, 2783104, 1233.65],
  ),
  onH200(
    "H6",
    "meta-llama/Llama-3.3-70B-Instruct",
    4,
    "dense",
    { vllmVersion: "0.14.1", maxModelLen: 8192 },
    [32.89, 90.31, 1183728, 144.5],
  ),
  onH200("H7", "deepseek-ai/DeepSeek-R1", 8, "experts", { vllmVersion: "0.16.0", maxModelLen: 10000 }, [79.74, 43.07, 658112, 65.5]),
  onH200("H8", "deepseek-ai/DeepSeek-V3.2", 8, "experts", { vllmVersion: "0.16.0", maxModelLen: 8192 }, [80.62, 42.19, 578368, 70.6]),
  onH200("H9", "deepseek-ai/DeepSeek-R1", 8, "experts", { vllmVersion: "0.18.0", maxModelLen: 10000 }, [79.74, 42.79, 653808, 65.38]),
  onH200(
    "H10",
    "meta-llama/Llama-3.3-70B-Instruct",
    4,
    "dense",
    { vllmVersion: "0.18.0", maxModelLen: 8192 },
    [32.89, 91.57, 1200192, 146.51],
  ),
  onH200(
    "H11",
    "Qwen/Qwen3-VL-30B-A3B-Instruct",
    1,
    "experts",
    { vllmVersion: "0.13.0", maxModelLen: 8192 },
    [58.2299, 64.23, 701600, 85.64],
  ),
  onH200(
    "H12",
    "Qwen/Qwen3-VL-30B-A3B-Instruct",
    1,
    "experts",
    { vllmVersion: "0.18.0", maxModelLen: 8192 },
    [58.23, 67.03, 732176, 89.38],
  ),
  onH200(
    "H13",
    "RedHatAI/Ministral-3-14B-Instruct-2512",
    1,
    "dense",
    { vllmVersion: "0.18.0", maxModelLen: 8192 },
    [14.71, 111.64, 731632, 89.31],
  ),
  // The bytes of the weights leave no room for the vision tower.
  onH200(
    "H14",
    "RedHatAI/Qwen3.5-35B-A3B-FP8-dynamic",
    1,
    "hybrid",
    { vllmVersion: "0.18.0", maxModelLen: 10000 },
    [34.43, 89.92, 1178496, 343.38],
  ),
  onH200(
    "H15",
    "RedHatAI/Qwen3-Coder-Next-FP8-dynamic",
    1,
    "hybrid",
    { vllmVersion: "0.18.0", maxModelLen: 8192 },
    [76.27, 49.29, 538016, 208.32],
  ),
];

/** Rows of the published collections that cannot be predicted at all. */
export const rowsLeftOut: readonly [row: string, reason: string][] = [
  ["10 GLM-5.3-Flash", "no config.json at hand"],
  ["14 DeepSeek-V3.2, 8 × 4 GPUs", "neither GPU nor cache size in GiB given"],
  ["21 MiniMax-M2.5 NVFP4, data parallel", "data parallelism is not planned"],
  ["23 Qwen3.8-27B", "no config.json at hand"],
  ["24 DeepSeek-V4-Flash", "compressed cache, not modelled"],
  ["25 vLLM's documentation", "neither model size nor GPU given; 643,232 ÷ 40,960 = 15.70 as printed"],
  ["26, 27 capacity tables", "utilisation and version not given"],
  ["28 Qwen2.5-VL-72B", "GPU not given"],
];
