/** Everything that costs money or holds data says to whom it belongs. */
import { environmentTag } from "../../environment/environment";
import { isUnknown, valueAt } from "../checkedResource";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  tags: string[];
}

/** What this package makes and tags, and what its cluster and network make of theirs. Rules of security groups carry the tags of nothing billed. */
export const taggedTypes: readonly string[] = [
  "aws:acm/certificate:Certificate",
  "aws:ec2/eip:Eip",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/placementGroup:PlacementGroup",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/vpc:Vpc",
  "aws:eks/addon:Addon",
  "aws:eks/cluster:Cluster",
  "aws:eks/nodeGroup:NodeGroup",
  "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  "aws:fsx/lustreFileSystem:LustreFileSystem",
  "aws:iam/role:Role",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "awsx:ec2:Vpc",
  "eks:index:Cluster",
];

export const requiredTags = resourceRule<Settings>(
  {
    name: "required-tags",
    description:
      "AWS resources carry the tag by which this package marks its environments, and those you add: cost reports and a search for what " +
      "was left behind go by tags.",
    source: "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    settings: {
      tags: { type: "array", items: { type: "string" }, default: [environmentTag], description: "Keys that must be there" },
    },
  },
  (resource, { tags }): Finding[] => {
    // `tagsAll` holds the provider's default tags, too.
    const tagSets = [resource.inputs.tags, resource.inputs.tagsAll];
    if (!taggedTypes.includes(resource.type) || tagSets.some(isUnknown)) return [];
    // The engine shows no arguments of a component that a plugin makes; it shows the plugin's resources, which a plan does not.
    if (!resource.type.startsWith("aws:") && Object.keys(resource.inputs).length === 0) return [];
    const value = Object.keys({ ...(tagSets[0] ?? {}), ...(tagSets[1] ?? {}) });
    return tags
      .filter((tag) => valueAt(tagSets[0], tag) === undefined && valueAt(tagSets[1], tag) === undefined)
      .map((tag) => ({
        ...{ resource, path: "tags", value: value.length > 0 ? value : undefined, rule: `the tag ${tag} is required` },
        fix: "Add it; the configuration key tags reaches every AWS resource of this package",
      }));
  },
);
