/** Splits a component's options, so that resources outside the cluster do not wait for it. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

interface SplitOptions {
  /** For the component itself, and thus for its AWS resources. */
  own: pulumi.ComponentResourceOptions;
  /** For objects in the cluster. */
  inCluster: pulumi.CustomResourceOptions;
}

/**
 * A component waits for all its providers before it registers, and its children wait for the component. A Kubernetes provider needs the
 * kubeconfig. If the component had it, a file system of 10 minutes would wait for a control plane of 12, so only the Kubernetes objects get
 * it. The same holds for `deletedWith`: the engine passes it from a parent to every child, but a file system does not disappear with the
 * cluster.
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
