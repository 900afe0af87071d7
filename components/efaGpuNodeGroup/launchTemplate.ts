/** The launch template of a GPU node group: what EC2 needs and EKS does not decide. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedCapacity } from "./capacity";
import type { ResolvedNodeGroup } from "./resolveNodeGroup";

interface LaunchTemplateWiring {
  /** Security groups of every interface, including the cluster's: if the template has groups, EKS does not add any. */
  securityGroupIds: pulumi.Input<string>[];
  placementGroupName: pulumi.Input<string> | undefined;
  kmsKeyArn: pulumi.Input<string> | undefined;
  tags: pulumi.Input<Record<string, string>>;
}

/**
 * The template has no subnet, instance profile or image: a managed node group refuses the first two, and with an image EKS no longer joins
 * the node.
 * https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
 */
function launchTemplateArgs(resolved: ResolvedNodeGroup, wiring: LaunchTemplateWiring): aws.ec2.LaunchTemplateArgs {
  return {
    networkInterfaces: resolved.networkInterfaces.map((each) => ({
      ...each,
      securityGroups: wiring.securityGroupIds,
      deleteOnTermination: "true",
      // EC2 refuses any public-address setting on an efa-only interface, and refuses `true` if there is a second interface.
      ...(each.interfaceType === "interface" && { associatePublicIpAddress: "false" }),
    })),
    // Hop limit 1 keeps pods away from the node role. The VPC CNI and the EFA plugin run on the host network without a hop, the FSx driver
    // falls back to the Kubernetes API, and pods that need a role use Pod Identity, which has another address.
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      { deviceName: "/dev/xvda", ebs: { ...resolved.rootVolume, ...(wiring.kmsKeyArn !== undefined && { kmsKeyId: wiring.kmsKeyArn }) } },
    ],
    userData: Buffer.from(resolved.userData).toString("base64"),
    ...(wiring.placementGroupName !== undefined && { placement: { groupName: wiring.placementGroupName } }),
    ...(resolved.capacity.instanceTypeInTemplate && { instanceType: resolved.type.name }),
    ...purchase(resolved.capacity),
    tags: wiring.tags,
    // Cost allocation needs these tags: those of a managed node group do not reach instances and volumes.
    tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: wiring.tags })),
  };
}

export function createLaunchTemplate(
  name: string,
  resolved: ResolvedNodeGroup,
  wiring: LaunchTemplateWiring,
  child: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  // Otherwise a changed tag would make a new version and replace every node.
  const options = { ...child, ignoreChanges: ["tags", "tagSpecifications"] };
  return new aws.ec2.LaunchTemplate(`${name}-template`, launchTemplateArgs(resolved, wiring), options);
}

function purchase({ reservationTarget, reservationPreference, marketType }: ResolvedCapacity) {
  return {
    ...(reservationTarget && {
      capacityReservationSpecification: {
        capacityReservationTarget: reservationTarget,
        ...(reservationPreference && { capacityReservationPreference: reservationPreference }),
      },
    }),
    ...(marketType && { instanceMarketOptions: { marketType } }),
  };
}
