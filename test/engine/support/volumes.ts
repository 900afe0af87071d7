/** Volumes of the default storage class: a laptop's cluster would provision them. */
import type { KubernetesApi } from "./kubernetesApi";

export async function volumes(api: KubernetesApi, prefix: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index++)
    await api.create({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `${prefix}-${index}` },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "standard",
        persistentVolumeReclaimPolicy: "Retain",
        hostPath: { path: `/volumes/${prefix}-${index}` },
      },
    });
}
