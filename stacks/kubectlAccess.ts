/** The command that gives kubectl access to the cluster as the principal that made it: the stack output `kubeconfig`. */
import * as pulumi from "@pulumi/pulumi";
import { shellCommand } from "../sizing/shellCommand";
import { awsIdentityOf, type AwsIdentity } from "../environment/awsIdentity";
import type { AwsEnvironment } from "../environment/environment";
import { environmentOf, needsProgram } from "../environment/tokenCommand";
import type { Cluster } from "./aws/cluster";

/**
 * `aws eks update-kubeconfig` where its options can say the principal, else a file. Keys of the stack are not part of it: the command reads
 * them from the configuration when it runs.
 */
export function kubectlAccess(settings: AwsEnvironment, stack: string, kubeconfigFor: Cluster["kubeconfigFor"]): pulumi.Output<string> {
  const identity = awsIdentityOf(settings);
  const { base } = identity;
  const withoutKeys: AwsIdentity = base.kind === "keys" ? { ...identity, base: { kind: "environment" } } : identity;
  const ownKubeconfig = settings.cluster.kind === "adopt" && settings.cluster.kubeconfig !== undefined;
  const access =
    !ownKubeconfig && (needsProgram(withoutKeys) || Object.keys(environmentOf(withoutKeys)).length > 0)
      ? kubeconfigFor(withoutKeys).apply((text) => writeFile(settings.cluster.name, text))
      : pulumi.output(updateKubeconfig(settings, withoutKeys));
  const keys = base.kind === "keys" ? exportKeys(stack, base.token !== undefined) : "";
  const command = access.apply((text) => keys + text);
  return settings.encryptedKeys.some((key) => !keyNames.includes(key)) ? pulumi.secret(command) : command;
}

const keyNames: readonly string[] = ["accessKey", "secretKey", "token"];

function updateKubeconfig({ region, cluster }: AwsEnvironment, { base, roles }: AwsIdentity): string {
  const profile = base.kind === "profile" ? ["--profile", base.profile] : [];
  const role = roles.at(-1) ? ["--role-arn", roles.at(-1)?.roleArn ?? ""] : [];
  return shellCommand("aws", "eks", "update-kubeconfig", "--region", region, "--name", cluster.name, ...profile, ...role);
}

/** Only the user may read it: it names an external id, if there is one. */
function writeFile(clusterName: string, kubeconfig: string): string {
  const file = `~/.kube/${clusterName}.json`;
  return `mkdir -p ~/.kube && (umask 077 && ${shellCommand("printf", "%s", kubeconfig)} > ${file}) && export KUBECONFIG=${file}`;
}

function exportKeys(stack: string, token: boolean): string {
  const value = (key: string) => `"$(${shellCommand("pulumi", "config", "get", "-s", stack, `aws:${key}`)})"`;
  const variables = { AWS_ACCESS_KEY_ID: "accessKey", AWS_SECRET_ACCESS_KEY: "secretKey", ...(token && { AWS_SESSION_TOKEN: "token" }) };
  const set = Object.entries(variables).map(([name, key]) => `${name}=${value(key)}`);
  return `unset AWS_PROFILE${token ? "" : " AWS_SESSION_TOKEN"} && export ${set.join(" ")} && `;
}
