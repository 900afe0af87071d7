/** Environment of the engine's container. We leave other variables to vLLM, NCCL and the EFA plugin on purpose. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ServingTimeouts } from "../../sizing/costAndTime/timeouts";
import { cpuKvCacheGiB } from "../../sizing/memory/memoryBudget";
import { cacheMountPath, homeMountPath } from "./podVolumes";

type EnvVar = k8s.types.input.core.v1.EnvVar;

/** Key in the Secret that contains the API key. */
export const defaultApiKeyEntry = "api-key";

/**
 * We do not tune NCCL or libfabric: aws-ofi-nccl chooses provider, protocol and topology by instance type
 * (https://github.com/aws/aws-ofi-nccl/blob/2daf7d30/doc/efa-env-var.md). NCCL_P2P_DISABLE, NCCL_SHM_DISABLE and NCCL_NET_GDR_LEVEL of
 * older examples switch off NVLink and GPUDirect. If we set LD_LIBRARY_PATH, it would hide the image's EFA libraries, and NCCL would
 * silently fall back to TCP.
 */
export function engineEnvironment(type: InstanceTypeFacts, timeouts: ServingTimeouts, hugePagesMiB: number): EnvVar[] {
  return [
    ...plain({
      HF_HUB_OFFLINE: "1", // weights and tokenizer are on the model store; a start must not need the internet
      VLLM_NO_USAGE_STATS: "1",
      ...writableDirectories,
      VLLM_ENGINE_READY_TIMEOUT_S: String(timeouts.engineReadySeconds),
      VLLM_HTTP_TIMEOUT_KEEP_ALIVE: String(timeouts.keepAliveSeconds),
      VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS: String(timeouts.stepTimeoutSeconds),
    }),
    { name: "VLLM_HOST_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ...plain({ GLOO_SOCKET_IFNAME: "eth0" }), // Gloo needs the name of one interface, and a pod has only this one
    ...(type.gpu ? gpuEnvironment(type, hugePagesMiB) : plain({ VLLM_CPU_KVCACHE_SPACE: String(cpuKvCacheGiB) })),
  ];
}

/**
 * Whatever vLLM and its libraries write goes into a volume: what they compile into the compile cache, the rest below HOME. Each has its
 * own variable, and images set some of them, so HOME alone would not do. https://docs.vllm.ai/en/latest/configuration/env_vars/
 */
const writableDirectories = {
  HOME: homeMountPath,
  XDG_CACHE_HOME: `${homeMountPath}/.cache`,
  XDG_CONFIG_HOME: `${homeMountPath}/.config`,
  HF_HOME: `${homeMountPath}/huggingface`, // code of a model's repository is copied here before it runs
  VLLM_CACHE_ROOT: cacheMountPath,
  TORCHINDUCTOR_CACHE_DIR: `${cacheMountPath}/torchinductor`,
  TRITON_CACHE_DIR: `${cacheMountPath}/triton`,
  FLASHINFER_WORKSPACE_BASE: `${cacheMountPath}/flashinfer`,
  CUDA_CACHE_PATH: `${cacheMountPath}/cuda`,
} as const;

/** Python looks up the name of the user, and fails for a number that the image's list of users does not have. */
export const nonRootEnvironment: EnvVar[] = ["USER", "LOGNAME"].map((name) => ({ name, value: "vllm" }));

function gpuEnvironment(type: InstanceTypeFacts, hugePagesMiB: number): EnvVar[] {
  // The image sets INFO in /etc/nccl.conf, which logs thousands of lines per start.
  const quiet = plain({ NCCL_DEBUG: "WARN" });
  // Otherwise libfabric would try huge pages, and a later fork of the process could fail for lack of memory.
  return type.efaInterfaces > 0 && hugePagesMiB === 0 ? [...quiet, ...plain({ FI_EFA_USE_HUGE_PAGE: "0" })] : quiet;
}

/** Refers to the Secret: a value would be readable in the manifest, in Pulumi's state and in every diff. */
export function apiKeyEnvironment(secretName: pulumi.Input<string> | undefined, key: string): EnvVar[] {
  if (secretName === undefined) return [];
  return [{ name: "VLLM_API_KEY", valueFrom: { secretKeyRef: { name: secretName, key } } }];
}

const plain = (values: Record<string, string>): EnvVar[] => Object.entries(values).map(([name, value]) => ({ name, value }));
