"""The four components from Python, on an existing cluster and network: weights, GPU nodes, engine, endpoint."""

import pulumi
import pulumi_vllm_eks as vllm

config = pulumi.Config()
cluster_name = config.require("clusterName")
# The group that EKS created for the cluster: `aws eks describe-cluster`, resourcesVpcConfig.clusterSecurityGroupId.
cluster_security_group_id = config.require("clusterSecurityGroupId")
vpc_id = config.require("vpcId")
gpu_subnet_id = config.require("gpuSubnetId")  # private, in the zone below
load_balancer_subnet_ids: list[str] = config.require_object("loadBalancerSubnetIds")

availability_zone = "us-west-2b"
namespace = "inference"
instance_type = "p4d.24xlarge"
model = "Qwen/Qwen3-32B"

weights = vllm.LustreModelStore(
    "weights",
    deployment_type=vllm.StoreDeploymentType.SCRATCH2,
    storage_capacity_gib=1200,
    client_cidr_blocks=["10.0.0.0/16"],
    model=model,
    needed_gib=62,
    availability_zone=availability_zone,
    subnet_id=gpu_subnet_id,
    vpc_id=vpc_id,
    cluster_security_group_id=cluster_security_group_id,
    namespace=namespace,
)

gpu = vllm.EfaGpuNodeGroup(
    "gpu",
    instance_type=instance_type,
    node_count=2,
    cluster_name=cluster_name,
    cluster_security_group_id=cluster_security_group_id,
    vpc_id=vpc_id,
    subnet_id=gpu_subnet_id,
    start_after=[weights.model_path],  # no GPU is billed while the weights download
)

engine = vllm.VllmLeaderWorkerSet(
    "vllm",
    model=model,
    tensor_parallel_size=8,
    pipeline_parallel_size=2,
    replicas=1,
    instance_type=instance_type,
    availability_zone=availability_zone,
    load_balancer_cidrs=["10.0.1.0/24", "10.0.2.0/24"],  # of load_balancer_subnet_ids
    namespace=namespace,
    image="763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:server-cuda-v2.4",
    model_claim_name=weights.claim_name,
    model_path=weights.model_path,
    api_key_secret_name="api-key",  # a Secret of the namespace; create it beforehand
    start_after=[weights.model_path, gpu.node_group_name],
)

endpoint = vllm.InferenceIngress(
    "llm",
    inbound_cidrs=["10.0.0.0/16"],
    authenticated=True,
    idle_timeout_seconds=engine.idle_timeout_seconds,
    drain_seconds=engine.drain_seconds,
    service_name=engine.service_name,
    namespace=namespace,
    target_security_group_id=cluster_security_group_id,
    vpc_id=vpc_id,
    subnet_ids=load_balancer_subnet_ids,
)

pulumi.export("url", endpoint.url)
pulumi.export("fit", engine.fit_summary)
