/** Environment of the engine's container. What is not set here is left to vLLM, NCCL and the EFA plugin on purpose. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ServingTimeouts } from "../../sizing/costAndTime/timeouts";
import { cpuKvCacheGiB } from "../../sizing/memory/memoryBudget";
import { cacheMountPath } from "./podVolumes";

type EnvVar = k8s.types.input.core.v1.EnvVar;

/** Key inside the Secret that holds the API key. */
export const defaultApiKeyEntry = "api-key";

/**
 * No NCCL or libfabric tuning: aws-ofi-nccl chooses provider, protocol and topology by instance type
 * (https://github.com/aws/aws-ofi-nccl/blob/2daf7d30/doc/efa-env-var.md). NCCL_P2P_DISABLE, NCCL_SHM_DISABLE and NCCL_NET_GDR_LEVEL of
 * older examples take NVLink and GPUDirect away; a LD_LIBRARY_PATH of our own would hide the image's EFA libraries, and NCCL would fall
 * back to TCP without a word.
 */
export function engineEnvironment(type: InstanceTypeFacts, timeouts: ServingTimeouts, hugePagesMiB: number): EnvVar[] {
  return [
    ...plain({
      HF_HUB_OFFLINE: "1", // weights and tokenizer lie in the model store; a start must not need the internet
      VLLM_NO_USAGE_STATS: "1",
      VLLM_CACHE_ROOT: cacheMountPath,
      TORCHINDUCTOR_CACHE_DIR: `${cacheMountPath}/torchinductor`,
      TRITON_CACHE_DIR: `${cacheMountPath}/triton`,
      VLLM_ENGINE_READY_TIMEOUT_S: String(timeouts.engineReadySeconds),
      VLLM_HTTP_TIMEOUT_KEEP_ALIVE: String(timeouts.keepAliveSeconds),
    }),
    { name: "VLLM_HOST_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ...plain({ GLOO_SOCKET_IFNAME: "eth0" }), // Gloo wants one interface by name, and a pod has no other
    ...(type.gpu ? gpuEnvironment(type, hugePagesMiB) : plain({ VLLM_CPU_KVCACHE_SPACE: String(cpuKvCacheGiB) })),
  ];
}

function gpuEnvironment(type: InstanceTypeFacts, hugePagesMiB: number): EnvVar[] {
  // The image sets INFO in /etc/nccl.conf: thousands of lines a start.
  const quiet = plain({ NCCL_DEBUG: "WARN" });
  // libfabric would still try huge pages, and a later fork of the process can fail for lack of memory.
  return type.efaInterfaces > 0 && hugePagesMiB === 0 ? [...quiet, ...plain({ FI_EFA_USE_HUGE_PAGE: "0" })] : quiet;
}

/** By reference only: a value would be readable in the manifest, in Pulumi's state and in every diff. */
export function apiKeyEnvironment(secretName: pulumi.Input<string> | undefined, key: string): EnvVar[] {
  if (secretName === undefined) return [];
  return [{ name: "VLLM_API_KEY", valueFrom: { secretKeyRef: { name: secretName, key } } }];
}

const plain = (values: Record<string, string>): EnvVar[] => Object.entries(values).map(([name, value]) => ({ name, value }));
