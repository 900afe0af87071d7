/** What a pod asks of its node: all of it that other pods leave. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { cpuKvCacheGiB } from "../../sizing/memory/memoryBudget";

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
  const memory = mebibytes(type.allocatable.memoryMi - hugePagesMiB - daemonSetReserve.memoryMi);
  const devices: Record<string, string> = {
    "nvidia.com/gpu": String(gpus),
    ...(type.efaInterfaces > 0 && { "vpc.amazonaws.com/efa": String(type.efaInterfaces) }),
    // Only what the node group has reserved: a request for pages that no node offers stays Pending for ever.
    ...(hugePagesMiB > 0 && { "hugepages-2Mi": mebibytes(hugePagesMiB) }),
  };
  const cpu = millicores(type.allocatable.cpuMilli - daemonSetReserve.cpuMilli);
  return { requests: { cpu, memory, ...devices }, limits: { memory, ...devices }, sharedMemory: mebibytes(gpuSharedMemoryMi) };
}

/** Small enough for a laptop's cluster; a small model's weights decide. */
function localPod(weightsGiB: number): PodResources {
  const memoryMi = Math.ceil(weightsGiB * 1024) + cpuKvCacheGiB * 1024 + cpuRuntimeMi + cpuSharedMemoryMi;
  const memory = mebibytes(memoryMi);
  return { requests: { cpu: "1", memory }, limits: { memory }, sharedMemory: mebibytes(cpuSharedMemoryMi) };
}

/**
 * Quantities as Kubernetes itself writes them. The controller's webhook writes the set anew and says `16Gi` where `16384Mi` was asked for;
 * every later `pulumi up` would find that changed, and no plan would ever be empty.
 */
function mebibytes(amount: number): string {
  const units = ["Mi", "Gi", "Ti"];
  const step = amount > 0 && amount % 1024 ** 2 === 0 ? 2 : amount > 0 && amount % 1024 === 0 ? 1 : 0;
  return `${amount / 1024 ** step}${units[step] ?? ""}`;
}

const millicores = (amount: number): string => (amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`);
