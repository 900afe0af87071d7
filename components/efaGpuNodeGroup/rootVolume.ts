/** The root disk of a GPU node: large enough for the images it holds, fast enough to unpack them in parallel. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";

/** Holds two 20 GB images, compressed and unpacked, while a new one rolls out, plus the operating system, a day of logs, and room. */
export const defaultRootVolumeGiB = 200;

/** The AMI with its drivers takes about 20 GiB. Without a local disk for images, the volume also holds one image twice. */
export const smallestRootVolumeGiB = (type: InstanceTypeFacts): number => (type.nvmeGB > 0 ? 50 : 100);

/** 16 TiB: more than anyone needs here, and every Region has offered it for gp3 for a long time. */
export const largestRootVolumeGiB = 16_384;

export interface RootVolumeSettings {
  volumeType: "gp3";
  volumeSize: number;
  encrypted: "true";
  deleteOnTermination: "true";
  iops?: number;
  throughput?: number;
}

/**
 * With local NVMe the images are there, and the gp3 baseline is enough. Without it, parallel pull needs at least 600 MiB/s and gets the
 * maximum of gp3: 1,000 MiB/s and 16,000 IOPS (nodeadm/doc of github.com/awslabs/amazon-eks-ami).
 */
export function rootVolume(type: InstanceTypeFacts, volumeSize: number): RootVolumeSettings {
  const holdsImages = type.nvmeGB === 0;
  return {
    volumeType: "gp3",
    volumeSize,
    encrypted: "true",
    deleteOnTermination: "true",
    ...(holdsImages && { iops: 16_000, throughput: 1_000 }),
  };
}
