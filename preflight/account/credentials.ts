/** Credentials of the principal that `pulumi up` calls AWS with. */
import type { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { assumedRoles } from "../../environment/awsConfiguration";
import type { AwsEnvironment } from "../../environment/environment";
import { given } from "../../sizing/givenKeys";

/** One retry and a few seconds for each call to AWS: a preflight that hangs is worse than one that asks nothing. */
export const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, socketTimeout: 4000, throwOnRequestTimeout: true },
};

export type CredentialProvider = ReturnType<typeof fromNodeProviderChain>;
type Credentials = Awaited<ReturnType<CredentialProvider>>;

/** The part of a stack's `aws:` configuration that decides which principal calls. */
export interface AwsIdentitySettings {
  region: string;
  profile?: string;
  accessKey?: string;
  secretKey?: string;
  token?: string;
  /** Assumed one after the other. */
  assumeRoles?: AssumedRole[];
  /** `cluster.accessRoleArn`: assumed last, for AWS calls and Kubernetes tokens alike. */
  accessRoleArn?: string;
}

interface AssumedRole {
  roleArn: string;
  sessionName?: string;
  externalId?: string;
  durationSeconds?: number;
  policy?: string;
  policyArns?: string[];
  sourceIdentity?: string;
  tags?: Record<string, string>;
  transitiveTagKeys?: string[];
}

/** The principal that the provider calls AWS as. Its `duration` is text (`1h30m`), here seconds; the preflight ends before that. */
export function awsIdentity({ region, configuration, cluster }: AwsEnvironment): AwsIdentitySettings {
  const settings = configuration as Pick<AwsIdentitySettings, "profile" | "accessKey" | "secretKey" | "token">;
  const assumeRoles = assumedRoles({ configuration, cluster }).map(({ duration: _duration, ...role }) => role);
  return { region, ...given(settings, "profile", "accessKey", "secretKey", "token"), assumeRoles };
}

/** There are no credentials: the preflight can ask nothing, and this is the one reason. */
export class NoCredentials extends Error {
  override name = "NoCredentials";
}

/** The metadata service of EC2 and ECS answers in milliseconds if there is one, else never: two tries take half a second. */
const metadataMilliseconds = 250;

/** All clients share one search and its result. */
export function awsCredentials(settings: AwsIdentitySettings): CredentialProvider {
  let credentials: Promise<Credentials> | undefined;
  return (context) => (credentials ??= resolveCredentials(settings, context));
}

async function resolveCredentials(settings: AwsIdentitySettings, context: Parameters<CredentialProvider>[0]) {
  const roles = [...(settings.assumeRoles ?? []), ...(settings.accessRoleArn === undefined ? [] : [{ roleArn: settings.accessRoleArn }])];
  let identity = await findFirstIdentity(settings, context);
  for (const role of roles) identity = await assumeRole(role, settings, identity);
  return identity;
}

async function findFirstIdentity(settings: AwsIdentitySettings, context: Parameters<CredentialProvider>[0]): Promise<Credentials> {
  const { accessKey, secretKey, token, profile, region } = settings;
  if (accessKey !== undefined && secretKey !== undefined)
    return { accessKeyId: accessKey, secretAccessKey: secretKey, ...(token !== undefined && { sessionToken: token }) };
  const { fromEnv, fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
  const chain =
    profile === undefined && hasEnvironmentKeys()
      ? fromEnv()
      : fromNodeProviderChain({
          ...given(settings, "profile"),
          timeout: metadataMilliseconds,
          maxRetries: 0,
          clientConfig: { ...patience, region },
        });
  try {
    return await chain(context);
  } catch (error) {
    throw new NoCredentials(describeReason(error, profile), { cause: error });
  }
}

/** The provider, in Go, and the AWS CLI take them before AWS_PROFILE; this SDK would take the profile and call as another principal. */
const hasEnvironmentKeys = () => Boolean(process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY);

/** The chain fails with the error of its last link, which the user did not choose; the error of a profile is worth repeating. */
function describeReason(error: unknown, profile: string | undefined): string {
  const words = error instanceof Error ? error.message.replace(/\s+/g, " ").trim() : String(error);
  const remedy = "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with aws sso login.";
  const where = profile === undefined ? "in the environment, in a profile or from the machine" : `in the profile ${profile}`;
  return `no AWS credentials ${where} (${words}). ${remedy}`;
}

async function assumeRole(role: AssumedRole, { region }: AwsIdentitySettings, masterCredentials: Credentials) {
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const { roleArn, sessionName, externalId, durationSeconds, policy, policyArns, sourceIdentity, tags, transitiveTagKeys } = role;
  const provider = fromTemporaryCredentials({
    masterCredentials,
    params: {
      RoleArn: roleArn,
      RoleSessionName: sessionName ?? "vllm-eks-preflight",
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
      ...(policy !== undefined && { Policy: policy }),
      ...(policyArns && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      ...(tags && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
      ...(transitiveTagKeys && { TransitiveTagKeys: transitiveTagKeys }),
    },
    clientConfig: { ...patience, region },
  });
  try {
    return await provider();
  } catch (error) {
    throw new NoCredentials(`${roleArn} cannot be assumed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
