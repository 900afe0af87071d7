/** The file system as Kubernetes sees it: one static volume and the claim that binds it. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type VolumeArgs = k8s.core.v1.PersistentVolumeArgs;
type ClaimArgs = k8s.core.v1.PersistentVolumeClaimArgs;

export interface LustreVolume {
  fileSystemId: pulumi.Input<string>;
  dnsName: pulumi.Input<string>;
  mountName: pulumi.Input<string>;
  storageCapacityGiB: number;
}

const accessModes = ["ReadWriteMany"];
/** Keeps the cluster's default StorageClass out: with it the claim would ask for a new volume instead of this one. */
const storageClassName = "";

/**
 * Without a fixed name, so that a new file system gets a new volume: the source of an existing one cannot change.
 * https://github.com/kubernetes-sigs/aws-fsx-csi-driver/tree/5b227125/examples/kubernetes/static_provisioning
 */
export function lustreVolume({ fileSystemId, dnsName, mountName, storageCapacityGiB }: LustreVolume): VolumeArgs {
  return {
    spec: {
      capacity: { storage: `${storageCapacityGiB}Gi` },
      accessModes,
      volumeMode: "Filesystem",
      storageClassName,
      persistentVolumeReclaimPolicy: "Retain",
      // Without flock, locks fail with error 38 or do nothing: https://github.com/huggingface/huggingface_hub/issues/2399. A static volume
      // takes its mount options from here, not from a class.
      mountOptions: ["flock"],
      // The driver's default for a missing mountname is "fsx", which no SCRATCH_2 or PERSISTENT_2 file system answers to.
      csi: { driver: "fsx.csi.aws.com", volumeHandle: fileSystemId, volumeAttributes: { dnsname: dnsName, mountname: mountName } },
    },
  };
}

export interface LustreClaim {
  namespace: pulumi.Input<string>;
  volumeName: pulumi.Input<string>;
  storageCapacityGiB: number;
}

export function lustreClaim({ namespace, volumeName, storageCapacityGiB }: LustreClaim): ClaimArgs {
  return {
    metadata: { namespace },
    spec: {
      accessModes,
      volumeMode: "Filesystem",
      storageClassName,
      volumeName,
      resources: { requests: { storage: `${storageCapacityGiB}Gi` } },
    },
  };
}
