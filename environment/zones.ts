/** Region and availability zones: the zone of the GPUs, and the other zones of the network. */
import { zoneForms } from "../catalog/awsTextRules";
import { findRegion, regions } from "../catalog/regions";
import { partitionOf } from "../components/arns";
import { problem, type Problem } from "../sizing/problem";
import { nearest } from "./nearest";

export interface Zones {
  region: string;
  availabilityZone: string;
  availabilityZones: string[];
  /** True if the zones were derived from the region's usual letters; the account may not have them. */
  assumed: boolean;
}

export interface ZoneRequest {
  region: string | undefined;
  availabilityZone: string | undefined;
  availabilityZones: string[] | undefined;
  /** True if the VPC exists: then the stack cannot choose its zones. */
  adoptedNetwork: boolean;
  /** True if `aws:skipRegionValidation` is: the AWS provider then accepts regions that are newer than it, and so does this check. */
  anyRegion?: boolean;
}

const letterless = /[a-z]$/;
const listPath = "network.availabilityZones";

export function resolveZones(request: ZoneRequest): { zones?: Zones; problems: Problem[] } {
  const { availabilityZone, availabilityZones: given } = request;
  const named = given?.map((zone, index) => [`${listPath}[${index}]`, zone] as const) ?? [];
  const local = [...(availabilityZone === undefined ? [] : [["availabilityZone", availabilityZone] as const]), ...named].flatMap(
    ([path, zone]) => localZoneProblem(path, zone),
  );
  if (local.length > 0) return { problems: local };
  const region = request.region ?? (availabilityZone ?? given?.[0])?.replace(letterless, "");
  if (!region) return { problems: [missing("aws:region", "Neither aws:region nor availabilityZone is set.", "us-west-2")] };

  const wrong = checkRegionName(region, request);
  if (wrong) return { problems: [wrong] };

  const letters = findRegion(region)?.zoneLetters;
  if (!availabilityZone && !given && !letters) {
    const message = `The catalog does not know the zones of ${region}; name the GPU zone.`;
    return { problems: [missing("availabilityZone", message, `${region}a`)] };
  }
  const gpuZone = availabilityZone ?? given?.[0] ?? `${region}${letters?.[0] ?? "a"}`;
  const neighbours = (letters ?? []).map((letter) => `${region}${letter}`).filter((zone) => zone !== gpuZone);
  const zones = given ?? [gpuZone, ...neighbours].slice(0, 3);
  const strayed = checkRegion(gpuZone, region);
  // If the zones were derived from a wrong GPU zone, report only the wrong zone.
  const problems = request.adoptedNetwork || (strayed.length > 0 && !given) ? strayed : [...strayed, ...checkList(zones, gpuZone, region)];
  if (problems.length > 0) return { problems };
  return { zones: { region, availabilityZone: gpuZone, availabilityZones: zones, assumed: !availabilityZone || !given }, problems };
}

function checkRegion(gpuZone: string, region: string): Problem[] {
  if (gpuZone.replace(letterless, "") === region) return [];
  return [
    problem({
      code: "availability-zone-mismatch",
      path: "availabilityZone",
      message: `${gpuZone} is not in the region ${region} (aws:region).`,
      fix: "Name a zone of the region, or set aws:region to the zone's region.",
      changes: [{ path: "availabilityZone", value: `${region}${gpuZone.slice(-1)}` }],
    }),
  ];
}

function checkList(zones: string[], gpuZone: string, region: string): Problem[] {
  const invalid = (message: string, fix: string): Problem =>
    problem({
      code: "availability-zone-invalid",
      path: listPath,
      message,
      fix,
    });
  const problems: Problem[] = [];
  if (zones.length < 2 || zones.length > 3)
    problems.push(
      invalid(
        `${zones.length} ${zones.length === 1 ? "zone is" : "zones are"} named; the control plane and the load balancer need 2 or 3.`,
        "Name two or three zones.",
      ),
    );
  if (new Set(zones).size !== zones.length) problems.push(invalid(`A zone appears twice in ${zones.join(", ")}.`, "Name each zone once."));
  const foreign = zones.filter((zone) => zone.replace(letterless, "") !== region);
  if (foreign.length > 0)
    problems.push(invalid(`These zones are not in the region ${region}: ${foreign.join(", ")}.`, "Name zones of one region."));
  if (!zones.includes(gpuZone))
    problems.push({
      ...invalid(`${zones.join(", ")} does not contain ${gpuZone}, where the GPUs are.`, `Add ${gpuZone}.`),
      code: "availability-zone-mismatch",
    });
  return problems;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html: the subnets of a cluster are in availability zones. */
function localZoneProblem(path: string, zone: string): Problem[] {
  if (!new RegExp(`^(${zoneForms.localZone})$`).test(zone)) return [];
  const parent = /^[a-z]+(-[a-z]+)+-\d+/.exec(zone)?.[0] ?? "";
  return [
    problem({
      code: "availability-zone-invalid",
      path,
      message: `${zone} is a Local Zone or Wavelength Zone of ${parent}; EKS and FSx for Lustre need an availability zone such as ${parent}a.`,
      fix: `Name an availability zone of ${parent}.`,
    }),
  ];
}

function checkRegionName(region: string, { region: written, availabilityZone, anyRegion = false }: ZoneRequest): Problem | undefined {
  const partition = partitionOf(region);
  if (partition !== undefined && partition !== "aws") return otherPartition(region, partition);
  if (findRegion(region) || (anyRegion && new RegExp(`^(${zoneForms.region})$`).test(region))) return undefined;
  const known = regions.map(({ name }) => name).filter((name) => partitionOf(name) === "aws");
  const near = nearest(region, known);
  const rule =
    partition === undefined ? "it has not the form of a region's name, such as us-west-2" : "the catalog has no region of this name";
  return problem({
    code: "availability-zone-invalid",
    path: written !== undefined ? "aws:region" : availabilityZone === undefined ? `${listPath}[0]` : "availabilityZone",
    message: `"${region}" is not a region of AWS that this package knows: ${rule}.`,
    fix: `${near === undefined ? "" : `Did you mean ${near}? `}The catalog has ${known.join(", ")}.`,
    changes: written === undefined || near === undefined ? [] : [{ path: "aws:region", value: near }],
  });
}

/** This program uses policies, registries and service names of the partition `aws`. Another partition would refuse the first role. */
const otherPartition = (region: string, partition: string): Problem =>
  problem({
    code: "availability-zone-invalid",
    path: "aws:region",
    message: `${region} is in the partition ${partition} of AWS; this program supports only the ARNs and registries of the partition aws.`,
    fix: "Choose a commercial region.",
  });

const missing = (path: string, message: string, example: string): Problem =>
  problem({
    code: "missing-value",
    path,
    message,
    fix: `Set it, for example to ${example}.`,
    changes: [{ path, value: example }],
  });
