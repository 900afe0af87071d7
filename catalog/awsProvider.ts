/**
 * The arguments of Pulumi's AWS provider, which are also the keys of the configuration namespace `aws`. The provider ignores a key that it
 * does not know, so a typing error would leave it with the credentials of the environment.
 */
import { awsEndpointServices } from "./awsEndpointServices";
import { arnForms, exampleAccount, zoneForms } from "./awsTextRules";
import type { Source } from "./source";

/** The form of one value. */
export type AwsForm =
  | AwsText
  | { type: "flag" }
  | { type: "number" }
  | { type: "list"; of: AwsForm; atMost?: number }
  | { type: "map"; of: AwsText; atMost?: number }
  | AwsObject;

export interface AwsText {
  type: "text";
  /** A regular expression for the whole value, and the same in words. @default any text that is not empty */
  pattern?: string;
  hint?: string;
  /** Must be stored encrypted. */
  secret?: true;
}

export interface AwsObject {
  type: "object";
  fields: Readonly<Record<string, AwsForm>>;
  required?: readonly string[];
  /** Earlier or mistaken names of fields, and today's name. */
  renamed?: Readonly<Record<string, string>>;
}

/**
 * What a value decides. `principal`: the identity that calls AWS. `account`: in which accounts it may act. `address`: on which way and from
 * which server credentials come. `nothing`: none of these; only the provider gets it.
 */
export type AwsDecision = "principal" | "account" | "address" | "nothing";

export interface AwsArgument {
  form: AwsForm;
  decides: AwsDecision;
}

export const awsProviderSource: Source = {
  url: "https://github.com/pulumi/pulumi-aws/blob/v7.48.0/sdk/nodejs/provider.ts (ProviderArgs) and sdk/nodejs/types/input.ts",
  asOf: "2026-11-30",
  confidence: "high",
};

/** Limits of AssumeRole and AssumeRoleWithWebIdentity: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const assumeRoleSource: Source = {
  url: "https://github.com/boto/botocore/blob/1.43.11/botocore/data/sts/2011-06-15/service-2.json",
  asOf: "2026-11-30",
  confidence: "high",
};

const text = (pattern?: string, hint?: string): AwsText => ({
  type: "text",
  ...(pattern !== undefined && hint !== undefined && { pattern, hint }),
});
const secret: AwsText = { type: "text", pattern: "[!-~]+", hint: "one line of printable ASCII", secret: true };
const flag: AwsForm = { type: "flag" };
const number: AwsForm = { type: "number" };
const list = (of: AwsForm, atMost?: number): AwsForm => ({ type: "list", of, ...(atMost !== undefined && { atMost }) });

const roleArn = text(arnForms.role, `the ARN of a role, such as arn:aws:iam::${exampleAccount}:role/deployer`);
const policyArn = text(
  "arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/[\\w+=,.@/-]{1,512}",
  "the ARN of a policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess",
);
const sessionName = text("[\\w+=,.@-]{2,64}", "2 to 64 letters, digits and + = , . @ - _");
/** Go's form of a duration, of which STS takes 15 minutes to 12 hours. */
const duration = text("(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h))+", "a duration such as 1h30m");
const policy = text("[\\t\\n\\r\\u0020-\\u00ff]{1,2048}", "the JSON text of a policy, of at most 2048 characters");
const tagKey = text("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}", "a tag key of at most 128 letters, digits, spaces and _ . : / = + - @");
const tagValue = text("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}", "a tag value of at most 256 letters, digits, spaces and _ . : / = + - @");
const accountId = text("\\d{12}", "an account id of 12 digits, in quotes, because a number loses the zeros at its beginning");
/** The AWS CLI replaces `$NAME` in a path; the provider does not. */
const file = text("[^\\x00-\\x1f\\x7f$]+", "the path of a file, without $ and control characters");
const address = text("[!-~]+", "an address such as https://proxy.internal:3128");
const region = text(zoneForms.region, "a region such as us-west-2");

const session = { duration, policy, policyArns: list(policyArn, 10), roleArn, sessionName };
/** `durationSeconds` went with version 6 of the provider. */
const renamedInSession = { durationSeconds: "duration", roleARN: "roleArn", arn: "roleArn", roleSessionName: "sessionName" };

const assumeRole: AwsObject = {
  type: "object",
  required: ["roleArn"],
  renamed: renamedInSession,
  fields: {
    ...session,
    externalId: text("[\\w+=,.@:/-]{2,1224}", "2 to 1224 letters, digits and + = , . @ : / - _"),
    sourceIdentity: sessionName,
    tags: { type: "map", of: tagValue, atMost: 50 },
    transitiveTagKeys: list(tagKey, 50),
  },
};

const assumeRoleWithWebIdentity: AwsObject = {
  type: "object",
  required: ["roleArn"],
  renamed: { ...renamedInSession, tokenFile: "webIdentityTokenFile", token: "webIdentityToken" },
  fields: { ...session, webIdentityToken: { ...text(), secret: true }, webIdentityTokenFile: file },
};

const principal = (form: AwsForm): AwsArgument => ({ form, decides: "principal" });
const account = (form: AwsForm): AwsArgument => ({ form, decides: "account" });
const onTheWay = (form: AwsForm): AwsArgument => ({ form, decides: "address" });
const other = (form: AwsForm): AwsArgument => ({ form, decides: "nothing" });

export const awsArguments: Readonly<Record<string, AwsArgument>> = {
  accessKey: principal(text("[!-~]+", "one line of printable ASCII")),
  allowedAccountIds: account(list(accountId)),
  assumeRoleWithWebIdentity: principal(assumeRoleWithWebIdentity),
  assumeRoles: principal(list(assumeRole)),
  customCaBundle: onTheWay(
    text("[^~\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*", "the path of a file, without ~, which the AWS CLI does not replace here"),
  ),
  // environment/awsChecks.ts judges them together with the stack's own tags.
  defaultTags: other({ type: "object", fields: { tags: { type: "map", of: text("[^]*", "a text") } } }),
  ec2MetadataServiceEndpoint: principal(address),
  ec2MetadataServiceEndpointMode: principal(text("IPv[46]", "IPv4 or IPv6")),
  endpoints: onTheWay(list({ type: "object", fields: Object.fromEntries(awsEndpointServices.map((name) => [name, address])) })),
  forbiddenAccountIds: account(list(accountId)),
  httpProxy: onTheWay(address),
  httpsProxy: onTheWay(address),
  ignoreTags: other({ type: "object", fields: { keyPrefixes: list(text()), keys: list(text()) } }),
  insecure: onTheWay(flag),
  maxRetries: other(number),
  noProxy: onTheWay(text()),
  profile: principal(text("[^\\x00-\\x1f\\x7f\\[\\]{}]+", "the name of a profile, on one line, without brackets")),
  region: principal(region),
  retryMode: other(text("standard|adaptive|legacy", "standard or adaptive")),
  s3UsEast1RegionalEndpoint: other(text("legacy|regional", "legacy or regional")),
  s3UsePathStyle: other(flag),
  secretKey: principal(secret),
  sharedConfigFiles: principal(list(file)),
  sharedCredentialsFiles: principal(list(file)),
  skipCredentialsValidation: other(flag),
  skipMetadataApiCheck: other(flag),
  skipRegionValidation: other(flag),
  skipRequestingAccountId: other(flag),
  stsRegion: onTheWay(region),
  tagPolicyCompliance: other(text("error|warning|disabled", "error, warning or disabled")),
  token: principal(secret),
  tokenBucketRateLimiterCapacity: other(number),
  useDualstackEndpoint: onTheWay(flag),
  useFipsEndpoint: onTheWay(flag),
  userAgents: other(list(text())),
};

/**
 * Keys of earlier versions of the provider, and AWS's own names: the key of today, and the version that renamed it.
 * https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration
 */
export const renamedAwsArguments: Readonly<Record<string, { key: string; since?: number; nowList?: true }>> = {
  assumeRole: { key: "assumeRoles", since: 7, nowList: true },
  sharedCredentialsFile: { key: "sharedCredentialsFiles", since: 5, nowList: true },
  s3ForcePathStyle: { key: "s3UsePathStyle", since: 5 },
  accessKeyId: { key: "accessKey" },
  secretAccessKey: { key: "secretKey" },
  sessionToken: { key: "token" },
};
