/** One environment, whole: network, cluster, platform, inference, in that order. */
import { cluster } from "./aws/cluster";
import { deployOnKubernetes } from "./kubernetes/kubernetesTarget";
import type { AwsEnvironment, Environment } from "../environment/environment";
import { inference } from "./aws/inference";
import { inferenceNamespace, type Secrets } from "./kubernetes/namespace";
import { network } from "./aws/network";
import { awsOutputs, type StackOutputs } from "./outputs";
import { platform } from "./aws/platform";
import { site } from "./aws/site";

/** Registers everything and returns what a user needs next. */
export function deploy(environment: Environment, secrets: Secrets): StackOutputs {
  return environment.aws ? deployOnAws(environment, environment.aws, secrets) : deployOnKubernetes(environment, secrets);
}

function deployOnAws(environment: Environment, plan: AwsEnvironment, secrets: Secrets): StackOutputs {
  const here = site(environment, plan);
  const net = network(here);
  const made = cluster(here, net);
  const ready = platform(here, made, net);
  const namespace = inferenceNamespace(environment.name, secrets, made.kubernetes, made.owned);
  return awsOutputs(environment, plan, inference(here, made, net, ready, namespace));
}
