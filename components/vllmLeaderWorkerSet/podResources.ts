/** What a pod asks of its node: all of it that other pods leave. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { cpuKvCacheGiB } from "../../sizing/memoryBudget";

/**
 * Kept free for the DaemonSets of a GPU node (VPC CNI, kube-proxy, both device plugins, FSx CSI, Pod Identity, node monitoring, a metrics
 * exporter): together they ask for about 0.5 CPU and 0.6 GiB with the defaults of their charts and add-ons. A pod that asks for one
 * megabyte too much stays Pending while its node is billed.
 */
const daemonSetReserve = { cpuMilli: 1000, memoryMi: 2048 } as const;

/** Shared memory for NCCL and vLLM's message ring; AWS and vLLM examples give 10 to 64 GiB. Used pages count against the memory limit. */
const gpuSharedMemoryMi = 16 * 1024;

/** On a local cluster, beside weights and KV cache: 3 GiB for Python, PyTorch and what it compiles. */
const cpuRuntimeMi = 3 * 1024;
const cpuSharedMemoryMi = 512;

export interface PodResources {
  requests: Record<string, string>;
  limits: Record<string, string>;
  sharedMemory: string;
}

export function podResources(type: InstanceTypeFacts, weightsGiB: number, hugePagesMiB: number): PodResources {
  return type.gpu ? wholeNode(type, type.gpu.count, hugePagesMiB) : localPod(weightsGiB);
}

/**
 * Every GPU and every EFA interface, whatever the group computes with: two engines on one node would share the fabric, and a pod with some
 * of the interfaces gets its GPUs and cards from different PCIe switches. The memory limit equals the request; mapped weight files count as
 * cache, which the kernel gives back. No CPU limit: throttling one rank stalls all of them.
 */
function wholeNode(type: InstanceTypeFacts, gpus: number, hugePagesMiB: number): PodResources {
  const memory = `${type.allocatable.memoryMi - hugePagesMiB - daemonSetReserve.memoryMi}Mi`;
  const devices: Record<string, string> = {
    "nvidia.com/gpu": String(gpus),
    ...(type.efaInterfaces > 0 && { "vpc.amazonaws.com/efa": String(type.efaInterfaces) }),
    // Only what the node group has reserved: a request for pages that no node offers stays Pending for ever.
    ...(hugePagesMiB > 0 && { "hugepages-2Mi": `${hugePagesMiB}Mi` }),
  };
  const cpu = `${type.allocatable.cpuMilli - daemonSetReserve.cpuMilli}m`;
  return { requests: { cpu, memory, ...devices }, limits: { memory, ...devices }, sharedMemory: `${gpuSharedMemoryMi}Mi` };
}

/** Small enough for a laptop's cluster; a small model's weights decide. */
function localPod(weightsGiB: number): PodResources {
  const memoryMi = Math.ceil(weightsGiB * 1024) + cpuKvCacheGiB * 1024 + cpuRuntimeMi + cpuSharedMemoryMi;
  return { requests: { cpu: "1", memory: `${memoryMi}Mi` }, limits: { memory: `${memoryMi}Mi` }, sharedMemory: `${cpuSharedMemoryMi}Mi` };
}
