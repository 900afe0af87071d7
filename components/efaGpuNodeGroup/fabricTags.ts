/** Tags for the EFA security group. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * A node's interface carries the cluster's group and this one, and the load balancer controller gives up when both are tagged as the
 * cluster's (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/).
 */
export const fabricTags = (tags: pulumi.Output<Record<string, string>>): pulumi.Output<Record<string, string>> =>
  tags.apply((own) => Object.fromEntries(Object.entries(own).filter(([key]) => !key.startsWith("kubernetes.io/cluster/"))));
