/** The children of a GPU node group that a program may want to read. */
import type * as aws from "@pulumi/aws";
import { Children } from "../children";

export interface EfaGpuNodeGroupNodes {
  role: aws.iam.Role;
  /** For the EFA traffic between the nodes. */
  securityGroup: aws.ec2.SecurityGroup;
  /** Undefined with a reservation or capacity block, and if `placementGroup` is false. */
  placementGroup: aws.ec2.PlacementGroup | undefined;
  launchTemplate: aws.ec2.LaunchTemplate;
  nodeGroup: aws.eks.NodeGroup;
}

export const nodeGroupChildren = new Children<EfaGpuNodeGroupNodes>();
