/** Network, cluster and controllers without a model. The stacks of ../model adopt them; this one outlives them all. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../../../components";
import { pulumiConfiguration, resolveEnvironment } from "../../../stacks";
import { cluster } from "../../../stacks/aws/cluster";
import { network } from "../../../stacks/aws/network";
import { platform } from "../../../stacks/aws/platform";
import { preflightBeforeUp } from "../../../stacks/preflightBeforeUp";
import { site } from "../../../stacks/aws/site";
import { adoption } from "./adoption";

export = async () => {
  const { input } = pulumiConfiguration();
  const { environment, problems } = resolveEnvironment(input);
  // The key belongs to the stacks that serve: here nobody could send it.
  const blocking = problems.filter(({ severity, code }) => severity !== "warning" && code !== "api-key-unset");
  if (!environment?.aws || environment.aws.network.kind !== "create" || blocking.length > 0)
    throw new ConfigurationError(`The platform ${input.stack}`, blocking);
  await preflightBeforeUp(environment);

  const here = site(environment, environment.aws);
  const net = network(here);
  const made = cluster(here, net);
  platform(here, made, net);

  const { region, availabilityZone, network: plan } = environment.aws;
  const wired = pulumi.all([made.name, net.vpcId, net.gpuSubnetId, pulumi.all(net.loadBalancerSubnetIds)]);
  return {
    adopt: wired.apply(([clusterName, vpcId, nodeSubnetId, loadBalancerSubnetIds]) =>
      adoption({ region, availabilityZone, clusterName, vpcId, nodeSubnetId, loadBalancerSubnetIds, ...plan }),
    ),
    kubeconfig: pulumi.interpolate`aws eks update-kubeconfig --region ${region} --name ${made.name}`,
  };
};
