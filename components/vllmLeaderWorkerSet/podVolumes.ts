/** Volumes of a pod and where its container mounts them. With a read-only root, the container writes only to these. */
import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { modelMountPath } from "../modelDirectory";
import type { PodResources } from "./podResources";
import { probeDirectory } from "./probes";

export const cacheMountPath = "/var/cache/vllm";

/** Home of the engine's user: the image's own, `/root`, is read-only. */
export const homeMountPath = "/home/vllm";

/** Where EKS nodes mount their NVMe disks as one disk: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/#localstoragestrategy */
const localDisks = "/mnt/k8s-disks/0";

interface PodVolumeSources {
  namespace: pulumi.Input<string>;
  image: pulumi.Input<string>;
  modelClaimName: pulumi.Input<string>;
  probeConfigMapName: pulumi.Input<string>;
  resources: PodResources;
  /** False for another user than root: the node's directory belongs to root. */
  mayUseHostDirectory: boolean;
}

export function podVolumes(name: string, type: InstanceTypeFacts, sources: PodVolumeSources): k8s.types.input.core.v1.Volume[] {
  const { sharedMemory, disk } = sources.resources;
  return [
    { name: "model", persistentVolumeClaim: { claimName: sources.modelClaimName } },
    { name: "probes", configMap: { name: sources.probeConfigMapName, defaultMode: 0o444 } },
    { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: sharedMemory } },
    { name: "compile-cache", ...compileCache(name, type, sources) },
    { name: "temporary", emptyDir: { sizeLimit: disk.temporary } },
    { name: "home", emptyDir: { sizeLimit: disk.home } },
  ];
}

/**
 * Keeps compiled kernels on the node's disk when the pod ends; a restarted group saves half a minute to two minutes. vLLM keys them by
 * model, version and GPU. They are not on the model store, because pods only read there.
 *
 * The engine runs what lies here as its own code. So each set of each namespace has its own directory for each image, and only root can
 * write to it: the kubelet creates it with mode 0755 as root (https://kubernetes.io/docs/concepts/storage/volumes/#hostpath). Another
 * workload that mounts directories of the node as root could write to it, and to everything else on the node.
 */
function compileCache(
  name: string,
  type: InstanceTypeFacts,
  { namespace, image, mayUseHostDirectory, resources }: PodVolumeSources,
): Pick<k8s.types.input.core.v1.Volume, "hostPath" | "emptyDir"> {
  if (!type.gpu || !mayUseHostDirectory) return { emptyDir: { sizeLimit: resources.disk.compileCache } };
  const directory = type.nvmeGB > 0 ? `${localDisks}/vllm-cache` : "/var/cache/vllm";
  const path = pulumi.all([namespace, image]).apply(([space, uri]) => `${directory}/${space}/${name}/${shortHash(uri)}`);
  return { hostPath: { path, type: "DirectoryOrCreate" } };
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 10);

export const volumeMounts: k8s.types.input.core.v1.VolumeMount[] = [
  { name: "model", mountPath: modelMountPath, readOnly: true },
  { name: "probes", mountPath: probeDirectory, readOnly: true },
  { name: "shared-memory", mountPath: "/dev/shm" },
  { name: "compile-cache", mountPath: cacheMountPath },
  { name: "temporary", mountPath: "/tmp" },
  { name: "home", mountPath: homeMountPath },
];
