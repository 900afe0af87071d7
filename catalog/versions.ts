/** Versions of everything the package installs or needs, each pinned, with the support dates that decide whether it can be installed. */
import type { Source } from "./source";

export interface KubernetesVersionFacts {
  version: string;
  /** Day on which EKS released it, `YYYY-MM-DD`; the other dates are the last days of a support period. */
  releasedOn: string;
  standardSupportEndsOn: string;
  extendedSupportEndsOn: string;
  /** Kernel of the AL2023 NVIDIA AMI for this version. */
  amiKernel: string;
  /** Whether a mount of FSx for Lustre is known to work with that kernel. */
  lustreProven: boolean;
  source: Source;
}

const supportDates: Source = {
  url: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  asOf: "2026-11-30",
  confidence: "high",
};

/** EKS released 1.37; nothing states the ends. They follow from 14 months of standard support and 12 of extended. */
const inferredDates: Source = { url: "https://aws.amazon.com/about-aws/whats-new/2026/10/", asOf: "2026-11-30", confidence: "low" };

/** Kernels: https://github.com/awslabs/amazon-eks-ami/releases/tag/v20261012. */
// prettier-ignore
export const kubernetesVersions: readonly KubernetesVersionFacts[] = [
  { version: "1.31", releasedOn: "2024-09-26", standardSupportEndsOn: "2025-11-26", extendedSupportEndsOn: "2026-11-26", amiKernel: "6.1", lustreProven: true, source: supportDates },
  { version: "1.32", releasedOn: "2025-01-23", standardSupportEndsOn: "2026-03-23", extendedSupportEndsOn: "2027-03-23", amiKernel: "6.1", lustreProven: true, source: supportDates },
  { version: "1.33", releasedOn: "2025-05-29", standardSupportEndsOn: "2026-07-29", extendedSupportEndsOn: "2027-07-29", amiKernel: "6.12", lustreProven: true, source: supportDates },
  { version: "1.34", releasedOn: "2025-10-02", standardSupportEndsOn: "2026-12-02", extendedSupportEndsOn: "2027-12-02", amiKernel: "6.12", lustreProven: true, source: supportDates },
  { version: "1.35", releasedOn: "2026-01-27", standardSupportEndsOn: "2027-03-27", extendedSupportEndsOn: "2028-03-27", amiKernel: "6.12", lustreProven: true, source: supportDates },
  { version: "1.36", releasedOn: "2026-06-02", standardSupportEndsOn: "2027-08-02", extendedSupportEndsOn: "2028-08-02", amiKernel: "6.18", lustreProven: false, source: supportDates },
  { version: "1.37", releasedOn: "2026-10-01", standardSupportEndsOn: "2027-12-01", extendedSupportEndsOn: "2028-12-01", amiKernel: "6.18", lustreProven: false, source: inferredDates },
];

/** Newest version with a kernel that is known to mount Lustre. */
export const defaultKubernetesVersion = "1.35";

export function findKubernetesVersion(version: string): KubernetesVersionFacts | undefined {
  return kubernetesVersions.find((row) => row.version === version);
}

export const KubernetesSupport = {
  NotReleased: "notReleased",
  Standard: "standard",
  /** Six times the price of the control plane. */
  Extended: "extended",
  Ended: "ended",
} as const;
export type KubernetesSupport = (typeof KubernetesSupport)[keyof typeof KubernetesSupport];

/** Support of a version on a day, `YYYY-MM-DD`; the last day of a period still belongs to it. */
export function kubernetesSupportOn(row: KubernetesVersionFacts, day: string): KubernetesSupport {
  if (day < row.releasedOn) return KubernetesSupport.NotReleased;
  if (day <= row.standardSupportEndsOn) return KubernetesSupport.Standard;
  return day <= row.extendedSupportEndsOn ? KubernetesSupport.Extended : KubernetesSupport.Ended;
}

interface AmiFacts {
  /** `amiType` of the managed node group. */
  amiType: string;
  /** Date part of the release; the whole `releaseVersion` starts with a Kubernetes patch version that EKS chooses. */
  release: string;
  nvidiaDriver: string;
  source: Source;
}

export const gpuNodeAmi: AmiFacts = {
  amiType: "AL2023_x86_64_NVIDIA",
  release: "20261012",
  nvidiaDriver: "580.159.03", // branch 580 on every type that the catalog has; 595 only on g7 and newer
  source: { url: "https://github.com/awslabs/amazon-eks-ami/releases/tag/v20261012", asOf: "2026-10-14", confidence: "medium" },
};

/** AMI of nodes without GPUs. */
export const systemNodeAmiType = "AL2023_x86_64_STANDARD";

export interface ChartFacts {
  /** Chart name in `repository`, or the whole `oci://` reference. */
  chart: string;
  version: string;
  /** Helm repository; absent for an OCI chart. */
  repository?: string;
  namespace: string;
  /** Image that this version of the chart runs, and what to know about it. */
  image: string;
  imageNote?: string;
  source: Source;
}

const eksCharts: Source = { url: "https://github.com/aws/eks-charts/tree/5239609/stable", asOf: "2026-08-03", confidence: "high" };

export const charts = {
  leaderWorkerSet: {
    chart: "oci://registry.k8s.io/lws/charts/lws",
    version: "0.10.0",
    namespace: "lws-system",
    image: "registry.k8s.io/lws/lws:v0.10.0",
    imageNote: "Helm installs the CRDs on the first install only; the definition exceeds what client-side apply can annotate.",
    source: { url: "https://github.com/kubernetes-sigs/lws/tree/v0.10.0/charts/lws", asOf: "2026-08-21", confidence: "high" },
  },
  nvidiaDevicePlugin: {
    chart: "nvidia-device-plugin",
    version: "0.20.0",
    repository: "https://nvidia.github.io/k8s-device-plugin",
    namespace: "kube-system",
    image: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0",
    imageNote: "0.19.0 to 0.19.2 hand every EFA device to every GPU container (mofedEnabled); not fixed before 0.19.3.",
    source: { url: "https://github.com/NVIDIA/k8s-device-plugin/tree/v0.20.0/deployments/helm", asOf: "2026-08-19", confidence: "high" },
  },
  efaDevicePlugin: {
    chart: "aws-efa-k8s-device-plugin",
    version: "v0.5.30",
    repository: "https://aws.github.io/eks-charts",
    namespace: "kube-system",
    image: "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20",
    imageNote: "The chart names us-west-2 for every region; override it if that registry cannot be reached.",
    source: eksCharts,
  },
  loadBalancerController: {
    chart: "aws-load-balancer-controller",
    version: "3.5.0",
    repository: "https://aws.github.io/eks-charts",
    namespace: "kube-system",
    image: "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0",
    source: { url: "https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0", asOf: "2026-08-17", confidence: "high" },
  },
} as const satisfies Record<string, ChartFacts>;

export interface AddonFacts {
  /** Name of the EKS add-on. */
  name: string;
  /** Absent: EKS's default for the cluster's version at the time of creation. No source gives versions for 1.35. */
  version?: string;
  /** Lowest version that has the features that the package uses. */
  minimumVersion?: string;
  source: Source;
}

const addonNames: Source = {
  url: "https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html",
  asOf: "2026-11-22",
  confidence: "high",
};

export const addons = {
  vpcCni: {
    name: "vpc-cni",
    // Older ones do not know `efa-only` interfaces. https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html
    minimumVersion: "1.18.5",
    source: addonNames,
  },
  kubeProxy: { name: "kube-proxy", source: addonNames },
  coreDns: { name: "coredns", source: addonNames },
  podIdentityAgent: { name: "eks-pod-identity-agent", source: addonNames },
  nodeMonitoringAgent: { name: "eks-node-monitoring-agent", source: addonNames },
  fsxCsiDriver: { name: "aws-fsx-csi-driver", source: addonNames },
  metricsServer: { name: "metrics-server", source: addonNames },
} as const satisfies Record<string, AddonFacts>;

/** A lowest or fixed version of something that the package does not install itself. */
export interface VersionRequirement {
  version: string;
  source: Source;
}

export const requirements = {
  /** First with the restart policy `RecreateGroupAfterStart`: a group is not recreated while one of its pods is still starting. */
  minimumLeaderWorkerSet: {
    version: "0.9.0",
    source: { url: "https://github.com/kubernetes-sigs/lws/releases/tag/v0.9.0", asOf: "2026-08-21", confidence: "high" },
  },
  /** Has `--nnodes`, `--node-rank` and `--headless` for certain (several nodes without Ray). They came with 0.11.1 or 0.12.0. */
  minimumVllmMultiNode: {
    version: "0.13.0",
    source: { url: "https://github.com/vllm-project/vllm/pull/23691", asOf: "2026-08-21", confidence: "medium" },
  },
  /** First with `--shutdown-timeout`: running requests finish before the engine stops. */
  minimumVllmShutdownTimeout: {
    version: "0.18.0",
    source: { url: "https://github.com/vllm-project/vllm/pull/36666", asOf: "2026-08-21", confidence: "medium" },
  },
  /** Always set, because the 2.15 client of AL2023 refuses the default 2.10. */
  fsxLustre: {
    version: "2.15",
    source: {
      url: "https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html",
      asOf: "2026-11-22",
      confidence: "high",
    },
  },
  /** Version 1 of the CLI has a different minimum. */
  minimumAwsCli1: {
    version: "1.24.0",
    source: {
      url: "https://github.com/pulumi/pulumi-eks/blob/v4.3.0/nodejs/eks/dependencies.ts",
      asOf: "2026-11-24",
      confidence: "high",
    },
  },
  /** The constructor of `eks.Cluster` fails without it, also in preview. */
  minimumAwsCli: {
    version: "2.7.0",
    source: { url: "https://github.com/pulumi/pulumi-eks/tree/v4.3.0/nodejs/eks", asOf: "2026-11-22", confidence: "high" },
  },
} as const satisfies Record<string, VersionRequirement>;
