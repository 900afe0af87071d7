/**
 * Whether AWS calls and Kubernetes tokens come from one principal. EKS makes the principal that creates the cluster its administrator; a
 * token of another one is refused when the first Kubernetes object is created, about ten minutes after the first AWS resource.
 */
import { problem } from "../../../sizing/problem";
import { awsIdentityOf, lastRoleOf, type AwsIdentity } from "../../../environment/awsIdentity";
import { commandAs, needsProgram } from "../../../environment/tokenCommand";
import type { AwsEnvironment } from "../../../environment/environment";
import type { Check, Finding } from "../../check";
import type { Machine } from "../machine";
import { samePrincipal } from "../../account/principal";
import { Unanswered } from "../../unanswered";
import { getsTokensByName } from "./awsCli";

export const tokenPrincipal: Check = {
  name: "token-principal",
  question: ({ aws }) => {
    if (!getsTokensByName(aws)) return undefined;
    const identity = awsIdentityOf(aws);
    const by = identity.base.kind === "profile" ? ` with the profile ${identity.base.profile}` : "";
    const roleArn = lastRoleOf(aws);
    return roleArn === undefined
      ? `Do the AWS calls and aws eks get-token${by} use one principal?`
      : `May the AWS CLI${by} act as ${roleArn}, as aws eks get-token must?`;
  },
  operations: ["sts:GetCallerIdentity"],
  ask: async ({ aws, account, machine }) => {
    const identity = awsIdentityOf(aws);
    const [role] = identity.roles;
    if (role !== undefined && !needsProgram(identity)) return tryRole(machine, aws, identity, role.roleArn);
    const [{ Arn: caller }, cli] = await Promise.all([account.call("sts:GetCallerIdentity", {}), findCliCaller(machine, identity)]);
    if (!caller) throw new Unanswered("sts:GetCallerIdentity answered without Arn");
    if (cli.refusal !== undefined) return mismatch(aws, `AWS calls are made as ${caller}, and the AWS CLI gets no answer: ${cli.refusal}`);
    if (samePrincipal(caller, cli.arn)) return { answer: `both are ${caller}`, problems: [] };
    return mismatch(aws, `AWS calls are made as ${caller}, and aws eks get-token runs as ${cli.arn}`);
  },
};

type CliAnswer = { arn: string; refusal?: undefined } | { refusal: string };

/** Runs the same steps as the kubeconfig, with another last one. */
const findCliCaller = (machine: Machine, identity: AwsIdentity): Promise<CliAnswer> =>
  askCli(machine, identity, ["sts", "get-caller-identity", "--query", "Arn", "--output", "json"]);

/** The provider and the CLI assume the same role; the account's checks show whether the provider may. No credentials leave the CLI. */
async function tryRole(machine: Machine, aws: AwsEnvironment, identity: AwsIdentity, roleArn: string): Promise<Finding> {
  const name = ["--role-session-name", "vllm-eks-preflight"];
  const query = ["--query", "AssumedRoleUser.Arn", "--output", "json"];
  const answer = await askCli(machine, { ...identity, roles: [] }, ["sts", "assume-role", "--role-arn", roleArn, ...name, ...query]);
  if (answer.refusal === undefined) return { answer: `the AWS CLI acts as ${answer.arn}`, problems: [] };
  return mismatch(aws, `AWS calls are made as the role ${roleArn}, and the AWS CLI may not assume it: ${answer.refusal}`);
}

async function askCli(machine: Machine, identity: AwsIdentity, words: readonly string[]): Promise<CliAnswer> {
  const { command, args, env } = commandAs(identity, words);
  let output: string;
  try {
    output = await machine.output(command, args, env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (refused.test(reason)) return { refusal: reason };
    throw error;
  }
  const arn = /^\s*"(arn:[^"]+)"\s*$/.exec(output)?.[1];
  if (arn === undefined) throw new Unanswered(`aws ${words.join(" ")} printed ${JSON.stringify(output.trim().slice(0, 80))}`);
  return { arn };
}

/** What the CLI says when it has no credentials, or when AWS does not accept them. Any other failure, such as an outage, proves nothing. */
const refused =
  /\((AccessDenied|ExpiredToken|ExpiredTokenException|InvalidClientTokenId|InvalidIdentityToken|SignatureDoesNotMatch|UnrecognizedClientException)\)|Unable to locate credentials|config profile \(.*\) could not be found|Partial credentials|[Tt]oken .*(expired|does not exist)|Error loading SSO Token/;

/** An adopted cluster may admit both principals: the check `api-access` asks whether it answers. */
function mismatch({ cluster }: AwsEnvironment, what: string): Finding {
  const created = cluster.kind === "create";
  const mismatched = problem({
    code: "identity-mismatch",
    severity: created ? "error" : "warning",
    path: "cluster.accessRoleArn",
    message: created
      ? `${what}. EKS makes the first one an administrator of the cluster, and its API refuses the other with 401.`
      : `${what}. The cluster ${cluster.name} must admit both.`,
    fix: "Give both one set of credentials: a profile (set aws:profile) without other keys in the environment, or one role in cluster.accessRoleArn. aws sts get-caller-identity shows the principal of the CLI.",
  });
  return { answer: what, problems: [mismatched] };
}
