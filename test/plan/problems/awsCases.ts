/** Cases about the namespaces of a stack file and about the keys that decide who acts. */
import { shown, type Provoked } from "./provoked";

const error = { severity: "error" } as const;
const role = "arn:aws:iam::123456789012:role/deployer";
const inFile = (text: string) => ({ files: { "Pulumi.dev.yaml": shown(text) } });

export const awsCases: Provoked[] = [
  {
    ...{ ...error, code: "unknown-key", path: "aws:assumeRole", says: ["version 7", "aws:assumeRoles, a list", "other credentials"] },
    ...inFile(`aws:assumeRole: { roleArn: "${role}" }`),
  },
  { ...error, code: "unknown-key", path: "aws:regoin", ...inFile("aws:regoin: us-east-1"), says: ['"regoin"', "ignores"] },
  { ...error, code: "unknown-key", path: "aws:sharedCredentialsFile", settings: ["aws:sharedCredentialsFile=~/x"], says: ["a list"] },
  {
    ...{ ...error, code: "unknown-key", path: "aws:assumeRoles[0].externalID", says: ['"externalID"', "externalId"] },
    settings: [`aws:assumeRoles=[{"roleArn":"${role}","externalID":"x-1"}]`],
  },
  { ...error, code: "unknown-key", path: "aws:defaultTags.team", ...inFile("aws:defaultTags: { team: ml }"), says: ['"team"', "tags"] },
  { ...error, code: "unknown-key", path: "vllm:model", ...inFile("vllm:model: Qwen/Qwen3-32B"), says: ['"vllm:model"', "vllm-eks"] },
  { ...error, code: "unknown-key", path: "VLLM-EKS:model", ...inFile("VLLM-EKS:model: Qwen/Qwen3-32B"), says: ['"VLLM-EKS:model"'] },
  { ...error, code: "unknown-key", path: "vllmeks:nodeCount", settings: ["vllmeks:nodeCount=4"], says: ['"vllmeks:nodeCount"'] },
  { ...error, code: "wrong-type", path: "aws:assumeRoles", settings: [`aws:assumeRoles=${role}`], says: ["text", "a list"] },
  {
    ...{ ...error, code: "wrong-type", path: "aws:assumeRoles[0].externalId", says: ["a number", "in quotes"] },
    ...inFile(`aws:assumeRoles: [{ roleArn: "${role}", externalId: 12345 }]`),
  },
  { ...error, code: "wrong-type", path: "aws:insecure", settings: ["aws:insecure=yes"], says: ["text", "true or false"] },
  {
    ...error,
    code: "out-of-range",
    path: "aws:allowedAccountIds[0]",
    settings: ['aws:allowedAccountIds=["1234"]'],
    says: ['"1234"', "12"],
  },
  {
    ...{ ...error, code: "out-of-range", path: "aws:assumeRoles[1].duration", says: ['"2h"', "7200", "1 hour"] },
    settings: [`aws:assumeRoles=[{"roleArn":"${role}"},{"roleArn":"${role}","duration":"2h"}]`],
  },
  {
    ...error,
    code: "missing-value",
    path: "aws:assumeRoles[0].roleArn",
    settings: ['aws:assumeRoles=[{"externalId":"x-1"}]'],
    says: ["roleArn"],
  },
  { ...error, code: "missing-value", path: "aws:secretKey", settings: ["aws:accessKey=AKIAIOSFODNN7EXAMPLE"], says: ["aws:accessKey"] },
  {
    ...error,
    code: "secret-in-clear-text",
    path: "aws:secretKey",
    ...inFile("aws:secretKey: planted"),
    says: ["aws:secretKey", "version"],
  },
  {
    ...{ ...error, code: "identity-mismatch", path: "aws:profile", says: ["aws:accessKey", "aws:profile", "ignore"] },
    settings: ["aws:profile=gpu", "aws:accessKey=AKIAIOSFODNN7EXAMPLE", "aws:secretKey=[secret]"],
  },
  {
    ...error,
    code: "identity-mismatch",
    path: "aws:sharedConfigFiles",
    settings: ['aws:sharedConfigFiles=["a","b"]'],
    says: ["2 files", "one"],
  },
  {
    ...{ ...error, code: "identity-mismatch", path: "aws:ec2MetadataServiceEndpoint", says: ["Only the provider"] },
    settings: ["aws:ec2MetadataServiceEndpoint=http://127.0.0.1:1338"],
  },
  {
    ...{ ...error, code: "account-not-allowed", path: "aws:allowedAccountIds", says: ["123456789012", role, "does not list"] },
    settings: ['aws:allowedAccountIds=["210987654321"]', `aws:assumeRoles=[{"roleArn":"${role}"}]`],
  },
];
