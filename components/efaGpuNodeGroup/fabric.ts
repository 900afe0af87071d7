/** The network between GPU nodes: a security group that may talk to itself. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { fabricTags } from "../tags";

export interface Fabric {
  group: aws.ec2.SecurityGroup;
  rules: pulumi.Resource[];
}

/** EFA traffic matches no CIDR rule, not even 0.0.0.0/0: it needs a group that may talk to itself, both ways. */
export function createFabric(
  name: string,
  vpcId: pulumi.Input<string>,
  tags: pulumi.Output<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): Fabric {
  const description = "EFA between GPU nodes";
  const group = new aws.ec2.SecurityGroup(`${name}-fabric`, { vpcId, description, tags: fabricTags(tags) }, child);
  // The per-rule types: one API object each, changed in place, where ec2.SecurityGroupRule is deleted before its replacement exists.
  const toItself = { securityGroupId: group.id, referencedSecurityGroupId: group.id, ipProtocol: "-1", description };
  const rules = [
    new aws.vpc.SecurityGroupIngressRule(`${name}-fabric-ingress`, toItself, child),
    new aws.vpc.SecurityGroupEgressRule(`${name}-fabric-egress`, toItself, child),
  ];
  return { group, rules };
}
