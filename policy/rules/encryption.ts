/** Disks and file systems are encrypted, at rest and in transit. */
import { isTrue, isUnknown, launchTemplateType, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { instanceTypes, launchConfigurationType, usesTemplate } from "../instances";
import { resourceRule, type Finding } from "../rule";

/**
 * FSx encrypts every file system at rest, but traffic to clients only for these types. The default type is SCRATCH_1.
 * https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html
 */
const encryptedInTransit = ["SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2"];

export const encryption = resourceRule(
  {
    name: "encryption",
    description:
      "Launch templates and instances encrypt their volumes, EBS volumes, EFS and storage classes are encrypted, and " +
      "FSx for Lustre has a type " +
      "that also encrypts traffic: a disk holds images, logs and compiled kernels, and the account's default encryption may be off.",
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    settings: {},
  },
  (resource): Finding[] => {
    if (resource.type === launchTemplateType) return checkTemplateVolumes(resource);
    if ([launchConfigurationType, ...instanceTypes].includes(resource.type)) return checkInstanceVolumes(resource);
    if (storageClass.test(resource.type)) return checkStorageClass(resource);
    if (encryptedTypes.includes(resource.type)) return checkEncrypted(resource, "encrypted", resource.inputs.encrypted);
    if (resource.type === "aws:fsx/lustreFileSystem:LustreFileSystem") return checkFileSystem(resource);
    return [];
  },
);

const encryptedTypes: readonly string[] = ["aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"];
const storageClass = /^kubernetes:storage\.k8s\.io\/v\w+:StorageClass(Patch)?$/;

/** An instance that declares no root device gets the image's, as the account decides. */
function checkInstanceVolumes(resource: CheckedResource): Finding[] {
  const { rootBlockDevice: root } = resource.inputs;
  const further = listAt(resource.inputs, "ebsBlockDevices");
  const path = "rootBlockDevice.encrypted";
  return [
    ...((root === undefined && usesTemplate(resource)) || isUnknown(root)
      ? []
      : checkEncrypted(resource, path, valueAt(root, "encrypted"))),
    ...further.flatMap((device, index) => checkEncrypted(resource, `ebsBlockDevices[${index}].encrypted`, valueAt(device, "encrypted"))),
  ];
}

/** The driver of EBS makes volumes as the class says; without a word, as the account decides. */
function checkStorageClass(resource: CheckedResource): Finding[] {
  if (!/^(ebs\.csi\.|kubernetes\.io\/aws-ebs)/.test(String(resource.inputs.provisioner))) return [];
  return checkEncrypted(resource, "parameters.encrypted", valueAt(resource.inputs, "parameters", "encrypted"));
}

function checkTemplateVolumes(resource: CheckedResource): Finding[] {
  const { blockDeviceMappings } = resource.inputs;
  if (isUnknown(blockDeviceMappings)) return [];
  const mappings = listAt(blockDeviceMappings);
  if (mappings.length === 0) {
    const rule = "without a mapping the account decides whether the root volume is encrypted";
    return [{ resource, path: "blockDeviceMappings", value: undefined, rule, fix: "Map the root device with ebs.encrypted: true" }];
  }
  return mappings.flatMap((mapping, index) => {
    const ebs = valueAt(mapping, "ebs");
    if (ebs === undefined) return []; // an instance store, which EC2 encrypts, or a device that is suppressed
    return checkEncrypted(resource, `blockDeviceMappings[${index}].ebs.encrypted`, valueAt(ebs, "encrypted"));
  });
}

function checkEncrypted(resource: CheckedResource, path: string, value: unknown): Finding[] {
  if (isTrue(value) || isUnknown(value)) return [];
  return [{ resource, path, value, rule: "every volume must be encrypted", fix: `Set ${path} to true` }];
}

function checkFileSystem(resource: CheckedResource): Finding[] {
  const value = resource.inputs.deploymentType;
  if (isUnknown(value) || encryptedInTransit.includes(String(value))) return [];
  const rule = `only ${encryptedInTransit.join(", ")} encrypt traffic to their clients, and the default is SCRATCH_1`;
  return [{ resource, path: "deploymentType", value, rule, fix: "Set deploymentType to SCRATCH_2 or PERSISTENT_2" }];
}
