/**
 * Labels, taints and tolerations of GPU nodes: the node group sets them, pods and device plugins answer them, and this is the one place.
 */

/** Label by which pods of a group find nodes of their instance type. */
export const gpuNodeLabel = "vllm-eks/gpu-node";

/** Keeps everything off a GPU node that does not ask for it: at up to $142 an hour no log collector may take its memory. */
export const gpuTaintKey = "nvidia.com/gpu";

/** The FSx CSI driver removes this taint when it is ready; without it a pod can land before the driver is registered. */
export const csiStartupTaintKey = "fsx.csi.aws.com/agent-not-ready";

export interface NodeTaint {
  key: string;
  value: string;
  effect: "NO_SCHEDULE" | "NO_EXECUTE";
}

export const gpuNodeTaints = (): NodeTaint[] => [
  { key: gpuTaintKey, value: "present", effect: "NO_SCHEDULE" },
  { key: csiStartupTaintKey, value: "", effect: "NO_EXECUTE" },
];

export const gpuNodeLabels = (): Record<string, string> => ({ [gpuNodeLabel]: "true" });

export interface Toleration {
  key: string;
  operator: "Exists";
  effect?: "NoSchedule" | "NoExecute";
}

/** What serving pods and device plugins tolerate. The CSI taint is left out on purpose for pods: they must wait for the driver. */
export const gpuTolerations = (): Toleration[] => [{ key: gpuTaintKey, operator: "Exists", effect: "NoSchedule" }];

/** Device plugins start before the CSI driver does. */
export const devicePluginTolerations = (): Toleration[] => [
  ...gpuTolerations(),
  { key: csiStartupTaintKey, operator: "Exists", effect: "NoExecute" },
];

export const zoneLabel = "topology.kubernetes.io/zone";
export const instanceTypeLabel = "node.kubernetes.io/instance-type";
