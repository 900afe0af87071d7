/** GPU models: memory, and the limits of their speed. Marketing pages often count with sparsity; we halve those numbers. */
import type { Source } from "./source";

export interface GpuFacts {
  model: string;
  count: number;
  /** Memory of one GPU as the EC2 API reports it. */
  memoryMiB: number;
  /** Memory of one GPU as CUDA reports it, which is what vLLM multiplies by its utilisation. */
  cudaMemoryGiB: number;
  /** Where `cudaMemoryGiB` was seen. */
  cudaMemorySource?: Source;
  /** CUDA compute capability, for example 8.0 for A100. */
  computeCapability: number;
  /**
   * Streaming multiprocessors, written down from memory of NVIDIA's white papers; only the sampler of vLLM 0.17 to 0.20 depends on them.
   */
  multiprocessors: number;
  /** Peak bandwidth of its memory. */
  memoryGBps: number;
  /** Peak of its tensor cores without sparsity, by number format; absent if they do not support the format. */
  teraflops: { bf16: number; fp8?: number; fp4?: number };
  /** Bandwidth of the link of one GPU in one direction: NVLink, or PCIe ×16. */
  linkGBps: number;
  /** Where bandwidth and teraflops were read. */
  throughputSource: Source;
  /** How GPUs of one node reach each other. */
  link: "nvswitch" | "pcie" | "none";
}

/** Generated from DescribeInstanceTypes: vCPU, memory, GPUs, network, EFA, local disks. */
export const describedTypes: Source = {
  url: "https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/website/content/en/docs/reference/instance-types.md",
  asOf: "2026-08-21",
  confidence: "high",
};

export const excludedUltraServer: Source = {
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
  asOf: "2026-11-22",
  confidence: "low",
};

const read = (url: string, confidence: Source["confidence"]): Source => ({ url, asOf: "2026-11-24", confidence });

/** "Memory per GPU" of a GPU model; `count` and `link` belong to the instance type. */
export type GpuModel = Omit<GpuFacts, "count" | "link">;

/** "Free memory on device (a/b GiB)" and the like: the engine prints what CUDA reports. */
const startUpLogs: Source = { url: "log line of vLLM at start-up; page not retained", asOf: "2026-08-21", confidence: "medium" };
const fewStartUpLogs: Source = { ...startUpLogs, confidence: "low" };
const plannerRecords: Source = {
  url: "https://github.com/llm-d-incubation/llm-d-planner (docs/empirical-vllm-memory-results.md)",
  asOf: "2026-08-21",
  confidence: "high",
};

/** On every type where both are known, CUDA sees 0.6–1.3 % less than the EC2 API states, hence × 0.987. */
const derivedFromEc2: Source = { ...describedTypes, confidence: "low" };

export const a10g: GpuModel = {
  model: "A10G",
  memoryMiB: 22888,
  cudaMemoryGiB: 22.1,
  cudaMemorySource: fewStartUpLogs,
  computeCapability: 8.6,
  multiprocessors: 80,
  memoryGBps: 600,
  teraflops: { bf16: 70 },
  linkGBps: 32,
  throughputSource: read("https://d1.awsstatic.com/product-marketing/ec2/NVIDIA_AWS_A10G_DataSheet_FINAL_02_17_2022.pdf", "medium"),
};
export const l4: GpuModel = {
  model: "L4",
  memoryMiB: 22888,
  cudaMemoryGiB: 22.0,
  cudaMemorySource: fewStartUpLogs,
  computeCapability: 8.9,
  multiprocessors: 58,
  memoryGBps: 300,
  teraflops: { bf16: 121, fp8: 242.5 },
  linkGBps: 32,
  throughputSource: read("https://www.nvidia.com/en-us/data-center/l4/", "medium"),
};
export const l40s: GpuModel = {
  model: "L40S",
  memoryMiB: 45776,
  cudaMemoryGiB: 44.42,
  cudaMemorySource: startUpLogs,
  computeCapability: 8.9,
  multiprocessors: 142,
  memoryGBps: 864,
  teraflops: { bf16: 362.05, fp8: 733 },
  linkGBps: 32,
  throughputSource: read(
    "https://github.com/ai-dynamo/aiconfigurator/blob/ee962fc3fcb7c1ef6af9a1e1ae9444a3d1c161e9/src/aiconfigurator/systems/l40s.yaml",
    "high",
  ),
};
export const rtxPro4500: GpuModel = {
  model: "RTX PRO 4500",
  memoryMiB: 32768,
  cudaMemoryGiB: 31.58,
  cudaMemorySource: derivedFromEc2,
  computeCapability: 12.0,
  multiprocessors: 82,
  memoryGBps: 800,
  teraflops: { bf16: 203, fp8: 405.5, fp4: 811 },
  linkGBps: 64,
  throughputSource: read("https://www.nvidia.com/en-us/data-center/rtx-pro-4500-blackwell-server-edition/", "medium"),
};
export const rtxPro6000: GpuModel = {
  model: "RTX PRO 6000",
  memoryMiB: 98304,
  cudaMemoryGiB: 94.97,
  cudaMemorySource: startUpLogs,
  computeCapability: 12.0,
  multiprocessors: 188,
  memoryGBps: 1597,
  teraflops: { bf16: 500, fp8: 1000, fp4: 2000 },
  linkGBps: 64,
  throughputSource: read("https://www.nvidia.com/en-us/data-center/rtx-pro-6000-blackwell-server-edition/", "medium"),
};
export const a100With40: GpuModel = {
  model: "A100-40",
  memoryMiB: 40960,
  cudaMemoryGiB: 39.49,
  cudaMemorySource: startUpLogs,
  computeCapability: 8.0,
  multiprocessors: 108,
  memoryGBps: 1555,
  teraflops: { bf16: 312 },
  linkGBps: 300,
  throughputSource: read("https://glennklockwood.com/garden/processors/A100", "high"),
};
export const a100With80: GpuModel = {
  model: "A100-80",
  memoryMiB: 81920,
  cudaMemoryGiB: 79.25,
  cudaMemorySource: startUpLogs,
  computeCapability: 8.0,
  multiprocessors: 108,
  memoryGBps: 2039,
  teraflops: { bf16: 312 },
  linkGBps: 300,
  throughputSource: read("https://glennklockwood.com/garden/processors/A100", "high"),
};
export const h100: GpuModel = {
  model: "H100",
  memoryMiB: 81920,
  cudaMemoryGiB: 79.18,
  cudaMemorySource: plannerRecords,
  computeCapability: 9.0,
  multiprocessors: 132,
  memoryGBps: 3350,
  teraflops: { bf16: 989, fp8: 1979 },
  linkGBps: 450,
  throughputSource: read("https://github.com/NVIDIA/exemplar-performance/blob/97b1fd4bf95a9ae85dec0b243d9f97ac038deffb/README.md", "high"),
};
export const h200: GpuModel = {
  model: "H200",
  memoryMiB: 144384,
  cudaMemoryGiB: 139.8,
  cudaMemorySource: startUpLogs,
  computeCapability: 9.0,
  multiprocessors: 132,
  memoryGBps: 4800,
  teraflops: { bf16: 989.5, fp8: 1979 },
  linkGBps: 450,
  throughputSource: read("https://github.com/feifeibear/LLMRoofline (hardware_dict.py)", "high"),
};
/** NVIDIA states 7.7 or 8 TB/s; a bound takes the larger. */
export const b200: GpuModel = {
  model: "B200",
  memoryMiB: 183359,
  cudaMemoryGiB: 178.3,
  cudaMemorySource: fewStartUpLogs,
  computeCapability: 10.0,
  multiprocessors: 148,
  memoryGBps: 8000,
  teraflops: { bf16: 2250, fp8: 4500, fp4: 9000 },
  linkGBps: 900,
  throughputSource: read("https://github.com/NVIDIA/exemplar-performance/blob/97b1fd4bf95a9ae85dec0b243d9f97ac038deffb/README.md", "high"),
};
/** 276.62 GiB was logged outside AWS, more than EC2 grants (268.6 GiB); the smaller, derived number is used. */
export const b300: GpuModel = {
  model: "B300",
  memoryMiB: 275040,
  cudaMemoryGiB: 265.1,
  cudaMemorySource: derivedFromEc2,
  computeCapability: 10.3,
  multiprocessors: 148,
  memoryGBps: 8000,
  teraflops: { bf16: 2250, fp8: 4500, fp4: 13500 },
  linkGBps: 900,
  throughputSource: read("https://www.nvidia.com/en-us/data-center/hgx/", "high"),
};
/** 740 GB in total over 4 GPUs. */
export const gb200: GpuModel = {
  model: "GB200",
  memoryMiB: 176430,
  cudaMemoryGiB: 170.05,
  cudaMemorySource: excludedUltraServer,
  computeCapability: 10.0,
  multiprocessors: 152,
  memoryGBps: 8000,
  teraflops: { bf16: 2500, fp8: 5000, fp4: 10000 },
  linkGBps: 900,
  throughputSource: read("https://github.com/NVIDIA/exemplar-performance/blob/97b1fd4bf95a9ae85dec0b243d9f97ac038deffb/README.md", "high"),
};
