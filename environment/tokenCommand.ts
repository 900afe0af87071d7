/**
 * The command by which Kubernetes clients get a token: the AWS CLI, as the principal that calls AWS. Where its options are not enough, a
 * short program takes the roles one after the other and lets the CLI sign the token with the credentials of the last.
 */
import type { AssumedRole } from "./awsConfiguration";
import { isPlainRole, secondsOf, type AwsIdentity } from "./awsIdentity";

/** What a kubeconfig runs. */
export interface TokenCommand {
  command: string;
  args: string[];
  /** Added to the environment of the client. */
  env: Record<string, string>;
}

/** `aws eks get-token` as this principal. */
export function tokenCommand(identity: AwsIdentity, clusterName: string): TokenCommand {
  const token = ["eks", "get-token", "--cluster-name", clusterName, "--output", "json"];
  const [role] = identity.roles;
  if (needsProgram(identity)) return commandAs(identity, token);
  return direct(identity, role ? [...token, "--role-arn", role.roleArn] : token);
}

/** Any read-only command of the AWS CLI as this principal. */
export function commandAs(identity: AwsIdentity, command: readonly string[]): TokenCommand {
  if (identity.base.kind !== "keys" && !hasSessions(identity)) return direct(identity, command);
  const steps = [
    ...sessionSteps(identity),
    { args: ["--region", identity.region, ...(hasSessions(identity) ? [] : profileOf(identity)), ...command] },
  ];
  return { command: "node", args: ["-e", program, JSON.stringify({ forget: forgottenOf(identity), steps })], env: environmentOf(identity) };
}

const direct = (identity: AwsIdentity, command: readonly string[]): TokenCommand => ({
  command: "aws",
  args: ["--region", identity.region, ...profileOf(identity), ...command],
  env: environmentOf(identity),
});

const hasSessions = ({ base, roles }: AwsIdentity): boolean => base.kind === "webIdentity" || roles.length > 0;

/** Options of the CLI can say a profile and one plain role, at the STS of the stack's region. */
export function needsProgram({ base, roles, way }: AwsIdentity): boolean {
  if (base.kind === "keys" || base.kind === "webIdentity" || roles.length > 1) return true;
  const { stsRegion, useFipsEndpoint, useDualstackEndpoint, insecure, endpoints } = way;
  return (
    roles.length > 0 &&
    (!roles.every(isPlainRole) || [stsRegion, useFipsEndpoint, useDualstackEndpoint, insecure, endpoints.sts].some(Boolean))
  );
}

/** An option, and not AWS_PROFILE: the CLI takes keys of the environment before that variable, and the provider does not. */
const profileOf = ({ base }: AwsIdentity): string[] => (base.kind === "profile" ? ["--profile", base.profile] : []);

/** One run of the AWS CLI, with environment variables for this run only. */
interface Step {
  args: string[];
  env?: Record<string, string>;
}

function sessionSteps(identity: AwsIdentity): Step[] {
  const { base, roles, region, way } = identity;
  const sts = ["--region", way.stsRegion ?? region, ...(way.endpoints.sts ? ["--endpoint-url", way.endpoints.sts] : [])];
  const global = [...sts, ...(way.insecure ? ["--no-verify-ssl"] : []), "--output", "json"];
  const env = {
    ...(way.useFipsEndpoint && { AWS_USE_FIPS_ENDPOINT: "true" }),
    ...(way.useDualstackEndpoint && { AWS_USE_DUALSTACK_ENDPOINT: "true" }),
  };
  const step = (args: string[]): Step => ({ args: [...global, "sts", ...args], ...(Object.keys(env).length > 0 && { env }) });
  // JSON, because the CLI would read a file for an option such as `--external-id file://…`.
  const input = (role: AssumedRole) => ["--cli-input-json", JSON.stringify(requestOf(role))];
  return [
    ...(base.kind === "webIdentity"
      ? [step(["assume-role-with-web-identity", ...input(base), "--web-identity-token", `file://${base.webIdentityTokenFile}`])]
      : []),
    ...roles.map((role, index) => step([...(index === 0 ? profileOf(identity) : []), "assume-role", ...input(role)])),
  ];
}

/** The request of AssumeRole, with STS's names. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function requestOf(role: AssumedRole) {
  const { roleArn, sessionName = "vllm-eks", externalId, duration, policy, policyArns, sourceIdentity, tags, transitiveTagKeys } = role;
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(duration !== undefined && { DurationSeconds: secondsOf(duration) }),
    ...(policy !== undefined && { Policy: policy }),
    ...(policyArns && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    ...(tags && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(transitiveTagKeys && { TransitiveTagKeys: transitiveTagKeys }),
  };
}

/** What every run of the CLI needs. The keys of a stack are here and not among the arguments, which other users of a machine can read. */
export function environmentOf({ base, configFile, credentialsFile, way }: AwsIdentity): Record<string, string> {
  const { customCaBundle, httpProxy, httpsProxy, noProxy } = way;
  const variables = {
    AWS_CONFIG_FILE: configFile,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_CA_BUNDLE: customCaBundle,
    HTTP_PROXY: httpProxy,
    HTTPS_PROXY: httpsProxy,
    NO_PROXY: noProxy,
    ...(base.kind === "keys" && {
      AWS_ACCESS_KEY_ID: base.accessKey,
      AWS_SECRET_ACCESS_KEY: base.secretKey,
      AWS_SESSION_TOKEN: base.token,
    }),
  };
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The AWS CLI reads both. */
const profileVariables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

/** Variables of the client's environment that would change the principal: keys and a web identity are complete without them. */
function forgottenOf({ base }: AwsIdentity): string[] {
  if (base.kind === "webIdentity") return profileVariables;
  return base.kind === "keys" ? [...profileVariables, ...(base.token === undefined ? ["AWS_SESSION_TOKEN"] : [])] : [];
}

/**
 * The program has no values in its text: they are its one argument. It prints only what the last run printed, so no credentials, and says
 * nothing about a run that failed except what the CLI itself said.
 */
const program = `
const { forget, steps } = JSON.parse(process.argv[1]);
const env = { ...process.env };
for (const name of forget) delete env[name];
let answer = "";
for (const [index, step] of steps.entries()) {
  try {
    answer = require("child_process").execFileSync("aws", step.args, {
      env: { ...env, ...step.env }, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"],
    });
    if (index === steps.length - 1) continue;
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(answer).Credentials;
    Object.assign(env, { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken });
    delete env.AWS_PROFILE;
    delete env.AWS_DEFAULT_PROFILE;
  } catch (error) {
    if (error.code === "ENOENT") console.error("there is no program aws on PATH");
    process.exit(1);
  }
}
process.stdout.write(answer);
`.trim();
