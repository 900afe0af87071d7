/** Neither the Kubernetes API nor a security group admits the whole internet. */
import { openPart } from "../../components/publicRanges";
import { isUnknown, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { stackRule, type Finding } from "../rule";

interface Settings {
  allowedPorts: string[];
}

export const openToTheWorld = stackRule<Settings>(
  {
    name: "open-to-the-world",
    description:
      "The ranges of the Kubernetes API, and those of all rules of a security group together, are less than a sixteenth of " +
      "the internet: a range of " +
      "everyone leaves a stolen key or a fault of one program as the only barrier, and two halves of the internet are the internet.",
    source: "https://docs.aws.amazon.com/eks/latest/best-practices/cluster-access.html",
    settings: {
      allowedPorts: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Ports that a security group may open to everyone, for example 443",
      },
    },
  },
  (resources, { allowedPorts }) => [...resources.flatMap(checkApi), ...checkGroups(resources, allowedPorts)],
);

/** Public access is on by default, and then for every address. */
function checkApi(resource: CheckedResource): Finding[] {
  const access = apiAccessOf(resource);
  if (!access) return [];
  const { path, isPublic, ranges } = access;
  if (isPublic === false || isPublic === "false" || isUnknown(isPublic) || isUnknown(ranges)) return [];
  const value = Array.isArray(ranges) && ranges.length > 0 ? ranges : undefined;
  if (value !== undefined && openPart(value.filter((each) => !isUnknown(each)).map(String)) === undefined) return [];
  const rule = "the Kubernetes API must not admit a sixteenth of the internet or more, and without ranges it admits every address";
  return [{ resource, path, value, rule, fix: "List the ranges of your administrators, or set endpointPublicAccess to false" }];
}

function apiAccessOf({ type, inputs }: CheckedResource) {
  if (type === "aws:eks/cluster:Cluster") {
    const [isPublic, ranges] = ["endpointPublicAccess", "publicAccessCidrs"].map((key) => valueAt(inputs, "vpcConfig", key));
    return isUnknown(inputs.vpcConfig) ? undefined : { path: "vpcConfig.publicAccessCidrs", isPublic, ranges };
  }
  // The engine does not show the arguments of a component that a plugin creates; it shows the cluster inside.
  if (type !== "eks:index:Cluster" || Object.keys(inputs).length === 0) return undefined;
  return { path: "publicAccessCidrs", isPublic: inputs.endpointPublicAccess, ranges: inputs.publicAccessCidrs };
}

interface Opening {
  resource: CheckedResource;
  path: string;
  range: string;
}

/** Rules of one group may be separate resources, so their ranges are put together by group. */
function checkGroups(resources: readonly CheckedResource[], allowedPorts: string[]): Finding[] {
  const groups = new Map<string, Opening[]>();
  for (const resource of resources)
    for (const [group, opening] of openingsOf(resource, resources, allowedPorts))
      groups.set(group, [...(groups.get(group) ?? []), opening]);
  return [...groups.values()].flatMap((openings) => {
    if (openPart(openings.map(({ range }) => range)) === undefined) return [];
    const widest = openings.find(({ range }) => openPart([range]) !== undefined) ?? openings[0];
    if (!widest) return [];
    const value = openings.map(({ range }) => range);
    const rule = "the rules of a security group together must not admit a sixteenth of the internet or more";
    return [{ resource: widest.resource, path: widest.path, value, rule, fix: "List the ranges of your clients" }];
  });
}

const inlineTypes = /^aws:ec2\/(securityGroup:SecurityGroup|defaultSecurityGroup:DefaultSecurityGroup)$/;
const listsOfRanges = ["cidrBlocks", "ipv6CidrBlocks"] as const;

function openingsOf(resource: CheckedResource, resources: readonly CheckedResource[], allowedPorts: string[]): [string, Opening][] {
  const { type, inputs, urn } = resource;
  const inRule = (rule: unknown, prefix: string): Opening[] => [
    ...listsOfRanges.flatMap((key) => listAt(rule, key).map((range) => ({ resource, path: `${prefix}${key}`, range: String(range) }))),
    ...["cidrIpv4", "cidrIpv6"].flatMap((key) => {
      const range = valueAt(rule, key);
      return typeof range === "string" ? [{ resource, path: `${prefix}${key}`, range }] : [];
    }),
  ];
  if (inlineTypes.test(type))
    return listAt(inputs, "ingress").flatMap((rule, index) =>
      isAllowed(rule, allowedPorts) ? [] : inRule(rule, `ingress[${index}].`).map((opening): [string, Opening] => [urn, opening]),
    );
  const isRule =
    type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" ||
    (type === "aws:ec2/securityGroupRule:SecurityGroupRule" && inputs.type === "ingress");
  if (!isRule || isAllowed(inputs, allowedPorts)) return [];
  return inRule(inputs, "").map((opening) => [groupOf(resource, resources), opening]);
}

/** Of other protocols, AWS ignores the ports: a rule for all protocols (-1) opens every port. */
const isAllowed = (rule: unknown, allowedPorts: string[]): boolean => {
  const protocol = String(valueAt(rule, "ipProtocol") ?? valueAt(rule, "protocol"));
  const [from, to] = [valueAt(rule, "fromPort"), valueAt(rule, "toPort")].map(String);
  return /^(tcp|udp|6|17)$/i.test(protocol) && from === to && allowedPorts.includes(from ?? "");
};

/** The id is known only after the group exists, but the dependency always is. */
function groupOf({ inputs, dependsOn, urn }: CheckedResource, resources: readonly CheckedResource[]): string {
  const { securityGroupId } = inputs;
  if (typeof securityGroupId === "string" && !isUnknown(securityGroupId)) return securityGroupId;
  return resources.find(({ type, urn: other }) => inlineTypes.test(type) && dependsOn.includes(other))?.urn ?? urn;
}
