/** Nodes that kwok simulates: what an EKS node of that type reports, and what its node group adds. */
import type { InstanceTypeFacts } from "../../../catalog/instanceTypes";
import { type NodeTaint, csiStartupTaintKey, instanceTypeLabel, zoneLabel } from "../../../components/gpuNodeScheduling";
import type { KubernetesApi, KubernetesObject } from "./kubernetesApi";

export interface SimulatedNode {
  name: string;
  type: InstanceTypeFacts;
  zone: string;
  labels?: Record<string, string>;
  taints?: NodeTaint[];
}

const effects = { NO_SCHEDULE: "NoSchedule", NO_EXECUTE: "NoExecute" } as const;

/** GPUs and EFA devices are what the device plugins report; the rest is the catalog's allocatable. */
export function nodeObject({ name, type, zone, labels = {}, taints = [] }: SimulatedNode): KubernetesObject {
  const capacity = {
    cpu: `${type.allocatable.cpuMilli}m`,
    memory: `${type.allocatable.memoryMi}Mi`,
    "ephemeral-storage": "900Gi",
    "hugepages-2Mi": "0",
    pods: "110",
    ...(type.gpu && { "nvidia.com/gpu": String(type.gpu.count) }),
    ...(type.efaInterfaces > 0 && { "vpc.amazonaws.com/efa": String(type.efaInterfaces) }),
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        "kubernetes.io/arch": type.architecture === "arm64" ? "arm64" : "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        [instanceTypeLabel]: type.name,
        [zoneLabel]: zone,
        "topology.kubernetes.io/region": zone.slice(0, -1),
        ...labels,
      },
    },
    spec: { taints: taints.map(({ key, value, effect }) => ({ key, ...(value && { value }), effect: effects[effect] })) },
    status: { capacity, allocatable: capacity },
  };
}

/** What the FSx CSI driver does when it has registered on a node. */
export async function csiDriverStarted(api: KubernetesApi, name: string): Promise<void> {
  const { spec } = await api.get("v1/Node", name);
  const taints = (spec.taints as { key: string }[] | undefined) ?? [];
  await api.patch("v1/Node", name, undefined, { spec: { taints: taints.filter(({ key }) => key !== csiStartupTaintKey) } });
}
