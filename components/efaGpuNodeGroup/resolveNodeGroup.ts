/** Computes from valid arguments everything about a GPU node group that is known before deployment. */
import { instanceType, type InstanceTypeFacts } from "../../catalog/instanceTypes";
import { gpuNodeLabels, gpuNodeTaints, type NodeTaint } from "../gpuNodeScheduling";
import {
  blockNotStarted,
  resolveCapacity,
  CapacityType,
  placementGroupByDefault,
  repairOverrides,
  type ResolvedCapacity,
  type RepairOverride,
} from "./capacity";
import { efaNetworkInterfaces, type NetworkInterface } from "./networkInterfaces";
import { nodeUserData } from "./nodeConfig";
import type { EfaGpuNodeGroupOptions } from "./nodeGroupProblems";
import { defaultRootVolumeGiB, rootVolume, type RootVolumeSettings } from "./rootVolume";

export interface ResolvedNodeGroup {
  /** The component's registered inputs: plain values only. */
  summary: { instanceType: string; nodeCount: number; capacityType: CapacityType; rootVolumeGiB: number; placementGroup: boolean };
  type: InstanceTypeFacts;
  capacity: ResolvedCapacity;
  placementGroup: boolean;
  networkInterfaces: NetworkInterface[];
  rootVolume: RootVolumeSettings;
  userData: string;
  /** Properties of the managed node group that do not depend on another resource. */
  nodeGroup: NodeGroupSettings;
}

interface NodeGroupSettings {
  amiType: "AL2023_x86_64_NVIDIA";
  capacityType: ResolvedCapacity["capacityType"];
  instanceTypes?: string[];
  releaseVersion?: string;
  labels: Record<string, string>;
  taints: NodeTaint[];
  scalingConfig: { minSize: number; desiredSize: number; maxSize: number };
  updateConfig: { maxUnavailable: number; updateStrategy: "MINIMAL" | "DEFAULT" };
  nodeRepairConfig: { enabled: true; nodeRepairConfigOverrides?: RepairOverride[] };
}

export function resolveNodeGroup(options: EfaGpuNodeGroupOptions): ResolvedNodeGroup {
  const { nodeCount, rootVolumeGiB = defaultRootVolumeGiB, hugePagesMiB = 0 } = options;
  const type = instanceType(options.instanceType);
  const bought = options.capacity ?? { type: CapacityType.OnDemand };
  const capacity = resolveCapacity(bought);
  // This must not depend on nodeCount: a new launch template for a paused or grown group would replace every node.
  const placementGroup = options.placementGroup ?? placementGroupByDefault(bought);
  return {
    summary: { instanceType: type.name, nodeCount, capacityType: bought.type, rootVolumeGiB, placementGroup },
    type,
    capacity,
    placementGroup,
    networkInterfaces: efaNetworkInterfaces(type),
    rootVolume: rootVolume(type, rootVolumeGiB),
    userData: nodeUserData(type, hugePagesMiB),
    nodeGroup: nodeGroupSettings(options, capacity, blockNotStarted(bought, options.asOf) ? 0 : nodeCount),
  };
}

function nodeGroupSettings(options: EfaGpuNodeGroupOptions, capacity: ResolvedCapacity, desiredSize: number): NodeGroupSettings {
  const overrides = repairOverrides(capacity);
  return {
    amiType: "AL2023_x86_64_NVIDIA",
    capacityType: capacity.capacityType,
    ...(!capacity.instanceTypeInTemplate && { instanceTypes: [options.instanceType] }),
    ...(options.releaseVersion !== undefined && { releaseVersion: options.releaseVersion }),
    labels: gpuNodeLabels(),
    taints: gpuNodeTaints(),
    // EKS refuses a maximum of 0. A minimum of 0 lets it scale a capacity block down before the block ends.
    scalingConfig: { minSize: 0, desiredSize, maxSize: Math.max(1, options.nodeCount) },
    // MINIMAL stops a node before it starts the next. DEFAULT starts first, and waits forever if every node paid for is in use.
    updateConfig: { maxUnavailable: 1, updateStrategy: capacity.noRoomForTwo ? "MINIMAL" : "DEFAULT" },
    nodeRepairConfig: { enabled: true, ...(overrides.length > 0 && { nodeRepairConfigOverrides: overrides }) },
  };
}
