/** The requested split, and the layout that it gives on nodes of one instance type. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { GBpsPerGbps } from "../units";

export interface ParallelRequest {
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** Total number of nodes. @default what the replicas need */
  nodeCount?: number;
  /** Groups, each a whole copy of the model. @default as many as the nodes hold */
  replicas?: number;
  enableExpertParallel: boolean;
  /** The caller cannot set a number of nodes: it follows from the replicas, and problems name `replicas` instead. @default false */
  nodesFollowReplicas?: boolean;
}

export interface ParallelLayout {
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** 0 on the `cpu` row. */
  gpusPerNode: number;
  nodesPerGroup: number;
  /** GPUs that a group computes on; the other GPUs of its nodes stay idle. */
  gpusPerGroup: number;
  replicas: number;
  nodeCount: number;
  /** GPUs that are paid for. */
  gpus: number;
  /** The paid GPUs that no rank runs on, idle nodes included. */
  idleGpus: number;
  idleNodes: number;
  layersPerStage: number[];
  /** As in the request. */
  nodesFollowReplicas?: boolean;
}

/** The share of a node's network for each of its GPUs, GB/s. */
export function networkGBpsOfGpu(type: InstanceTypeFacts, gpu: { count: number }): number {
  return (type.networkGbps * GBpsPerGbps) / gpu.count;
}
