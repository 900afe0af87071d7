/** Keeps the cluster from holding back what lives outside it. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface SplitOptions {
  /** For the component itself, and so for the AWS resources below it. */
  own: pulumi.ComponentResourceOptions;
  /** For objects in the cluster. */
  inCluster: pulumi.CustomResourceOptions;
}

/**
 * A component registers only when all its providers have, and its children wait for it. A Kubernetes provider needs the kubeconfig: given
 * to the component, it would make a file system of 10 minutes wait for a control plane of 12. So it goes to the Kubernetes objects alone.
 * `deletedWith` likewise: the engine hands a parent's down to every child, and a file system does not disappear with the cluster.
 */
export function splitOptions(options: pulumi.ComponentResourceOptions = {}): SplitOptions {
  const { providers, provider, deletedWith, ...rest } = options;
  const all = [...Object.values(providers ?? {}), ...(provider ? [provider] : [])];
  const kubernetes = all.find((each) => k8s.Provider.isInstance(each));
  return {
    own: { ...rest, providers: all.filter((each) => !k8s.Provider.isInstance(each)) },
    inCluster: { ...(kubernetes && { provider: kubernetes }), ...(deletedWith && { deletedWith }) },
  };
}
