/** What can be checked at no cost before anything is created: programs, identity, quota, zone. */
import assert from "node:assert/strict";
import type { Deployment } from "./deployment";
import { json, type Session } from "./session";

export async function preflight(deployment: Deployment, inside: Session, say: (line: string) => void): Promise<void> {
  const { region, availabilityZone, instanceType, quota } = deployment;
  const aws = <Shape>(...args: string[]) => json<Shape>(inside, { program: "aws", args: [...args, "--output", "json"] });
  for (const [program, args] of versions) await inside.run({ program, args });

  const { Account, Arn } = await aws<{ Account: string; Arn: string }>("sts", "get-caller-identity");
  say(`  account ${Account}, as ${Arn}`);

  const asked = ["--service-code", "ec2", "--quota-code", quota.code, "--region", region];
  const { Quota } = await aws<{ Quota: { Value: number } }>("service-quotas", "get-service-quota", ...asked);
  // Other instances count against the quota too; this check does not ask how many run.
  assert.ok(Quota.Value >= quota.vcpus, `quota ${quota.code} in ${region} is ${Quota.Value} vCPUs; ${quota.vcpus} are needed`);

  const { InstanceTypeOfferings } = await aws<{ InstanceTypeOfferings: unknown[] }>(
    ...["ec2", "describe-instance-type-offerings", "--location-type", "availability-zone", "--region", region],
    ...["--filters", `Name=instance-type,Values=${instanceType}`, `Name=location,Values=${availabilityZone}`],
  );
  assert.equal(InstanceTypeOfferings.length, 1, `${availabilityZone} does not offer ${instanceType}`);
}

const versions = [
  ["pulumi", ["version"]],
  ["aws", ["--version"]],
  ["kubectl", ["version", "--client"]],
  ["curl", ["--version"]],
] as const;
