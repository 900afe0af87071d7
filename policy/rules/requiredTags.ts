/** Everything that costs money or holds data has a tag that names its owner. */
import { environmentTag } from "../../environment/environment";
import { isUnknown, valueAt } from "../checkedResource";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  tags: string[];
}

/** Types that this package, its cluster and its network create and tag. Rules of security groups are left out: AWS does not bill them. */
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
      "AWS resources carry the tag that this package marks its environments with, and the tags you add, with a value: cost reports and " +
      "searches for leftover resources use tags.",
    source: "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    settings: {
      tags: { type: "array", items: { type: "string" }, default: [environmentTag], description: "Keys that must be set" },
    },
  },
  (resource, { tags }): Finding[] => {
    // `tagsAll` also holds the provider's default tags.
    const tagSets = [resource.inputs.tags, resource.inputs.tagsAll];
    if (!taggedTypes.includes(resource.type) || tagSets.some(isUnknown)) return [];
    // The engine does not show the arguments of a component that a plugin creates. It shows the plugin's resources, which a plan does not.
    if (!resource.type.startsWith("aws:") && Object.keys(resource.inputs).length === 0) return [];
    const value = Object.keys({ ...(tagSets[0] ?? {}), ...(tagSets[1] ?? {}) });
    return tags
      .filter((tag) => tagSets.every((set) => isMissing(valueAt(set, tag))))
      .map((tag) => ({
        ...{ resource, path: "tags", value: value.length > 0 ? value : undefined, rule: `the tag ${tag} is required` },
        fix: "Add it; the configuration key tags sets it on every AWS resource of this package",
      }));
  },
);

/** A report groups an empty value with the resources that have no tag. */
const isMissing = (value: unknown): boolean => value === undefined || value === null || String(value).trim() === "";
