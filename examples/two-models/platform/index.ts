/** Creates network, cluster and controllers without a model. The stacks of ../model adopt them; this stack outlives them all. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../../../components";
import { pulumiConfiguration, resolveEnvironment } from "../../../stacks";
import { createCluster } from "../../../stacks/aws/cluster";
import { createNetwork } from "../../../stacks/aws/network";
import { createPlatform } from "../../../stacks/aws/platform";
import { preflightBeforeUp } from "../../../stacks/preflightBeforeUp";
import { createSite } from "../../../stacks/aws/site";
import { adoption } from "./adoption";

export = async () => {
  const { input } = pulumiConfiguration();
  const { environment, problems } = resolveEnvironment(input);
  // The stacks that serve a model need the key; this one has no endpoint.
  const blocking = problems.filter(({ severity, code }) => severity !== "warning" && code !== "api-key-unset");
  if (!environment?.aws || environment.aws.network.kind !== "create" || blocking.length > 0)
    throw new ConfigurationError(`The platform ${input.stack}`, blocking);
  await preflightBeforeUp(environment);

  const site = createSite(environment, environment.aws);
  const network = createNetwork(site);
  const cluster = createCluster(site, network);
  createPlatform(site, cluster, network);

  const { region, availabilityZone, network: settings } = environment.aws;
  const ids = pulumi.all([cluster.name, network.vpcId, network.gpuSubnetId, pulumi.all(network.loadBalancerSubnetIds)]);
  return {
    adopt: ids.apply(([clusterName, vpcId, nodeSubnetId, loadBalancerSubnetIds]) =>
      adoption({ region, availabilityZone, clusterName, vpcId, nodeSubnetId, loadBalancerSubnetIds, ...settings }),
    ),
    kubeconfig: pulumi.interpolate`aws eks update-kubeconfig --region ${region} --name ${cluster.name}`,
  };
};
