/** What goes with a cluster that is deleted: everything in it that was not there when the control plane started. */
import { eventually } from "../support/eventually";
import { kubernetesApiOf } from "./nodeGroups";

const kept = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

export function clusterContents(kubeconfig: string) {
  const api = kubernetesApiOf(kubeconfig);
  return {
    /** Nobody drains or finalises in a cluster that is gone: what lived there is simply no more. */
    async clear(): Promise<void> {
      const namespaces = (await api.list("v1/Namespace")).map(({ metadata }) => metadata.name).filter((name) => !kept.has(name));
      for (const kind of ["elbv2.k8s.aws/v1beta1/TargetGroupBinding", "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet"]) {
        for (const { metadata } of (await api.list(kind)).filter((object) => namespaces.includes(object.metadata.namespace ?? ""))) {
          await api.patch(kind, metadata.name, metadata.namespace ?? "", { metadata: { finalizers: null } });
        }
      }
      for (const name of namespaces) await api.delete("v1/Namespace", name);
      await eventually("the end of the namespaces", 60, async () =>
        (await api.list("v1/Namespace")).every(({ metadata }) => !namespaces.includes(metadata.name)),
      );
      // What charts have put into a namespace that stays; at the start there is neither.
      for (const { metadata } of await api.list("apps/v1/Deployment", "kube-system"))
        await api.delete("apps/v1/Deployment", metadata.name, "kube-system");
      for (const { metadata } of await api.list("v1/Secret", "kube-system"))
        if (metadata.labels?.owner === "helm") await api.delete("v1/Secret", metadata.name, "kube-system");
      for (const { metadata } of (await api.list("v1/PersistentVolume")).filter(({ spec }) => spec.csi))
        await api.delete("v1/PersistentVolume", metadata.name);
    },
  };
}
