/** The network between GPU nodes: a security group that allows traffic within itself. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { fabricTags } from "../tags";

export interface Fabric {
  group: aws.ec2.SecurityGroup;
  rules: pulumi.Resource[];
}

/** A CIDR rule does not match EFA traffic, not even 0.0.0.0/0: it needs a group that allows itself in both directions. */
export function createFabric(
  name: string,
  vpcId: pulumi.Input<string>,
  tags: pulumi.Output<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): Fabric {
  const description = "EFA between GPU nodes";
  const group = new aws.ec2.SecurityGroup(`${name}-fabric`, { vpcId, description, tags: fabricTags(tags) }, child);
  // These types change a rule in place; ec2.SecurityGroupRule deletes it before the replacement exists.
  const toItself = { securityGroupId: group.id, referencedSecurityGroupId: group.id, ipProtocol: "-1", description };
  const rules = [
    new aws.vpc.SecurityGroupIngressRule(`${name}-fabric-ingress`, toItself, child),
    new aws.vpc.SecurityGroupEgressRule(`${name}-fabric-egress`, toItself, child),
  ];
  return { group, rules };
}
