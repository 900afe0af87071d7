/** The one Kubernetes provider of an environment. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { findSecrets } from "../../environment/masking";

interface KubernetesProviderArgs extends k8s.ProviderArgs {
  /** Must be plain: otherwise a kubeconfig that is not known yet previews as a new cluster, and everything on it as replaced. */
  clusterIdentifier: string;
}

/** A kubeconfig with credentials is a secret in the state too. */
export function createKubernetesProvider({ kubeconfig, ...args }: KubernetesProviderArgs): k8s.Provider {
  const holdsSecrets = typeof kubeconfig === "string" && findSecrets(kubeconfig).length > 0;
  return new k8s.Provider("kubernetes", {
    ...(kubeconfig !== undefined && { kubeconfig: holdsSecrets ? pulumi.secret(kubeconfig) : kubeconfig }),
    ...args,
  });
}
