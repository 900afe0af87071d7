/** One environment, whole: network, cluster, platform, inference, in that order. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { cluster } from "./cluster";
import { deployOnKubernetes } from "./kubernetesTarget";
import type { AwsEnvironment, Environment } from "./environmentTypes";
import { inference } from "./inference";
import { inferenceNamespace, type Secrets } from "./namespace";
import { network } from "./network";
import { awsOutputs } from "./outputs";
import { platform } from "./platform";

export type StackOutputs = Record<string, pulumi.Input<unknown>>;

/** Registers everything and returns what a user needs next. */
export function deploy(environment: Environment, secrets: Secrets): StackOutputs {
  return environment.aws ? deployOnAws(environment, environment.aws, secrets) : deployOnKubernetes(environment, secrets);
}

function deployOnAws(environment: Environment, place: AwsEnvironment, secrets: Secrets): StackOutputs {
  const { name, protect } = environment;
  const tags = { "vllm-eks/environment": name, ...environment.tags };
  const provider = awsProvider(place);

  const net = network(place, tags, provider);
  const made = cluster(place, protect, tags, net, provider);
  const ready = platform(place, made, net, tags, provider);
  const namespace = inferenceNamespace(name, secrets, made.kubernetes, made.owned);
  const served = inference({ ...environment, tags }, place, made, net, ready, namespace, provider);
  return awsOutputs(environment, place, served);
}

/** One explicit provider for everything of AWS: remote components would otherwise bring a second one, of another version. */
function awsProvider({ region, cluster: plan }: AwsEnvironment): aws.Provider {
  const { accessRoleArn } = plan;
  // The same principal that fetches Kubernetes tokens.
  return new aws.Provider("aws", { region: region as aws.Region, ...(accessRoleArn && { assumeRoles: [{ roleArn: accessRoleArn }] }) });
}
