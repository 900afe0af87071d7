// Proves that no check throws when an answer of AWS lacks a field, and which fields each check needs. It does not try fields of a wrong
// type: the SDK gives those of its model or none.
import assert from "node:assert/strict";
import type { Operation } from "../../../preflight/account/account";
import { accountChecks } from "../../../preflight/account/accountChecks";
import { goodCases } from "./goodCases";
import { preflight, type Answers } from "./recordedAccount";

type Path = (string | number)[];

/** Paths of every field and entry of an answer, outermost first. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

function without(value: unknown, [key, ...rest]: Path): unknown {
  if (Array.isArray(value)) return value.flatMap((item, index) => (index !== key ? [item] : rest.length > 0 ? [without(item, rest)] : []));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, item]) =>
      name !== key ? [[name, item]] : rest.length > 0 ? [[name, without(item, rest)]] : [],
    ),
  );
}

/** The same answers, without one field of one of them. */
function lacking(answers: Answers, operation: Operation, path: Path): Answers {
  const recorded = (answers as Record<string, unknown>)[operation];
  const mutated =
    typeof recorded === "function"
      ? (input: unknown) => without((recorded as (input: unknown) => unknown)(input), path)
      : without(recorded, path);
  return { ...answers, [operation]: mutated };
}

const ofQuota = /Code|Adjustable|Global/;
const ofInstance = /Reservations\.0$|ReservationId|OwnerId|Instances\.0$|InstanceId|Instances\.0\.State|Placement/;
const ofReservation =
  /CapacityReservations\.0(\.(OwnerId|CapacityReservation\w+|InstancePlatform|AvailabilityZone|AvailabilityZoneId|Tenancy|StartDate|EndDateType|InstanceMatchCriteria|ReservationType|TotalInstanceCount))?$/;

/** Fields whose absence leaves the answer good: identifiers and words that the check does not read, entries of lists that may be empty. */
const dispensable: Record<string, RegExp> = {
  identity: /UserId/,
  zones: /OptInStatus|RegionName|ZoneType|AvailabilityZones\.3(\.|$)/,
  "instance-type-offered": /InstanceType$|LocationType|InstanceTypeOfferings\.0$/,
  "instance-type-facts": /InstanceType$|\.Name$|Manufacturer|TotalGpu|Bandwidth(InGbps)|NetworkCards\.[1-9]/,
  "vcpu-quota": new RegExp(`${ofQuota.source}|UserId|Arn|${ofInstance.source}|${ofReservation.source}`),
  "system-vcpu-quota": new RegExp(
    `${ofQuota.source}|UserId|Arn|InstanceTypes.0.InstanceType|${ofInstance.source}|CapacityReservations\\.0`,
  ),
  reservation: /Owner|Arn|ZoneId|Tenancy|StartDate|EndDateType|MatchCriteria|ReservationType/,
  "kubernetes-version": /clusterType|releaseDate|versionStatus|clusterVersions\.3\.clusterVersion|clusterVersions\.[023]$/,
  subnets: /^Vpcs\.0\.\w+$|^VpcId|State$|AvailabilityZoneId|RouteTableId|RouteTables\.0\.(VpcId|Routes\.0)/,
  "network-quotas": new RegExp(`${ofQuota.source}|Vpcs\\.0|LoadBalancers\\.0(\\.VpcId)?$`),
  "file-system-quota": new RegExp(
    `${ofQuota.source}|FileSystems\\.0(\\.(OwnerId|FileSystemId|Lifecycle|StorageType|LustreConfiguration\\.MountName))?$`,
  ),
  image: /registryId|repositoryName|imageTags|imagePushedAt/,
  "hosted-zone": /Id$|CallerReference/,
  certificate: /Arn|DomainName|SubjectAlternativeNames|Type|NotBefore/,
  prices: /FormatVersion/,
};

describe("an answer that lacks a field", () => {
  for (const { name, settings, answers } of goodCases) {
    it(`does not make ${name} throw, and leaves it good only if it does not need the field`, async () => {
      const check = accountChecks.find((each) => each.name === name)!;
      const { account } = await preflight([check], settings, answers);
      for (const { name: operation, input } of account.calls) {
        const recorded = (answers as Record<string, unknown>)[operation];
        const answer: unknown = typeof recorded === "function" ? (recorded as (input: unknown) => unknown)(input) : recorded;
        for (const path of pathsOf(answer)) {
          const { report } = await preflight([check], settings, lacking(answers, operation, path));
          const [result] = report.checks;
          const where = `${operation} without ${path.join(".")}: ${result!.outcome}, ${result!.answer}`;
          assert.doesNotMatch(result!.answer, /TypeError|undefined|NaN/, where);
          if (result!.outcome === "good") assert.match(path.join("."), dispensable[name]!, where);
        }
      }
    });
  }
});
