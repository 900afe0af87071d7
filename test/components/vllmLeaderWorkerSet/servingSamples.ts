/** The deployments in the specs of VllmLeaderWorkerSet. */
import type { VllmLeaderWorkerSetArgs } from "../../../components/vllmLeaderWorkerSet/vllmLeaderWorkerSet";

const wiring = {
  namespace: "inference",
  image: "registry.example/vllm:0.27.1",
  modelClaimName: "weights-1a2b",
  modelPath: "/models/store/main",
  apiKeySecretName: "api-key-9f8e",
};

/** The deployment of the AWS walk-through: 16 A100 in two nodes. */
export const twoNodes: VllmLeaderWorkerSetArgs = {
  ...wiring,
  model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
  tensorParallelSize: 8,
  pipelineParallelSize: 2,
  replicas: 1,
  instanceType: "p4d.24xlarge",
  availabilityZone: "us-west-2a",
  engine: { maxModelLen: 16384 },
  loadBalancerCidrs: ["10.0.96.0/24", "10.0.97.0/24"],
  readMBps: 240,
};

export const oneNode: VllmLeaderWorkerSetArgs = { ...twoNodes, pipelineParallelSize: 1 };

/** A cluster on a laptop. */
export const local: VllmLeaderWorkerSetArgs = {
  ...wiring,
  model: "Qwen/Qwen3-0.6B",
  tensorParallelSize: 1,
  pipelineParallelSize: 1,
  replicas: 1,
  instanceType: "cpu",
  loadBalancerCidrs: [],
};
