/** Credentials of the principal that `pulumi up` calls AWS with, found as the provider finds them. */
import os from "node:os";
import path from "node:path";
import type { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { AssumedRole } from "../../environment/awsConfiguration";
import type { AwsIdentity } from "../../environment/awsIdentity";
import { requestOf } from "../../environment/tokenCommand";
import { clientSettings, stsSettings } from "./clientSettings";

export type CredentialProvider = ReturnType<typeof fromNodeProviderChain>;
type Credentials = Awaited<ReturnType<CredentialProvider>>;
type Context = Parameters<CredentialProvider>[0];

/** There are no credentials: the preflight can ask nothing, and this is the one reason. */
export class NoCredentials extends Error {
  override name = "NoCredentials";
}

/** The metadata service of EC2 and ECS answers in milliseconds if there is one, else never: two tries take half a second. */
const metadataMilliseconds = 250;

/** All clients share one search and its result. */
export function awsCredentials(identity: AwsIdentity): CredentialProvider {
  let credentials: Promise<Credentials> | undefined;
  return (context) => (credentials ??= resolveCredentials(identity, context));
}

async function resolveCredentials(identity: AwsIdentity, context: Context): Promise<Credentials> {
  let credentials = await findFirst(identity, context);
  for (const role of identity.roles) credentials = await assumeRole(role, identity, credentials);
  return credentials;
}

async function findFirst(identity: AwsIdentity, context: Context): Promise<Credentials> {
  const { base } = identity;
  if (base.kind === "keys") {
    const { accessKey, secretKey, token } = base;
    return { accessKeyId: accessKey, secretAccessKey: secretKey, ...(token !== undefined && { sessionToken: token }) };
  }
  try {
    return await (
      await searchOf(identity)
    )(context);
  } catch (error) {
    throw new NoCredentials(describeReason(error, identity), { cause: error });
  }
}

/**
 * Without a profile in the configuration the provider, in Go, takes keys of the environment first, then a web identity of the environment,
 * and only then AWS_PROFILE; this SDK would take the profile and call as another principal.
 * https://github.com/aws/aws-sdk-go-v2/blob/v1.41.0/config/resolve_credentials.go (resolveCredentialChain)
 */
async function searchOf(identity: AwsIdentity): Promise<CredentialProvider> {
  const { fromEnv, fromNodeProviderChain, fromTokenFile } = await import("@aws-sdk/credential-providers");
  const { base, region, way } = identity;
  const clientConfig = stsSettings(identity);
  if (base.kind === "webIdentity") {
    const { webIdentityTokenFile, ...role } = base;
    const { RoleArn, RoleSessionName, DurationSeconds, Policy, PolicyArns } = requestOf(role);
    return fromTokenFile({
      ...{ webIdentityTokenFile: expanded(webIdentityTokenFile), roleArn: RoleArn, roleSessionName: RoleSessionName, clientConfig },
      ...(DurationSeconds !== undefined && { durationSeconds: DurationSeconds }),
      ...(Policy !== undefined && { policy: Policy }),
      ...(PolicyArns && { policyArns: PolicyArns }),
    });
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN } = process.env;
  if (base.kind !== "profile" && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) return fromEnv();
  if (base.kind !== "profile" && AWS_WEB_IDENTITY_TOKEN_FILE && AWS_ROLE_ARN) return fromTokenFile({ clientConfig });
  // The provider reads AWS_DEFAULT_PROFILE too, after AWS_PROFILE; this SDK does not.
  const profile = base.kind === "profile" ? base.profile : process.env.AWS_PROFILE || process.env.AWS_DEFAULT_PROFILE;
  return fromNodeProviderChain({
    ...(profile && { profile }),
    ...(identity.configFile !== undefined && { configFilepath: expanded(identity.configFile) }),
    ...(identity.credentialsFile !== undefined && { filepath: expanded(identity.credentialsFile) }),
    ...{ timeout: metadataMilliseconds, maxRetries: 0, clientConfig: clientSettings("sts", region, way) },
  });
}

/** The provider and the AWS CLI replace a leading `~`. */
const expanded = (file: string): string => (file.startsWith("~/") ? path.join(os.homedir(), file.slice(2)) : file);

/** The chain fails with the error of its last link, which the user did not choose; the error of a profile is worth repeating. */
function describeReason(error: unknown, { base }: AwsIdentity): string {
  const words = error instanceof Error ? error.message.replace(/\s+/g, " ").trim() : String(error);
  if (base.kind === "webIdentity") return `${base.roleArn} cannot be assumed with the token in ${base.webIdentityTokenFile}: ${words}`;
  const remedy = "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with aws sso login.";
  const where = base.kind === "profile" ? `in the profile ${base.profile}` : "in the environment, in a profile or from the machine";
  return `no AWS credentials ${where} (${words}). ${remedy}`;
}

async function assumeRole(role: AssumedRole, identity: AwsIdentity, masterCredentials: Credentials): Promise<Credentials> {
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const provider = fromTemporaryCredentials({ masterCredentials, params: requestOf(role), clientConfig: stsSettings(identity) });
  try {
    return await provider();
  } catch (error) {
    throw new NoCredentials(`${role.roleArn} cannot be assumed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
