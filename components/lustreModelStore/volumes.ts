/** The file system as Kubernetes sees it: one static volume and the claim that binds it. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type VolumeArgs = k8s.core.v1.PersistentVolumeArgs;
type ClaimArgs = k8s.core.v1.PersistentVolumeClaimArgs;

interface LustreVolume {
  fileSystemId: pulumi.Input<string>;
  dnsName: pulumi.Input<string>;
  mountName: pulumi.Input<string>;
}

const accessModes = ["ReadWriteMany"];
/** Empty, because with the cluster's default StorageClass the claim would ask for a new volume instead of this one. */
const storageClassName = "";
/**
 * The smallest size that FSx sells, whatever the size of the file system. Kubernetes compares it with the claim but does not enforce it. A
 * claim of a static volume cannot be resized, so it must not have the real size, which can grow in place.
 */
const nominalSize = "1200Gi";

/**
 * The volume has no fixed name, so that a new file system gets a new volume: the source of an existing one cannot change.
 * https://github.com/kubernetes-sigs/aws-fsx-csi-driver/tree/5b227125/examples/kubernetes/static_provisioning
 */
function lustreVolume({ fileSystemId, dnsName, mountName }: LustreVolume): VolumeArgs {
  return {
    spec: {
      capacity: { storage: nominalSize },
      accessModes,
      volumeMode: "Filesystem",
      storageClassName,
      persistentVolumeReclaimPolicy: "Retain",
      // Without flock, locks fail with error 38 or do nothing: https://github.com/huggingface/huggingface_hub/issues/2399. Kubernetes takes
      // the mount options of a static volume from here, not from a class.
      mountOptions: ["flock"],
      // The driver's default for a missing mountname is "fsx", which is wrong for every SCRATCH_2 and PERSISTENT_2 file system.
      csi: { driver: "fsx.csi.aws.com", volumeHandle: fileSystemId, volumeAttributes: { dnsname: dnsName, mountname: mountName } },
    },
  };
}

interface LustreClaim {
  namespace: pulumi.Input<string>;
  volumeName: pulumi.Input<string>;
}

function lustreClaim({ namespace, volumeName }: LustreClaim): ClaimArgs {
  return {
    metadata: { namespace },
    spec: {
      accessModes,
      volumeMode: "Filesystem",
      storageClassName,
      volumeName,
      resources: { requests: { storage: nominalSize } },
    },
  };
}

interface MountedFileSystem {
  volume: k8s.core.v1.PersistentVolume;
  claim: k8s.core.v1.PersistentVolumeClaim;
}

/** `mountable`: what must exist before a pod can mount the file system. Only the claim waits for it. */
export function createVolume(
  name: string,
  namespace: pulumi.Input<string>,
  { id: fileSystemId, dnsName, mountName }: Record<"id" | "dnsName" | "mountName", pulumi.Output<string>>,
  options: pulumi.CustomResourceOptions,
  mountable: pulumi.Input<pulumi.Resource[]>,
): MountedFileSystem {
  const volume = new k8s.core.v1.PersistentVolume(`${name}-volume`, lustreVolume({ fileSystemId, dnsName, mountName }), options);
  const claimArgs = lustreClaim({ namespace, volumeName: volume.metadata.name });
  const claim = new k8s.core.v1.PersistentVolumeClaim(`${name}-claim`, claimArgs, { ...options, dependsOn: mountable });
  return { volume, claim };
}
