/** Rules between the keys of `aws:` that decide who acts: provider, token for Kubernetes and preflight must get the same principal. */
import { configRemove, configSecret, configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import { assumedRoles, type AssumedRole } from "./awsConfiguration";
import { secondsOf } from "./awsIdentity";
import type { AwsEnvironment } from "./environment";

interface Settings extends Record<string, unknown> {
  allowedAccountIds?: string[];
  forbiddenAccountIds?: string[];
}

/** Expects a configuration of the right form. */
export function checkAwsIdentity(aws: Pick<AwsEnvironment, "configuration" | "cluster">, stack: string): Problem[] {
  const settings = aws.configuration as Settings;
  const remove = (key: string) => shellCommand(...configRemove(stack, `aws:${key}`));
  return [
    ...checkBase(settings, remove),
    ...checkKeys(settings, stack),
    ...checkFiles(settings),
    ...checkProviderOnly(settings, remove),
    ...checkWebIdentity(settings, stack),
    ...checkDurations(settings),
    ...checkAccounts(settings, aws, remove),
  ];
}

/** The provider takes one of them silently, and the AWS CLI another. */
function checkBase(settings: Settings, remove: (key: string) => string): Problem[] {
  const [first, second] = ["assumeRoleWithWebIdentity", "accessKey", "profile"].filter((key) => settings[key] !== undefined);
  if (first === undefined || second === undefined) return [];
  return [
    problem({
      code: "identity-mismatch",
      path: `aws:${second}`,
      message: `aws:${first} and aws:${second} both say where the first credentials come from. The provider would use aws:${first} and ignore the other.`,
      fix: `Remove the one that you do not mean: ${remove(second)} or ${remove(first)}`,
    }),
  ];
}

function checkKeys(settings: Settings, stack: string): Problem[] {
  const needs = { accessKey: "secretKey", secretKey: "accessKey", token: "accessKey" } as const;
  const missing = Object.entries(needs).find(([key, other]) => settings[key] !== undefined && settings[other] === undefined);
  if (!missing) return [];
  const [key, other] = missing;
  return [
    problem({
      code: "missing-value",
      path: `aws:${other}`,
      message: `aws:${key} is set and aws:${other} is not; one without the other gives no credentials.`,
      fix: `Set it; Pulumi asks for it: ${shellCommand(...configSecret(stack, `aws:${other}`))}`,
    }),
  ];
}

/** The AWS CLI and the preflight read one file of each kind. */
const checkFiles = (settings: Settings): Problem[] =>
  (["sharedConfigFiles", "sharedCredentialsFiles"] as const).flatMap((key) => {
    const files = settings[key];
    if (!Array.isArray(files) || files.length < 2) return [];
    return [
      problem({
        code: "identity-mismatch",
        path: `aws:${key}`,
        message: `It has ${files.length} files. The provider merges them, but the AWS CLI, which gets the token for Kubernetes, reads one.`,
        fix: `Write the profiles into one file and name only that one.`,
      }),
    ];
  });

/** What only the provider would read has an environment variable that all three read. */
const variables = {
  ec2MetadataServiceEndpoint: "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  ec2MetadataServiceEndpointMode: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
} as const;

const checkProviderOnly = (settings: Settings, remove: (key: string) => string): Problem[] =>
  Object.entries(variables)
    .filter(([key]) => settings[key] !== undefined)
    .map(([key, variable]) =>
      problem({
        code: "identity-mismatch",
        path: `aws:${key}`,
        message: `Only the provider would read aws:${key}: the AWS CLI, which gets the token for Kubernetes, and the preflight would ask another service for credentials.`,
        fix: `Set the environment variable ${variable} where Pulumi runs, which all of them read, and remove the key: ${remove(key)}`,
      }),
    );

function checkWebIdentity({ assumeRoleWithWebIdentity: given }: Settings, stack: string): Problem[] {
  if (typeof given !== "object" || given === null) return [];
  const path = "aws:assumeRoleWithWebIdentity";
  const { webIdentityToken, webIdentityTokenFile } = given as Record<string, unknown>;
  const set = shellCommand(...configSet(stack, `${path}.webIdentityTokenFile`, "<path>"));
  if (webIdentityToken !== undefined)
    return [
      problem({
        code: "identity-mismatch",
        path: `${path}.webIdentityToken`,
        message: "A token in the configuration expires before a deployment ends, and Kubernetes is then asked with an expired one.",
        fix: `Let the file of your identity provider be read at each use: ${set}, and remove ${path}.webIdentityToken.`,
      }),
    ];
  if (webIdentityTokenFile !== undefined) return [];
  return [
    problem({
      code: "missing-value",
      path: `${path}.webIdentityTokenFile`,
      message: `${path} names no token, so AWS would refuse the role.`,
      fix: `Set the file that holds it: ${set}`,
    }),
  ];
}

/** STS takes 15 minutes to 12 hours; a role that another role assumes, at most one hour. */
function checkDurations(settings: Settings): Problem[] {
  const roles = Array.isArray(settings.assumeRoles) ? (settings.assumeRoles as AssumedRole[]) : [];
  const webIdentity = settings.assumeRoleWithWebIdentity as AssumedRole | undefined;
  const all = [
    ...roles.map((role, index) => ({ path: `aws:assumeRoles[${index}].duration`, role, chained: index > 0 || webIdentity !== undefined })),
    ...(typeof webIdentity === "object" ? [{ path: "aws:assumeRoleWithWebIdentity.duration", role: webIdentity, chained: false }] : []),
  ];
  return all.flatMap(({ path, role: { duration }, chained }) => {
    const seconds = duration === undefined ? 900 : secondsOf(duration);
    const longest = chained ? 3600 : 43200;
    if (duration === undefined || (seconds >= 900 && seconds <= longest)) return [];
    const rule = chained ? "15 minutes to 1 hour for a role that another role assumes" : "15 minutes to 12 hours";
    return [
      problem({ code: "out-of-range", path, message: `"${duration}" is ${seconds} seconds; STS takes ${rule}.`, fix: `Give ${rule}.` }),
    ];
  });
}

function checkAccounts(
  settings: Settings,
  aws: Pick<AwsEnvironment, "configuration" | "cluster">,
  remove: (key: string) => string,
): Problem[] {
  const { allowedAccountIds, forbiddenAccountIds } = settings;
  if (allowedAccountIds && forbiddenAccountIds)
    return [
      problem({
        code: "identity-mismatch",
        path: "aws:forbiddenAccountIds",
        message: "aws:allowedAccountIds and aws:forbiddenAccountIds are both set; the provider takes one of them.",
        fix: `Keep the list of allowed accounts: ${remove("forbiddenAccountIds")}`,
      }),
    ];
  const last = assumedRoles(aws).at(-1);
  const account = /^arn:[\w-]+:iam::(\d{12}):/.exec(last?.roleArn ?? "")?.[1];
  return account === undefined ? [] : checkAccount(settings, account, `${last?.roleArn ?? ""} is a role of it`);
}

/** `why`: how it is known that this account is used. Also asked by the preflight, with the account of the caller. */
export function checkAccount(configuration: AwsEnvironment["configuration"], account: string, why: string): Problem[] {
  const { allowedAccountIds, forbiddenAccountIds } = configuration as Settings;
  const listed = (ids: unknown) => Array.isArray(ids) && ids.includes(account);
  const [key, wrong] = listed(forbiddenAccountIds)
    ? (["forbiddenAccountIds", "lists"] as const)
    : (["allowedAccountIds", Array.isArray(allowedAccountIds) && !listed(allowedAccountIds) ? "does not list" : undefined] as const);
  if (wrong === undefined) return [];
  return [
    problem({
      code: "account-not-allowed",
      path: `aws:${key}`,
      message: `AWS would be called in the account ${account} (${why}), and aws:${key} ${wrong} it.`,
      fix: `Use credentials of the account that you mean (aws:profile, aws:assumeRoles or the environment), or correct aws:${key}.`,
    }),
  ];
}
