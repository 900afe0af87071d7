/** The one Kubernetes provider of an environment. */
import * as k8s from "@pulumi/kubernetes";

interface KubernetesProviderArgs extends k8s.ProviderArgs {
  /** Must be plain: otherwise a kubeconfig that is not known yet previews as a new cluster, and everything on it as replaced. */
  clusterIdentifier: string;
}

export function createKubernetesProvider(args: KubernetesProviderArgs): k8s.Provider {
  return new k8s.Provider("kubernetes", args);
}
