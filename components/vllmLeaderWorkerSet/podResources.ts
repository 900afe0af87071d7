/** What a pod requests: all of its node that DaemonSets leave. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { cpuKvCacheGiB } from "../../sizing/memory/memoryBudget";

/**
 * Reserved for the DaemonSets of a GPU node (VPC CNI, kube-proxy, both device plugins, FSx CSI, Pod Identity, node monitoring, a metrics
 * exporter). With the defaults of their charts and add-ons they request about 0.5 CPU and 0.6 GiB together. A pod that requests one
 * megabyte too much stays Pending while its node is billed.
 */
const daemonSetReserve = { cpuMilli: 1000, memoryMi: 2048 } as const;

/** Shared memory for NCCL and vLLM's message ring; AWS and vLLM examples give 10 to 64 GiB. Used pages count against the memory limit. */
const gpuSharedMemoryMi = 16 * 1024;

/** On a local cluster, in addition to weights and KV cache: 3 GiB for Python, PyTorch and what it compiles. */
const cpuRuntimeMi = 3 * 1024;
const cpuSharedMemoryMi = 512;

/**
 * Disk of the node that a pod may fill, MiB. The kubelet evicts a pod that exceeds a limit, and the whole group restarts with it, so the
 * limits are several times what is known: compiled graphs take 15 to 30 MB for a model, kernels compiled at run time up to a few GB, and
 * `/tmp` holds uploads while they arrive. `rest` is for the log files, which the kubelet rotates at 50 MiB, and for what an image without
 * a read-only root writes elsewhere.
 */
const gpuDisk = { temporaryMi: 8192, homeMi: 4096, compileCacheMi: 8192, restMi: 4096, requestMi: 8192 } as const;
/** A laptop has less of it, and the models are small. */
const cpuDisk = { temporaryMi: 2048, homeMi: 2048, compileCacheMi: 2048, restMi: 2048, requestMi: 1024 } as const;

export interface PodResources {
  requests: Record<string, string>;
  limits: Record<string, string>;
  sharedMemory: string;
  /** Size limits of the pod's directories on the node's disk. */
  disk: { temporary: string; home: string; compileCache: string };
}

export function podResources(type: InstanceTypeFacts, weightsGiB: number, hugePagesMiB: number): PodResources {
  const { requests, limits, sharedMemory } = type.gpu ? wholeNode(type, type.gpu.count, hugePagesMiB) : localPod(weightsGiB);
  const { temporaryMi, homeMi, compileCacheMi, restMi, requestMi } = type.gpu ? gpuDisk : cpuDisk;
  return {
    requests: { ...requests, "ephemeral-storage": mebibytes(requestMi) },
    limits: { ...limits, "ephemeral-storage": mebibytes(temporaryMi + homeMi + compileCacheMi + restMi) },
    sharedMemory,
    disk: { temporary: mebibytes(temporaryMi), home: mebibytes(homeMi), compileCache: mebibytes(compileCacheMi) },
  };
}

type Amounts = Omit<PodResources, "disk">;

/**
 * Requests every GPU and every EFA interface, even if the group computes with fewer: two engines on one node would share the fabric, and a
 * pod with some of the interfaces could get GPUs and cards of different PCIe switches. The memory limit equals the request; mapped weight
 * files count as cache, which the kernel can free. There is no CPU limit, because throttling one rank stalls all of them.
 */
function wholeNode(type: InstanceTypeFacts, gpus: number, hugePagesMiB: number): Amounts {
  const memory = mebibytes(type.allocatable.memoryMi - hugePagesMiB - daemonSetReserve.memoryMi);
  const devices: Record<string, string> = {
    "nvidia.com/gpu": String(gpus),
    ...(type.efaInterfaces > 0 && { "vpc.amazonaws.com/efa": String(type.efaInterfaces) }),
    // Only what the node group reserves: a pod that requests pages that no node offers stays Pending forever.
    ...(hugePagesMiB > 0 && { "hugepages-2Mi": mebibytes(hugePagesMiB) }),
  };
  const cpu = millicores(type.allocatable.cpuMilli - daemonSetReserve.cpuMilli);
  return { requests: { cpu, memory, ...devices }, limits: { memory, ...devices }, sharedMemory: mebibytes(gpuSharedMemoryMi) };
}

/** Small enough for a cluster on a laptop; the weights of the model decide. */
function localPod(weightsGiB: number): Amounts {
  const memoryMi = Math.ceil(weightsGiB * 1024) + cpuKvCacheGiB * 1024 + cpuRuntimeMi + cpuSharedMemoryMi;
  const memory = mebibytes(memoryMi);
  return { requests: { cpu: "1", memory }, limits: { memory }, sharedMemory: mebibytes(cpuSharedMemoryMi) };
}

/**
 * Writes quantities as Kubernetes does. The controller's webhook rewrites the set with `16Gi` for `16384Mi`, so every later `pulumi up`
 * would show a change.
 */
function mebibytes(amount: number): string {
  const units = ["Mi", "Gi", "Ti"];
  const step = amount > 0 && amount % 1024 ** 2 === 0 ? 2 : amount > 0 && amount % 1024 === 0 ? 1 : 0;
  return `${amount / 1024 ** step}${units[step] ?? ""}`;
}

const millicores = (amount: number): string => (amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`);
