/** The IAM role of a GPU node: who may assume it and what it may do. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export const nodeTrustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

/**
 * AWS managed policies by the suffix of their attachment. The VPC CNI uses the node's role unless the cluster gives it a separate role,
 * which an adopted cluster may not do. If the CNI may not create interfaces, the node stays NotReady while it is billed. The hop limit of
 * the launch template keeps pods from using any of the three.
 */
export const nodePolicies = {
  worker: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
  registry: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
  cni: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
} as const;

interface NodeRole {
  role: aws.iam.Role;
  attachments: aws.iam.RolePolicyAttachment[];
}

export function createNodeRole(name: string, tags: pulumi.Input<Record<string, string>>, child: pulumi.CustomResourceOptions): NodeRole {
  const role = new aws.iam.Role(`${name}-node`, { assumeRolePolicy: nodeTrustPolicy, tags }, child);
  const attachments = Object.entries(nodePolicies).map(
    ([suffix, policyArn]) => new aws.iam.RolePolicyAttachment(`${name}-node-${suffix}`, { role: role.name, policyArn }, child),
  );
  return { role, attachments };
}
