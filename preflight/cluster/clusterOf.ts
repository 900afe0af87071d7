/** The cluster that exists before the deployment: an adopted one, reached as the program reaches it. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { awsIdentityOf } from "../../environment/awsIdentity";
import type { AdoptedCluster, AwsEnvironment } from "../../environment/environment";
import { secretPlaceholder } from "../../environment/secrets";
import { given } from "../../sizing/givenKeys";
import { tokenCommand } from "../../environment/tokenCommand";
import { tokenKubeconfig } from "../../environment/tokenKubeconfig";
import type { AccountApi } from "../account/account";
import type { ClusterApi } from "../check";
import { kubeconfigCluster } from "./kubeconfigCluster";

/**
 * Undefined if this stack creates the cluster. If an adopted one cannot be reached, each question fails and this function does not: only
 * the checks that need the cluster are then listed as not asked.
 */
export function clusterOf(aws: AwsEnvironment, account: AccountApi): ClusterApi | undefined {
  const { cluster } = aws;
  if (cluster.kind === "create") return undefined;
  const { kubeconfig, context } = cluster;
  return kubeconfigCluster(
    async () => (kubeconfig === undefined ? await makeKubeconfig(cluster, aws, account) : readSetting(kubeconfig)),
    given({ context }, "context"),
  );
}

async function makeKubeconfig({ name }: AdoptedCluster, aws: AwsEnvironment, account: AccountApi): Promise<string> {
  const { cluster } = await account.call("eks:DescribeCluster", { name });
  if (!cluster?.endpoint) throw new Error(`the cluster ${name} has no endpoint yet: its status is ${cluster?.status ?? "unknown"}`);
  const certificateAuthorityData = cluster.certificateAuthority?.data ?? "";
  return tokenKubeconfig({ name, server: cluster.endpoint, certificateAuthorityData, token: tokenCommand(awsIdentityOf(aws), name) });
}

/**
 * The setting is a path or the text itself, as for the Kubernetes provider:
 * https://github.com/pulumi/pulumi-kubernetes/blob/v4.34.2/provider/pkg/provider/util.go (parseKubeconfigString).
 */
function readSetting(kubeconfig: string): string {
  if (kubeconfig === secretPlaceholder)
    throw new Error("cluster.kubeconfig is encrypted, and plan does not decrypt values; run pulumi preview to ask the cluster");
  const file = kubeconfig.startsWith("~/") ? path.join(os.homedir(), kubeconfig.slice(2)) : kubeconfig;
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : kubeconfig;
}
