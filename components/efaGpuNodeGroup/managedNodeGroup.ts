/** The managed node group, which waits for everything that its nodes need. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ResourceTimeouts } from "../resourceTimeouts";
import type { ResolvedNodeGroup } from "./resolveNodeGroup";

/** The arguments of a GPU node group that connect its nodes. */
interface NodeGroupArgs {
  clusterName: pulumi.Input<string>;
  subnetId: pulumi.Input<string>;
  startAfter?: pulumi.Input<string>[];
  timeouts?: ResourceTimeouts;
}

interface NodeGroupParts {
  nodeRoleArn: pulumi.Input<string>;
  template: aws.ec2.LaunchTemplate;
  tags: pulumi.Input<Record<string, string>>;
  /** Policies and rules. Without them a node joins and fails later. They must outlive the nodes, which need them to drain. */
  needed: pulumi.Resource[];
}

export function createNodeGroup(
  name: string,
  args: NodeGroupArgs,
  resolved: ResolvedNodeGroup,
  { nodeRoleArn, template, tags, needed }: NodeGroupParts,
  child: pulumi.CustomResourceOptions,
): aws.eks.NodeGroup {
  const launchTemplate = { id: template.id, version: pulumi.interpolate`${template.latestVersion}` };
  return new aws.eks.NodeGroup(
    `${name}-nodes`,
    { clusterName: args.clusterName, nodeRoleArn, subnetIds: [args.subnetId], launchTemplate, ...resolved.nodeGroup, tags },
    {
      ...child,
      dependsOn: pulumi.all(args.startAfter ?? []).apply(() => needed),
      deleteBeforeReplace: resolved.capacity.noRoomForTwo,
      ...(args.timeouts && { customTimeouts: { ...args.timeouts } }),
    },
  );
}
