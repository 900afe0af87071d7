/** The root disk of a GPU node: large enough for the images it holds, fast enough to unpack them in parallel. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";

/** Twice a 20 GB image compressed and unpacked while a new one rolls out, the operating system, a day of logs, and room. */
export const defaultRootVolumeGiB = 200;

/** The AMI with its drivers takes about 20 GiB; where no local disk takes the images, one image is there twice. */
export const smallestRootVolumeGiB = (type: InstanceTypeFacts): number => (type.nvmeGB > 0 ? 50 : 100);

/** 16 TiB: beyond any use here, and within what every Region has long offered for gp3. */
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
 * With local NVMe the images are there and the gp3 baseline is enough. Without, parallel pull wants at least 600 MiB/s and gets the most
 * that gp3 sells: 1,000 MiB/s and 16,000 IOPS (nodeadm/doc of github.com/awslabs/amazon-eks-ami).
 */
export function rootVolume(type: InstanceTypeFacts, volumeSize: number): RootVolumeSettings {
  const imagesHere = type.nvmeGB === 0;
  return {
    volumeType: "gp3",
    volumeSize,
    encrypted: "true",
    deleteOnTermination: "true",
    ...(imagesHere && { iops: 16_000, throughput: 1_000 }),
  };
}
