/** Volumes of a pod and where its container mounts them. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { modelMountPath } from "../modelDirectory";
import { probeDirectory } from "./probes";

export const cacheMountPath = "/var/cache/vllm";

/** Where EKS nodes mount their NVMe disks as one disk: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/#localstoragestrategy */
const localDisks = "/mnt/k8s-disks/0";

interface PodVolumeSources {
  modelClaimName: pulumi.Input<string>;
  probeConfigMapName: pulumi.Input<string>;
  sharedMemory: string;
}

export function podVolumes(name: string, type: InstanceTypeFacts, sources: PodVolumeSources): k8s.types.input.core.v1.Volume[] {
  return [
    { name: "model", persistentVolumeClaim: { claimName: sources.modelClaimName } },
    { name: "probes", configMap: { name: sources.probeConfigMapName, defaultMode: 0o444 } },
    { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: sources.sharedMemory } },
    { name: "compile-cache", ...compileCache(name, type) },
  ];
}

/**
 * Keeps compiled kernels on the node's disk when the pod ends; a restarted group saves half a minute to two minutes. vLLM keys them by
 * model, version and GPU. They are not on the model store, because pods only read there.
 */
function compileCache(name: string, type: InstanceTypeFacts): Pick<k8s.types.input.core.v1.Volume, "hostPath" | "emptyDir"> {
  if (!type.gpu) return { emptyDir: {} };
  const directory = type.nvmeGB > 0 ? `${localDisks}/vllm-cache` : "/var/cache/vllm";
  return { hostPath: { path: `${directory}/${name}`, type: "DirectoryOrCreate" } };
}

export const volumeMounts: k8s.types.input.core.v1.VolumeMount[] = [
  { name: "model", mountPath: modelMountPath, readOnly: true },
  { name: "probes", mountPath: probeDirectory, readOnly: true },
  { name: "shared-memory", mountPath: "/dev/shm" },
  { name: "compile-cache", mountPath: cacheMountPath },
];
