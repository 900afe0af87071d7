import { systemZone } from "./engineRun";

/** Settings of an AWS environment on an existing cluster and network. */
export const adoptedCluster = (kubeconfig: string) => ({
  "vllm-eks:preflight": "false", // there is no account to ask
  "vllm-eks:cluster.name": "shared",
  "vllm-eks:cluster.kubeconfig": kubeconfig,
  "vllm-eks:availabilityZone": systemZone,
  "vllm-eks:network.vpcId": "vpc-0123456789abcdef0",
  "vllm-eks:network.nodeSubnetId": "subnet-0123456789abcdef0",
  "vllm-eks:network.loadBalancerSubnetIds[0]": "subnet-0123456789abcdef1",
  "vllm-eks:network.loadBalancerSubnetIds[1]": "subnet-0123456789abcdef2",
  "vllm-eks:network.loadBalancerCidrs[0]": "10.0.8.0/22",
});
