/** One environment, whole: network, cluster, platform, inference, in that order. */
import type * as pulumi from "@pulumi/pulumi";
import { cluster } from "./cluster";
import { deployOnKubernetes } from "./kubernetesTarget";
import type { AwsEnvironment, Environment } from "./environmentTypes";
import { inference } from "./inference";
import { inferenceNamespace, type Secrets } from "./namespace";
import { network } from "./network";
import { awsOutputs } from "./outputs";
import { platform } from "./platform";
import { site } from "./site";

export type StackOutputs = Record<string, pulumi.Input<unknown>>;

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
