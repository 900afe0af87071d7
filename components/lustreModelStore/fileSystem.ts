/** The file system and the AWS resources that clients need to mount it. The file system does not wait for the cluster. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { namedTags, type Tags } from "../tags";
import { lustrePorts, storeRules } from "./securityRules";
import type { ResolvedStore } from "./resolveStore";

/** The arguments of a model store that concern AWS. */
interface FileSystemArgs {
  clientCidrBlocks: string[];
  protect?: boolean;
  vpcId: pulumi.Input<string>;
  subnetId: pulumi.Input<string>;
  clusterSecurityGroupId: pulumi.Input<string>;
  kmsKeyArn?: pulumi.Input<string>;
  tags?: pulumi.Input<Tags>;
}

interface ReachableFileSystem {
  fileSystem: aws.fsx.LustreFileSystem;
  group: aws.ec2.SecurityGroup;
  /** Rules that let callbacks into the nodes: mounts need them, the file system does not. */
  callbacks: pulumi.Resource[];
}

export function createFileSystem(
  name: string,
  args: FileSystemArgs,
  resolved: ResolvedStore,
  child: pulumi.CustomResourceOptions,
): ReachableFileSystem {
  const tags = namedTags(name, args.tags);
  const group = new aws.ec2.SecurityGroup(`${name}-lustre`, { vpcId: args.vpcId, description: "FSx for Lustre", tags }, child);

  const rules = storeRules(args.clientCidrBlocks).map(({ suffix, direction, cidrIpv4, ...ports }) => {
    const Rule = direction === "ingress" ? aws.vpc.SecurityGroupIngressRule : aws.vpc.SecurityGroupEgressRule;
    const peer = cidrIpv4 === undefined ? { referencedSecurityGroupId: group.id } : { cidrIpv4 };
    return new Rule(`${name}-${suffix}`, { securityGroupId: group.id, ipProtocol: "tcp", ...ports, ...peer, tags }, child);
  });

  const fileSystem = new aws.fsx.LustreFileSystem(
    `${name}-file-system`,
    {
      ...resolved.fileSystem,
      ...(args.kmsKeyArn !== undefined && { kmsKeyId: args.kmsKeyArn }),
      subnetIds: args.subnetId,
      securityGroupIds: [group.id],
      tags,
    },
    // FSx tries the ports during creation and fails without the rules. Only the file system is protected: a protected Job could not be
    // replaced.
    { ...child, dependsOn: rules, protect: args.protect ?? false, customTimeouts: resolved.timeouts.fileSystem },
  );

  const callbacks = lustrePorts.map((ports) => {
    const groups = { securityGroupId: args.clusterSecurityGroupId, referencedSecurityGroupId: group.id };
    return new aws.vpc.SecurityGroupIngressRule(
      `${name}-callback-${ports.fromPort}`,
      { ...groups, ipProtocol: "tcp", ...ports, tags },
      child,
    );
  });

  return { fileSystem, group, callbacks };
}
