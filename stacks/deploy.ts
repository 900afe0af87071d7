/** One environment, whole: network, cluster, platform, namespace, inference, in that order. */
import type { AwsEnvironment, Environment } from "../environment/environment";
import { createCluster } from "./aws/cluster";
import { createInference } from "./aws/inference";
import { createNetwork } from "./aws/network";
import { createPlatform } from "./aws/platform";
import { createSite } from "./aws/site";
import { deployOnKubernetes } from "./kubernetes/kubernetesTarget";
import { createNamespace, type Secrets } from "./kubernetes/namespace";
import { awsOutputs, type StackOutputs } from "./outputs";

/** Registers everything and returns what a user needs next. */
export function deploy(environment: Environment, secrets: Secrets): StackOutputs {
  return environment.aws ? deployOnAws(environment, environment.aws, secrets) : deployOnKubernetes(environment, secrets);
}

function deployOnAws(environment: Environment, settings: AwsEnvironment, secrets: Secrets): StackOutputs {
  const site = createSite(environment, settings);
  const network = createNetwork(site);
  const cluster = createCluster(site, network);
  const platform = createPlatform(site, cluster, network);
  const namespace = createNamespace(environment, secrets, cluster.kubernetes, cluster.owned);
  const inference = createInference(site, cluster, network, platform, namespace);
  return awsOutputs(environment, settings, cluster, inference);
}
