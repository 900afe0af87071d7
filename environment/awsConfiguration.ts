/**
 * The `aws:` configuration of a stack. Pulumi passes it to its default provider, but not to an explicit provider such as this program's, so
 * the program must pass it on: https://www.pulumi.com/docs/iac/concepts/resources/providers/#explicit-provider-configuration
 */
import { problem, type Problem } from "../sizing/problem";
import { configSet, shellCommand } from "../sizing/shellCommand";
import type { AwsConfiguration, AwsEnvironment } from "./environment";

/** Arguments that are text. All others are written as JSON. */
const textArguments = [
  ...["accessKey", "secretKey", "token", "profile", "region", "stsRegion", "retryMode", "s3UsEast1RegionalEndpoint", "tagPolicyCompliance"],
  ...["customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy"],
];

/** `values`: the values of the namespace `aws`, as a stack file has them or as Pulumi passes them. */
export function awsConfiguration(values: Record<string, unknown>): AwsConfiguration {
  const { region: _region, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, textArguments.includes(key) ? value : parsed(value)]));
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value; // not JSON: the provider refuses it with its own message
  }
}

export interface AssumedRole {
  roleArn: string;
  [setting: string]: unknown;
}

/** Roles that every call to AWS assumes, one after the other; `cluster.accessRoleArn` is the last. */
export function assumedRoles({
  configuration,
  cluster: { accessRoleArn },
}: Pick<AwsEnvironment, "configuration" | "cluster">): AssumedRole[] {
  const { assumeRoles = [] } = configuration as { assumeRoles?: AssumedRole[] };
  return [...assumeRoles, ...(accessRoleArn === undefined ? [] : [{ roleArn: accessRoleArn }])];
}

/** The principal that authenticates to Kubernetes: the one that calls AWS, as far as `aws eks get-token` has options for it. */
export function tokenPrincipalOf(aws: Pick<AwsEnvironment, "configuration" | "cluster">): { profile?: string; roleArn?: string } {
  const { profile } = aws.configuration as { profile?: string };
  const roleArn = assumedRoles(aws).at(-1)?.roleArn;
  return { ...(profile !== undefined && { profile }), ...(roleArn !== undefined && { roleArn }) };
}

/** Warns about what `aws eks get-token` has no option for: it takes one profile and one role, and does not read keys from a stack. */
export function checkAwsConfiguration(aws: Pick<AwsEnvironment, "configuration" | "cluster">, stack: string): Problem[] {
  const roles = assumedRoles(aws);
  const hasKeys = aws.configuration.accessKey !== undefined;
  if (roles.length < 2 && !hasKeys) return [];
  const path = hasKeys ? "aws:accessKey" : "aws:assumeRoles";
  const what = hasKeys
    ? "Pulumi calls AWS with the keys of the stack, but `aws eks get-token` uses the credentials of its environment"
    : `Pulumi calls AWS through ${roles.length} roles (${roles.map(({ roleArn }) => roleArn).join(", ")}), but \`aws eks get-token\` assumes the last one directly`;
  return [
    problem({
      code: "identity-mismatch",
      severity: "warning",
      path,
      message: `${what}. If that call fails or uses another principal, Kubernetes refuses every object.`,
      fix: `Write a profile for both into ~/.aws/config (role_arn, source_profile), run ${shellCommand(...configSet(stack, "aws:profile", "<profile>"))}, and remove ${path}.`,
    }),
  ];
}
