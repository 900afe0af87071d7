/** What is asked of a split, and what it comes to on nodes of one instance type. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import { GBpsPerGbps } from "../units";

export interface ParallelRequest {
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** Nodes in all. @default what the replicas need */
  nodeCount?: number;
  /** Groups, each a whole copy of the model. @default as many as the nodes hold */
  replicas?: number;
  enableExpertParallel: boolean;
  /** The caller has no number of nodes to set: they follow from the replicas, and problems name the replicas instead. @default false */
  nodesFollowReplicas?: boolean;
}

export interface ParallelLayout {
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** 0 on the `cpu` row. */
  gpusPerNode: number;
  nodesPerGroup: number;
  /** GPUs that a group computes on; a node's other GPUs stay idle. */
  gpusPerGroup: number;
  replicas: number;
  nodeCount: number;
  /** GPUs that are paid for. */
  gpus: number;
  /** Of those, GPUs that no rank runs on, idle nodes included. */
  idleGpus: number;
  idleNodes: number;
  layersPerStage: number[];
  /** As in the request. */
  nodesFollowReplicas?: boolean;
}

/** The share of a node's network that each of its GPUs has, GB/s. */
export function networkGBpsOfGpu(type: InstanceTypeFacts, gpu: { count: number }): number {
  return (type.networkGbps * GBpsPerGbps) / gpu.count;
}
