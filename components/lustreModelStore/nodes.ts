/** The children of a model store that a program may want to read. */
import type * as aws from "@pulumi/aws";
import type * as k8s from "@pulumi/kubernetes";
import { Children } from "../children";

export interface LustreModelStoreNodes {
  fileSystem: aws.fsx.LustreFileSystem;
  /** Security group of the file system. */
  securityGroup: aws.ec2.SecurityGroup;
  volume: k8s.core.v1.PersistentVolume;
  claim: k8s.core.v1.PersistentVolumeClaim;
  /** The Job that downloads the weights. */
  download: k8s.batch.v1.Job;
}

export const storeChildren = new Children<LustreModelStoreNodes>();
