/** GPU nodes with Elastic Fabric Adapter in one availability zone, as an EKS managed node group. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withFailureAdvice } from "../failureAdvice";
import { refuseErrors } from "../problems";
import { namedTags } from "../tags";
import type { CapacityArgs } from "./capacity";
import { fabricTags } from "./fabricTags";
import { launchTemplateArgs } from "./launchTemplate";
import { resolveNodeGroup } from "./resolveNodeGroup";
import { nodeGroupProblems } from "./nodeGroupProblems";
import { nodePolicies, nodeTrustPolicy } from "./nodeRole";

export interface EfaGpuNodeGroupArgs {
  /**
   * EC2 instance type of every node, for example `p4d.24xlarge`. Must be known before deployment; decides cards, GPUs and price. A change
   * replaces the node group.
   */
  instanceType: string;
  /** Nodes to run. Each p4d.24xlarge costs about $22 an hour from the moment it launches. `0` pauses the group and keeps everything else. */
  nodeCount: number;
  /** How the capacity is bought. A reservation must be in the zone of `subnetId`, or no node ever launches. @default on demand */
  capacity?: CapacityArgs;
  /**
   * Size of each node's encrypted gp3 root volume in GiB. Images are unpacked on the local NVMe disks where the type has them (every EFA type
   * of the catalog), else here; too small evicts pods for disk pressure. @default 200
   */
  rootVolumeGiB?: number;
  /**
   * Puts the nodes into a cluster placement group, close together in the network. Refused with a reservation or capacity block: a group of
   * one's own cannot hold capacity reserved outside it. @default true on demand and on spot, else false
   */
  placementGroup?: boolean;
  /**
   * Memory in MiB that each node reserves as 2 MiB huge pages. Pods must ask for exactly as much (`hugepages-2Mi`); what none asks for is
   * lost. @default 0: libfabric uses normal pages
   */
  hugePagesMiB?: number;
  /**
   * AMI release of the nodes, for example `1.35.0-20260714`. A change replaces node after node. @default the newest at creation; EKS keeps it
   * until changed
   */
  releaseVersion?: string;
  /**
   * The current day or time, `2026-12-01` or RFC 3339, against which `capacity.startsAt` is judged. A component reads no clock, so that the
   * same program gives the same plan. Needed with `capacity.startsAt`. @default none
   */
  asOf?: string;
  /** How long AWS may take for the node group. Too short ends `pulumi up` while nodes are billed. @default 60 minutes each, of the provider */
  timeouts?: NodeGroupTimeoutArgs;
  /** Printed when launching or changing the nodes fails: for instance what is still billed and how to stop it. @default nothing */
  failureAdvice?: string;

  /** Name of the EKS cluster to join. */
  clusterName: pulumi.Input<string>;
  /**
   * The security group that EKS made for the cluster (`eksCluster.vpcConfig.clusterSecurityGroupId`). A node that lacks it never joins;
   * `eks.Cluster.clusterSecurityGroupId` is a different group.
   */
  clusterSecurityGroupId: pulumi.Input<string>;
  /** VPC of the subnet: the EFA security group lives there. */
  vpcId: pulumi.Input<string>;
  /** The one private subnet for all nodes: EFA traffic does not cross zones. A change replaces the node group. */
  subnetId: pulumi.Input<string>;
  /**
   * Added to every resource that takes tags. Instances and volumes get those of the first deployment: a later change reaches the node group
   * and not its nodes, because a new launch template would replace every one of them. @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Nodes launch only when these are known, for example the path of the downloaded weights. @default at once */
  startAfter?: pulumi.Input<string>[];
}

/** Limits for the operations on the managed node group, for example `45m`. */
export interface NodeGroupTimeoutArgs {
  /** Until every node has joined. @default 60m */
  create?: string;
  /** Until every node has been replaced, including the drain of each. @default 60m */
  update?: string;
  /** Until every node is gone. @default 60m */
  delete?: string;
}

/**
 * Creates: IAM role with three policy attachments, EFA security group with two rules, cluster placement group (not with a reservation),
 * launch template, managed node group. Ready in 3–5 minutes; billed from launch. Only the node group waits for `clusterName` and `startAfter`.
 *
 * @example Two p4d.24xlarge on demand
 *     const gpu = new EfaGpuNodeGroup("gpu", { instanceType: "p4d.24xlarge", nodeCount: 2, clusterName, clusterSecurityGroupId, vpcId, subnetId });
 */
export class EfaGpuNodeGroup extends pulumi.ComponentResource {
  /** Name of the managed node group, known when every node has joined. */
  public readonly nodeGroupName: pulumi.Output<string>;
  /** ARN of the role the nodes run under. */
  public readonly nodeRoleArn: pulumi.Output<string>;
  /** Name of the Auto Scaling group that EKS made, for alarms and for the tags of a cluster autoscaler. */
  public readonly autoscalingGroupName: pulumi.Output<string>;
  /** Labels of every node, for node selectors. */
  public readonly labels: pulumi.Output<Record<string, string>>;
  /** GPUs of one node. */
  public readonly gpusPerNode: pulumi.Output<number>;
  /** EFA devices of one node: what a pod asks for as `vpc.amazonaws.com/efa`. */
  public readonly efaInterfacesPerNode: pulumi.Output<number>;

  constructor(name: string, args: EfaGpuNodeGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseErrors("EfaGpuNodeGroup", name, nodeGroupProblems(name, args));
    const plan = resolveNodeGroup(args);
    super("vllm-eks:index:EfaGpuNodeGroup", name, plan.summary, opts);
    const child = { parent: this };
    const tags = namedTags(name, args.tags);

    const role = new aws.iam.Role(`${name}-node`, { assumeRolePolicy: nodeTrustPolicy, tags }, child);
    const policies = Object.entries(nodePolicies).map(
      ([suffix, policyArn]) => new aws.iam.RolePolicyAttachment(`${name}-node-${suffix}`, { role: role.name, policyArn }, child),
    );

    // EFA traffic matches no CIDR rule, not even 0.0.0.0/0: it needs a group that may talk to itself, both ways.
    const description = "EFA between GPU nodes";
    const fabric = new aws.ec2.SecurityGroup(`${name}-fabric`, { vpcId: args.vpcId, description, tags: fabricTags(tags) }, child);
    // The per-rule types: one API object each, changed in place, where ec2.SecurityGroupRule is deleted before its replacement exists.
    const toItself = { securityGroupId: fabric.id, referencedSecurityGroupId: fabric.id, ipProtocol: "-1", description };
    const rules = [
      new aws.vpc.SecurityGroupIngressRule(`${name}-fabric-ingress`, toItself, child),
      new aws.vpc.SecurityGroupEgressRule(`${name}-fabric-egress`, toItself, child),
    ];

    const placement = plan.placementGroup && new aws.ec2.PlacementGroup(`${name}-placement`, { strategy: "cluster", tags }, child);
    const securityGroupIds = [args.clusterSecurityGroupId, fabric.id];
    const template = new aws.ec2.LaunchTemplate(
      `${name}-template`,
      launchTemplateArgs(plan, { securityGroupIds, tags, ...(placement && { placementGroupName: placement.name }) }),
      { ...child, ignoreChanges: ["tags", "tagSpecifications"] }, // a new version would replace every node for the sake of a tag
    );

    const nodes = new aws.eks.NodeGroup(
      `${name}-nodes`,
      {
        clusterName: args.clusterName,
        nodeRoleArn: role.arn,
        subnetIds: [args.subnetId],
        launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
        ...plan.nodeGroup,
        tags,
      },
      {
        ...child,
        // Without its policies or rules a node joins and fails later; and they must outlive the nodes, which need them to drain.
        dependsOn: pulumi.all(args.startAfter ?? []).apply(() => [...policies, ...rules]),
        deleteBeforeReplace: plan.capacity.noRoomForTwo,
        ...(args.timeouts && { customTimeouts: args.timeouts }),
        ...withFailureAdvice(`${name}-nodes`, args.failureAdvice),
      },
    );

    this.nodeGroupName = nodes.nodeGroupName;
    this.nodeRoleArn = role.arn;
    this.autoscalingGroupName = nodes.resources.apply((made) => made?.[0]?.autoscalingGroups?.[0]?.name ?? "");
    this.labels = pulumi.output(plan.nodeGroup.labels);
    this.gpusPerNode = pulumi.output(plan.type.gpu?.count ?? 0);
    this.efaInterfacesPerNode = pulumi.output(plan.type.efaInterfaces);
    const { nodeGroupName, nodeRoleArn, autoscalingGroupName, labels, gpusPerNode, efaInterfacesPerNode } = this;
    this.registerOutputs({ nodeGroupName, nodeRoleArn, autoscalingGroupName, labels, gpusPerNode, efaInterfacesPerNode });
  }
}
