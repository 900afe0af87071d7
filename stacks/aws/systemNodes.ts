/** Two small nodes for controllers and the download: without them those would run on GPU nodes, or not at all while there are none. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { systemNodeAmiType } from "../../catalog/versions";
import { nodePolicies, nodeTrustPolicy } from "../../components/efaGpuNodeGroup/nodeRole";
import { systemNodeCount, systemNodeVolumeGiB, type CreatedCluster } from "../../environment/environment";
import { failureAdvice, withFailureAdvice } from "../failureAdvice";
import type { Cluster } from "./cluster";
import type { Network } from "./network";
import type { Site } from "./site";

/** Returns the name of the node group, known when its nodes have joined. */
export function createSystemNodes(
  { environment, settings: { kmsKeyArn }, tags, provider }: Site,
  settings: CreatedCluster,
  cluster: Cluster,
  network: Network,
  startAfter: pulumi.Input<string>[],
): pulumi.Output<string> {
  const role = new aws.iam.Role("system-node", { assumeRolePolicy: nodeTrustPolicy, tags }, { provider });
  const policies = Object.entries(nodePolicies).map(
    ([suffix, policyArn]) => new aws.iam.RolePolicyAttachment(`system-node-${suffix}`, { role: role.name, policyArn }, { provider }),
  );
  const template = new aws.ec2.LaunchTemplate("system-template", systemTemplate(tags, kmsKeyArn), { provider, ignoreChanges: ["tags"] });
  // A raw node group: eks.ManagedNodeGroup depends only on the inner cluster, and a destroy would remove the access entries before it.
  const nodeGroup = new aws.eks.NodeGroup(
    "system-nodes",
    {
      clusterName: cluster.name,
      nodeRoleArn: role.arn,
      subnetIds: network.systemSubnetIds,
      instanceTypes: [settings.systemInstanceType],
      amiType: systemNodeAmiType,
      version: settings.version, // else an upgrade of the control plane would not upgrade the nodes
      launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
      scalingConfig: { desiredSize: systemNodeCount, minSize: systemNodeCount, maxSize: systemNodeCount + 1 },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      tags,
    },
    {
      provider,
      dependsOn: pulumi.all(startAfter).apply(() => policies),
      ...withFailureAdvice("system-nodes", failureAdvice(environment, "gpuNodesMayRun")),
    },
  );
  return nodeGroup.nodeGroupName;
}

/** IMDSv2 with one hop: pods cannot take the node's role, which the network plugin shares. */
function systemTemplate(tags: Record<string, string>, kmsKeyId: string | undefined): aws.ec2.LaunchTemplateArgs {
  return {
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeSize: systemNodeVolumeGiB,
          volumeType: "gp3",
          encrypted: "true",
          ...(kmsKeyId && { kmsKeyId }),
          deleteOnTermination: "true",
        },
      },
    ],
    tags,
  };
}
