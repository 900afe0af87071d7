/**
 * Labels, taints and tolerations of GPU nodes. The node group sets them, and pods and device plugins match them.
 */

/** Label that pods use to find GPU nodes. */
export const gpuNodeLabel = "vllm-eks/gpu-node";

/** Keeps pods without this toleration off GPU nodes: at up to $142 an hour, a log collector must not take their memory. */
export const gpuTaintKey = "nvidia.com/gpu";

/** The FSx CSI driver removes this taint when it is ready. Without the taint a pod can start before the driver is registered. */
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

/** What serving pods tolerate. They do not tolerate the CSI taint, because they must wait for the driver. */
export const gpuTolerations = (): Toleration[] => [{ key: gpuTaintKey, operator: "Exists", effect: "NoSchedule" }];

/** Device plugins start before the CSI driver does. */
export const devicePluginTolerations = (): Toleration[] => [
  ...gpuTolerations(),
  { key: csiStartupTaintKey, operator: "Exists", effect: "NoExecute" },
];

export const zoneLabel = "topology.kubernetes.io/zone";
export const instanceTypeLabel = "node.kubernetes.io/instance-type";
