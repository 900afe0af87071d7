/** Resources that launch EC2 instances without a node group of EKS. */
import type { CheckedResource } from "./checkedResource";

/** Each launches instances as it says itself, unless it names a launch template. */
export const instanceTypes: readonly string[] = ["aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"];

export const launchConfigurationType = "aws:ec2/launchConfiguration:LaunchConfiguration";
export const autoScalingGroupType = "aws:autoscaling/group:Group";

export const usesTemplate = ({ inputs }: CheckedResource): boolean => inputs.launchTemplate !== undefined;
