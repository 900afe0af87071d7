/** How to recognise each part of the platform on a cluster, and what happens without it. */
import type { PlatformPart } from "../../environment/settingTypes";
import type { AwsEnvironment, Environment } from "../../environment/environment";
import type { ClusterApi } from "../check";
import {
  findDaemonSets,
  findDevicePlugins,
  findLoadBalancerController,
  findMetricsApi,
  findStorageDriver,
  type FoundPart,
} from "./partSearch";

/** The LeaderWorkerSet controller has a separate check. */
export type SoughtPart = Exclude<PlatformPart, "leaderWorkerSet">;

interface PartFacts {
  called: string;
  /** How this package installs it. */
  installedBy: "release" | "addon";
  /** Whether this environment has a use for it. */
  needed(environment: Environment, aws: AwsEnvironment): boolean;
  /** The severity if it is missing, and what fails then. */
  severity: "error" | "warning";
  without: string;
  /** What happens if it is installed beside an existing one. */
  twice: string;
  find(cluster: ClusterApi, environment: Environment): Promise<FoundPart | undefined>;
}

const always = () => true;
const hasEndpoint = (_: Environment, { ingress }: AwsEnvironment) => ingress.mode !== "none";
const addonTwice =
  "EKS refuses an add-on that exists (ResourceInUseException); it takes over one that Helm installed, and Helm's next upgrade undoes that";

export const partFacts: Record<SoughtPart, PartFacts> = {
  loadBalancerController: {
    called: "AWS Load Balancer Controller",
    installedBy: "release",
    needed: hasEndpoint,
    severity: "error",
    without: "no pod is registered with the load balancer",
    // https://github.com/aws/eks-charts/blob/5239609/stable/aws-load-balancer-controller/templates/_helpers.tpl (namePrefix)
    twice: "Helm refuses a second one, because its webhook configurations have the same names",
    find: findLoadBalancerController,
  },
  nvidiaDevicePlugin: {
    called: "NVIDIA device plugin",
    installedBy: "release",
    needed: ({ instance }) => instance.gpu !== undefined,
    severity: "error",
    without: "no node offers nvidia.com/gpu, and every pod stays Pending while the GPUs are billed",
    twice: "two plugins register nvidia.com/gpu on each node, and the kubelet uses the one that registered last",
    // Chart and manifests of NVIDIA, and GPU Operator: https://github.com/NVIDIA/gpu-operator/blob/4ef16ed77194/assets/state-device-plugin/0500_daemonset.yaml.
    // The control daemon of MPS has the labels of the plugin.
    find: findDevicePlugins(/(^|-)nvidia-device-plugin/, /-mps-control-daemon$/),
  },
  efaDevicePlugin: {
    called: "EFA device plugin",
    installedBy: "release",
    needed: ({ instance }) => instance.efaInterfaces > 0,
    severity: "error",
    without: "no node offers vpc.amazonaws.com/efa, and every pod stays Pending while the GPUs are billed",
    twice: "two plugins register vpc.amazonaws.com/efa on each node, and the kubelet uses the one that registered last",
    // https://github.com/aws/eks-charts/blob/5239609/stable/aws-efa-k8s-device-plugin/templates/daemonset.yaml
    find: findDevicePlugins(/aws-efa-k8s-device-plugin/),
  },
  fsxCsiDriver: {
    called: "FSx CSI driver",
    installedBy: "addon",
    needed: always,
    severity: "error",
    without: "the file system cannot be mounted: neither the download nor a pod starts",
    twice: addonTwice,
    find: findStorageDriver("fsx.csi.aws.com", /^fsx-csi-node/),
  },
  metricsServer: {
    called: "metrics-server",
    installedBy: "addon",
    needed: always,
    severity: "warning",
    without: "kubectl top and autoscalers have no numbers",
    twice: addonTwice,
    find: findMetricsApi("v1beta1.metrics.k8s.io"),
  },
  nodeMonitoringAgent: {
    called: "EKS node monitoring agent",
    installedBy: "addon",
    needed: always,
    severity: "warning",
    without: "a broken GPU or network card goes unnoticed, and the node group's repair has nothing to act on",
    twice: addonTwice,
    // https://github.com/aws/eks-node-monitoring-agent/blob/eb65bd3f4d03/charts/eks-node-monitoring-agent/templates/daemonset.yaml
    find: findDaemonSets(/eks-node-monitoring-agent$/),
  },
  podIdentityAgent: {
    called: "EKS Pod Identity agent",
    installedBy: "addon",
    // The load balancer controller is the only one that this package gives AWS rights.
    needed: (environment, aws) => hasEndpoint(environment, aws) && aws.platform.loadBalancerController === "install",
    severity: "error",
    without: "the load balancer controller that this stack installs has no AWS rights, and AWS refuses its calls",
    twice: addonTwice,
    // https://github.com/aws/eks-pod-identity-agent/blob/4587e6e5d9eb/charts/eks-pod-identity-agent/templates/daemonset.yaml
    find: findDaemonSets(/eks-pod-identity-agent/),
  },
};
