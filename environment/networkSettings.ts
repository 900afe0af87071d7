/** The network of an environment: ranges of a created VPC, or the ids of an adopted one. */
import { problem, type Problem } from "../sizing/problem";
import type { NetworkEnvironment } from "./environment";
import type { Settings } from "./settingTypes";
import { cidrMistake, parseCidr } from "../components/cidr";
import { openPart, rangesInWords } from "../components/publicRanges";
import { shellCommand } from "../sizing/shellCommand";
import { defaultVpcCidr } from "./configSchema";
import { largestVpcMask, smallestVpcMask, subnetCidrs } from "./subnets";

export function resolveNetwork(settings: Settings, zones: number): { network?: NetworkEnvironment; problems: Problem[] } {
  const { network, ingress } = settings;
  const problems = [...checkRange("network.cidrBlock", network.cidrBlock), ...rangeLists(settings)];
  if (network.vpcId !== undefined) return adoptNetwork(settings, problems);

  const mask = parseCidr(network.cidrBlock)?.prefixLength;
  if (mask !== undefined && (mask < largestVpcMask || mask > smallestVpcMask))
    problems.push(
      cidrProblem(
        "network.cidrBlock",
        `${network.cidrBlock} has a mask of /${mask}; a VPC can be at most /${largestVpcMask}, and three zones need at least /${smallestVpcMask}.`,
        defaultVpcCidr,
      ),
    );
  problems.push(...strayKeys(settings));
  if (problems.length > 0) return { problems };
  const { cidrBlock, natGateways } = network;
  const balancerSubnets = ingress.scheme === "internet-facing" ? "public" : "load-balancer";
  return {
    network: {
      kind: "create",
      cidrBlock,
      natGateways,
      nodeCidrs: subnetCidrs(cidrBlock, zones, "nodes"),
      loadBalancerCidrs: subnetCidrs(cidrBlock, zones, balancerSubnets),
    },
    problems,
  };
}

function adoptNetwork(settings: Settings, problems: Problem[]): { network?: NetworkEnvironment; problems: Problem[] } {
  const { vpcId, nodeSubnetId, loadBalancerSubnetIds, loadBalancerCidrs, cidrBlock } = settings.network;
  const exposed = settings.ingress.mode !== "none";
  const needsSubnets = exposed || settings.cluster.name === undefined;
  const missing = [
    ...(nodeSubnetId === undefined ? ["network.nodeSubnetId"] : []),
    ...(needsSubnets && (loadBalancerSubnetIds?.length ?? 0) < 2 ? ["network.loadBalancerSubnetIds"] : []),
    ...(exposed && (loadBalancerCidrs?.length ?? 0) === 0 ? ["network.loadBalancerCidrs"] : []),
    ...(settings.availabilityZone === undefined ? ["availabilityZone"] : []),
  ];
  const all = [...problems, ...missing.map(missingForAdoption)];
  if (all.length > 0 || vpcId === undefined || nodeSubnetId === undefined) return { problems: all };
  return {
    network: {
      kind: "adopt",
      cidrBlock,
      vpcId,
      nodeSubnetId,
      loadBalancerSubnetIds: loadBalancerSubnetIds ?? [],
      loadBalancerCidrs: loadBalancerCidrs ?? [],
    },
    problems: all,
  };
}

const missingForAdoption = (path: string): Problem =>
  problem({
    code: "missing-value",
    path,
    message: `network.vpcId adopts a VPC; also name ${path === "network.loadBalancerSubnetIds" ? "at least two load balancer subnets in different zones" : path}.`,
    fix: `Set ${path}.`,
  });

/** Without a VPC to adopt, the keys of an adopted network would be ignored silently. */
function strayKeys({ network }: Settings): Problem[] {
  return (["nodeSubnetId", "loadBalancerSubnetIds", "loadBalancerCidrs"] as const)
    .filter((key) => network[key] !== undefined)
    .map((key) =>
      problem({
        code: "missing-value",
        path: "network.vpcId",
        message: `network.${key} applies only to an adopted VPC, but network.vpcId is not set.`,
        fix: `Set network.vpcId, or remove network.${key}.`,
      }),
    );
}

const rangeLists = ({ network, cluster }: Settings): Problem[] => [
  ...(network.loadBalancerCidrs ?? []).flatMap((range, index) => checkRange(`network.loadBalancerCidrs[${index}]`, range)),
  ...checkBalancerRanges(network.loadBalancerCidrs ?? [], network.loadBalancerSubnetIds ?? []),
  ...(cluster.publicAccessCidrs ?? []).flatMap((range, index) => checkRange(`cluster.publicAccessCidrs[${index}]`, range)),
];

function checkRange(path: string, range: string): Problem[] {
  const mistake = cidrMistake(range);
  return mistake ? [cidrProblem(path, `"${range}" is not a range: ${mistake.reason}.`, mistake.network)] : [];
}

/** The pods' network policy admits these ranges, so they must not be wider than subnets can be: a typing error opens the engine's port. */
function checkBalancerRanges(ranges: string[], subnetIds: string[]): Problem[] {
  const part = openPart(ranges.filter((range) => !cidrMistake(range)));
  if (part === undefined) return [];
  const ids = subnetIds.length > 0 ? ["--subnet-ids", ...subnetIds] : [];
  const command = shellCommand("aws", "ec2", "describe-subnets", ...ids, "--query", "Subnets[].CidrBlock");
  return [
    problem({
      code: "cidr-invalid",
      path: "network.loadBalancerCidrs",
      message: `${rangesInWords(ranges)} ${ranges.length > 1 ? "together are" : "is"} ${part}, not the ranges of subnets: the pods' network policy would keep no client out.`,
      fix: `Set the ranges of network.loadBalancerSubnetIds: ${command}`,
    }),
  ];
}

const cidrProblem = (path: string, message: string, value?: string): Problem =>
  problem({
    code: "cidr-invalid",
    path,
    message,
    fix: value === undefined ? "Give an IPv4 range such as 10.0.0.0/16." : `Write ${value}.`,
    changes: value === undefined ? [] : [{ path, value }],
  });
