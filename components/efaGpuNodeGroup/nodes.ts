/** The children of a GPU node group that a program may want to read. */
import type * as aws from "@pulumi/aws";
import { Children } from "../children";

export interface EfaGpuNodeGroupNodes {
  role: aws.iam.Role;
  /** Of the EFA traffic between the nodes. */
  securityGroup: aws.ec2.SecurityGroup;
  /** Absent with a reservation or capacity block, and where `placementGroup` is false. */
  placementGroup: aws.ec2.PlacementGroup | undefined;
  launchTemplate: aws.ec2.LaunchTemplate;
  nodeGroup: aws.eks.NodeGroup;
}

export const nodeGroupChildren = new Children<EfaGpuNodeGroupNodes>();
