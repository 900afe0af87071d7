/** What is deleted with a cluster: everything in it that did not exist when the control plane started. */
import { eventually } from "../support/eventually";
import { kubernetesApiOf } from "./nodeGroups";

const kept = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

export function clusterContents(kubeconfig: string) {
  const api = kubernetesApiOf(kubeconfig);
  return {
    /** Objects of a deleted cluster disappear without draining or finalizers. */
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
      // Objects that charts have put into a namespace that stays; at the start there are none.
      for (const { metadata } of await api.list("apps/v1/Deployment", "kube-system"))
        await api.delete("apps/v1/Deployment", metadata.name, "kube-system");
      for (const { metadata } of await api.list("v1/Secret", "kube-system"))
        if (metadata.labels?.owner === "helm") await api.delete("v1/Secret", metadata.name, "kube-system");
      for (const { metadata } of (await api.list("v1/PersistentVolume")).filter(({ spec }) => spec.csi))
        await api.delete("v1/PersistentVolume", metadata.name);
    },
  };
}
