/** Objects of the platform's parts as their releases create them on a cluster, shortened. */

export const daemonSetsPath = "/apis/apps/v1/daemonsets";
export const deploymentsPath = "/apis/apps/v1/deployments";
export const definitionPath = (name: string) => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
export const driverPath = "/apis/storage.k8s.io/v1/csidrivers/fsx.csi.aws.com";
export const metricsPath = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";

export const list = (kind: string, items: object[]) => ({ kind, apiVersion: "apps/v1", metadata: { resourceVersion: "48151" }, items });

interface Options {
  namespace?: string;
  labels?: Record<string, string>;
  release?: string;
  tolerations?: object[];
  instanceTypes?: string[];
  image?: string;
  desired?: number;
  ready?: number;
}

const metadataOf = (name: string, { namespace = "kube-system", labels, release }: Options) => ({
  name,
  namespace,
  uid: "8f0f6c1e-6a58-4f0a-a4b1-1a5a2b3c4d5e",
  labels: { ...(release && { "app.kubernetes.io/managed-by": "Helm" }), ...labels },
  annotations: { ...(release && { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace }) },
});

export const everything = [{ operator: "Exists" }];
export const gpuTaint = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];
export const criticalOnly = [{ key: "CriticalAddonsOnly", operator: "Exists" }];

export function daemonSet(name: string, options: Options = {}) {
  const { tolerations = gpuTaint, instanceTypes, image = "registry.example/agent:v1", desired = 0, ready = desired } = options;
  const terms = [{ matchExpressions: [{ key: "node.kubernetes.io/instance-type", operator: "In", values: instanceTypes }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  return {
    metadata: metadataOf(name, options),
    spec: { template: { spec: { containers: [{ name: "agent", image }], tolerations, ...(instanceTypes && { affinity }) } } },
    status: { currentNumberScheduled: desired, desiredNumberScheduled: desired, numberMisscheduled: 0, numberReady: ready },
  };
}

export function deployment(name: string, options: Options = {}) {
  const { image = "registry.example/controller:v1", desired = 2, ready = desired } = options;
  return {
    metadata: metadataOf(name, options),
    spec: { replicas: desired, template: { spec: { containers: [{ name: "manager", image }] } } },
    // A Deployment without a ready pod does not have this field.
    status: { observedGeneration: 1, replicas: desired, ...(ready > 0 && { readyReplicas: ready }) },
  };
}

export const definition = (name: string, schema: object = {}, version = "v1") => ({
  kind: "CustomResourceDefinition",
  apiVersion: "apiextensions.k8s.io/v1",
  metadata: { name },
  spec: { scope: "Namespaced", versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }] },
  status: { conditions: [{ type: "Established", status: "True", reason: "InitialNamesAccepted" }] },
});

const policies = (...names: string[]) => ({ properties: { spec: { properties: { restartPolicy: { enum: names } } } } });
const lws = "leaderworkersets.leaderworkerset.x-k8s.io";
export const lwsDefinition = definition(lws, policies("Default", "RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None"));
export const oldLwsDefinition = definition(lws, policies("Default", "RecreateGroupOnPodRestart", "None"));

export const metricsService = (status: string, reason: string) => ({
  kind: "APIService",
  metadata: { name: "v1beta1.metrics.k8s.io" },
  status: { conditions: [{ type: "Available", status, reason }] },
});

const balancer = { "app.kubernetes.io/name": "aws-load-balancer-controller" };
export const loadBalancerController = (options: Options = {}) =>
  deployment("aws-load-balancer-controller", { labels: balancer, ...options });
export const bindings = definition("targetgroupbindings.elbv2.k8s.aws", {}, "v1beta1");

/** A cluster that has all parts: NVIDIA's by the GPU Operator, EKS's as add-ons. */
export const wholeDaemonSets = [
  daemonSet("nvidia-device-plugin-daemonset", { namespace: "gpu-operator", labels: { app: "nvidia-device-plugin-daemonset" } }),
  daemonSet("aws-efa-k8s-device-plugin"),
  daemonSet("fsx-csi-node", { tolerations: everything, desired: 2 }),
  daemonSet("eks-node-monitoring-agent", { tolerations: everything, desired: 2 }),
  daemonSet("eks-pod-identity-agent", { tolerations: everything, desired: 2 }),
];

export const wholeCluster: Record<string, unknown> = {
  [daemonSetsPath]: list("DaemonSetList", wholeDaemonSets),
  [deploymentsPath]: list("DeploymentList", [loadBalancerController()]),
  [definitionPath("targetgroupbindings.elbv2.k8s.aws")]: bindings,
  [driverPath]: { kind: "CSIDriver", metadata: { name: "fsx.csi.aws.com" }, spec: { attachRequired: false } },
  [metricsPath]: metricsService("True", "Passed"),
};
