/**
 * The `aws:` configuration of a stack. Pulumi passes it to its default provider, but not to an explicit provider such as this program's, so
 * the program must pass it on: https://www.pulumi.com/docs/iac/concepts/resources/providers/#explicit-provider-configuration
 */
import { awsArguments } from "../catalog/awsProvider";
import type { AwsConfiguration, AwsEnvironment } from "./environment";
import { secretPlaceholder } from "./secrets";

/** `values`: the values of the namespace `aws`, as a stack file has them or as Pulumi passes them. */
export function awsConfiguration(values: Record<string, unknown>): AwsConfiguration {
  const { region: _region, ...rest } = values;
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => {
      const argument = Object.hasOwn(awsArguments, key) ? awsArguments[key] : undefined;
      const read = argument?.form.type === "text" ? textOf(value) : parsed(value);
      return [key, argument?.decides === "account" ? withAccountIds(read) : read];
    }),
  );
}

/** Pulumi reads a scalar directly under `config` as text. */
const textOf = (value: unknown): unknown => (typeof value === "number" || typeof value === "boolean" ? String(value) : value);

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value; // not JSON: the check of the form says what is expected
  }
}

/** YAML reads an account id without quotes as a number. One with 12 digits has lost no zero. */
function withAccountIds(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item) => (typeof item === "number" && /^\d{12}$/.test(String(item)) ? String(item) : item) as unknown);
}

/** One role of `aws:assumeRoles`, with the provider's names. */
export interface AssumedRole {
  roleArn: string;
  /** Go's form, such as `1h30m`. */
  duration?: string;
  externalId?: string;
  policy?: string;
  policyArns?: string[];
  sessionName?: string;
  sourceIdentity?: string;
  tags?: Record<string, string>;
  transitiveTagKeys?: string[];
}

/** Roles that every call to AWS assumes, one after the other; `cluster.accessRoleArn` is the last. */
export function assumedRoles({
  configuration,
  cluster: { accessRoleArn },
}: Pick<AwsEnvironment, "configuration" | "cluster">): AssumedRole[] {
  const { assumeRoles = [] } = configuration as { assumeRoles?: AssumedRole[] | typeof secretPlaceholder };
  // A plan does not read encrypted roles; the program does.
  const roles = assumeRoles === secretPlaceholder ? [] : assumeRoles;
  return [...roles, ...(accessRoleArn === undefined ? [] : [{ roleArn: accessRoleArn }])];
}
