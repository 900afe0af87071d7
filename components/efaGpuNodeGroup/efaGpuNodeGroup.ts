/** GPU nodes with Elastic Fabric Adapter in one availability zone, as an EKS managed node group. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuseErrors } from "../problems";
import { checkComponentTags, namedTags } from "../tags";
import { createFabric } from "./fabric";
import { createLaunchTemplate } from "./launchTemplate";
import { nodeGroupProblems, type EfaGpuNodeGroupOptions } from "./nodeGroupProblems";
import { createNodeGroup } from "./managedNodeGroup";
import { createNodeRole } from "./nodeRole";
import { nodeGroupChildren, type EfaGpuNodeGroupNodes } from "./nodes";
import { resolveNodeGroup } from "./resolveNodeGroup";

export interface EfaGpuNodeGroupArgs extends EfaGpuNodeGroupOptions {
  /** Name of the EKS cluster to join. */
  clusterName: pulumi.Input<string>;
  /**
   * The security group that EKS created for the cluster (`eksCluster.vpcConfig.clusterSecurityGroupId`). A node without it never joins.
   * `eks.Cluster.clusterSecurityGroupId` is a different group.
   */
  clusterSecurityGroupId: pulumi.Input<string>;
  /** VPC of the subnet. The EFA security group is created there. */
  vpcId: pulumi.Input<string>;
  /** The one private subnet for all nodes: EFA traffic does not cross zones. A change replaces the node group. */
  subnetId: pulumi.Input<string>;
  /**
   * Added to every resource that takes tags. Instances and volumes keep the tags of the first deployment: a later change reaches the node
   * group but not its nodes, because a new launch template would replace every node. @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * ARN of the KMS key that encrypts the root volumes, in their region. Auto Scaling must be allowed to use it, or no node launches. A
   * change replaces the nodes one by one. @default the account's default key for volumes
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** Nodes launch only after these values are known, for example the path of the downloaded weights. @default none: they launch at once */
  startAfter?: pulumi.Input<string>[];
}

/**
 * Creates: IAM role with three policy attachments, EFA security group with two rules, cluster placement group (not with a reservation),
 * launch template, managed node group. The nodes are ready in 3–5 minutes and billed from launch. Only the node group waits for
 * `clusterName` and `startAfter`.
 *
 * @example Two p4d.24xlarge on demand
 *     const gpu = new EfaGpuNodeGroup("gpu", {
 *       instanceType: "p4d.24xlarge", nodeCount: 2, clusterName, clusterSecurityGroupId, vpcId, subnetId,
 *     });
 */
export class EfaGpuNodeGroup extends pulumi.ComponentResource {
  /** Name of the managed node group, known after every node has joined. */
  public readonly nodeGroupName: pulumi.Output<string>;
  /** ARN of the role of the nodes. */
  public readonly nodeRoleArn: pulumi.Output<string>;
  /** Name of the Auto Scaling group that EKS created, for alarms and for the tags of a cluster autoscaler. */
  public readonly autoscalingGroupName: pulumi.Output<string>;
  /** Labels of every node, for node selectors. */
  public readonly labels: pulumi.Output<Record<string, string>>;
  /** Security group for the EFA traffic between the nodes. */
  public readonly securityGroupId: pulumi.Output<string>;
  /** Id of the launch template. */
  public readonly launchTemplateId: pulumi.Output<string>;
  /** Number of GPUs of one node. */
  public readonly gpusPerNode: pulumi.Output<number>;
  /** Number of EFA devices of one node; a pod requests them as `vpc.amazonaws.com/efa`. */
  public readonly efaInterfacesPerNode: pulumi.Output<number>;

  constructor(name: string, args: EfaGpuNodeGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseErrors("EfaGpuNodeGroup", name, [...nodeGroupProblems(name, args), ...checkComponentTags(args.tags)]);
    const resolved = resolveNodeGroup(args);
    super("vllm-eks:index:EfaGpuNodeGroup", name, resolved.summary, opts);
    const child = { parent: this };
    const tags = namedTags(name, args.tags);

    const { role, attachments } = createNodeRole(name, tags, child);
    const fabric = createFabric(name, args.vpcId, tags, child);
    const placement = resolved.placementGroup
      ? new aws.ec2.PlacementGroup(`${name}-placement`, { strategy: "cluster", tags }, child)
      : undefined;
    const securityGroupIds = [args.clusterSecurityGroupId, fabric.group.id];
    const template = createLaunchTemplate(
      name,
      resolved,
      { securityGroupIds, placementGroupName: placement?.name, kmsKeyArn: args.kmsKeyArn, tags },
      child,
    );
    const parts = { nodeRoleArn: role.arn, template, tags, needed: [...attachments, ...fabric.rules] };
    const nodeGroup = createNodeGroup(name, args, resolved, parts, child);

    nodeGroupChildren.keep(this, { role, securityGroup: fabric.group, placementGroup: placement, launchTemplate: template, nodeGroup });
    this.nodeGroupName = nodeGroup.nodeGroupName;
    this.nodeRoleArn = role.arn;
    this.autoscalingGroupName = nodeGroup.resources.apply((all) => all?.[0]?.autoscalingGroups?.[0]?.name ?? "");
    this.labels = pulumi.output(resolved.nodeGroup.labels);
    this.securityGroupId = fabric.group.id;
    this.launchTemplateId = template.id;
    this.gpusPerNode = pulumi.output(resolved.type.gpu?.count ?? 0);
    this.efaInterfacesPerNode = pulumi.output(resolved.type.efaInterfaces);
    const { nodeGroupName, nodeRoleArn, autoscalingGroupName, labels, securityGroupId, launchTemplateId } = this;
    const { gpusPerNode, efaInterfacesPerNode } = this;
    this.registerOutputs({
      nodeGroupName,
      nodeRoleArn,
      autoscalingGroupName,
      labels,
      securityGroupId,
      launchTemplateId,
      gpusPerNode,
      efaInterfacesPerNode,
    });
  }

  /** The children, for programs in TypeScript. */
  get nodes(): EfaGpuNodeGroupNodes {
    return nodeGroupChildren.of(this);
  }
}
