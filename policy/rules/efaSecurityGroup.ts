/** The security group of EFA interfaces lets them talk to each other. */
import { isUnknown, launchTemplateType, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { stackRule, type Finding } from "../rule";

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ruleTypes = {
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
} as const;
type Direction = keyof typeof ruleTypes;
/** Other types that have the id of a security group among their outputs. */
const otherSources = [groupType, "eks:index:Cluster", "aws:eks/cluster:Cluster"];

export const efaSecurityGroup = stackRule(
  {
    name: "efa-security-group",
    description:
      "Interfaces of type efa and efa-only carry a security group of this stack that admits all traffic from and to itself: EFA traffic " +
      "matches no address range, and without both rules NCCL hangs or falls back to TCP.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html",
    settings: {},
  },
  (resources) => resources.filter(hasEfa).flatMap((template) => findMissingRules(template, resources)),
);

function hasEfa({ type, inputs }: CheckedResource): boolean {
  if (type !== launchTemplateType) return false;
  return listAt(inputs, "networkInterfaces").some((each) => /^efa(-only)?$/.test(String(valueAt(each, "interfaceType"))));
}

/** Ids are known only after deployment, so a template's dependencies tell which groups it carries. */
function findMissingRules(template: CheckedResource, resources: readonly CheckedResource[]): Finding[] {
  const carried = resources.filter(({ type, urn }) => type === groupType && template.dependsOn.includes(urn));
  const directions: Direction[] = ["ingress", "egress"];
  const missing = carried.map((group) => ({ group, lacks: directions.filter((each) => !admitsItself(group, each, resources)) }));
  if (missing.some(({ lacks }) => lacks.length === 0)) return [];
  const [nearest] = [...missing].sort((a, b) => a.lacks.length - b.lacks.length);
  const rule = "EFA needs one group that admits all protocols from and to itself";
  if (!nearest) {
    const fix = "Add a security group of this stack to every interface";
    return [{ resource: template, path: "networkInterfaces[].securityGroups", value: undefined, rule, fix }];
  }
  return nearest.lacks.map((direction) => ({
    ...{ resource: nearest.group, path: direction, value: undefined, rule: `${rule}, and ${template.name} carries this group` },
    fix: `Add a rule of type ${ruleTypes[direction].split(":")[2]} with ipProtocol -1 and the group itself as referencedSecurityGroupId`,
  }));
}

function admitsItself(group: CheckedResource, direction: Direction, resources: readonly CheckedResource[]): boolean {
  const inline = listAt(group.inputs, direction).some((each) => valueAt(each, "self") === true && isEverything(valueAt(each, "protocol")));
  const sources = new Set(resources.filter(({ type }) => otherSources.includes(type)).map(({ urn }) => urn));
  return (
    inline ||
    resources.some(
      ({ type, inputs, dependsOn }) =>
        type === ruleTypes[direction] && isEverything(inputs.ipProtocol) && dependsOn.includes(group.urn) && toItself(inputs, dependsOn),
    )
  );

  /** Compares two known ids. If an id is unknown, both are this group's when the rule depends on no other source of group ids. */
  function toItself({ securityGroupId, referencedSecurityGroupId }: Record<string, unknown>, dependsOn: readonly string[]): boolean {
    if (referencedSecurityGroupId === undefined) return false;
    if (!isUnknown(securityGroupId) && !isUnknown(referencedSecurityGroupId)) return securityGroupId === referencedSecurityGroupId;
    return dependsOn.every((urn) => urn === group.urn || !sources.has(urn));
  }
}

const isEverything = (protocol: unknown) => String(protocol) === "-1";
