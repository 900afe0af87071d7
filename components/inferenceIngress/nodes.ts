/** The children of an endpoint that a program may want to read. */
import type * as aws from "@pulumi/aws";
import type * as k8s from "@pulumi/kubernetes";
import { Children } from "../children";

/** Mode `direct` has all but `ingress`; mode `controller` has only `ingress`. */
export interface InferenceIngressNodes {
  loadBalancer?: aws.lb.LoadBalancer;
  /** Security group of the load balancer. */
  securityGroup?: aws.ec2.SecurityGroup;
  targetGroup?: aws.lb.TargetGroup;
  /** The listener that serves. */
  listener?: aws.lb.Listener;
  targetGroupBinding?: k8s.apiextensions.CustomResource;
  ingress?: k8s.networking.v1.Ingress;
}

export const ingressChildren = new Children<InferenceIngressNodes>();
