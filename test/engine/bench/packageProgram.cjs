// The package's side of `npm run bench:engine`: what stacks/aws/inference.ts makes for `dev`, once a label, on one cluster that was there
// before.
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");

const components = require("../../../.build/components");

let label = "";
const labelled = (Component) =>
  class extends Component {
    constructor(name, ...rest) {
      super(`${name}-${label}`, ...rest);
    }
  };
// inference.ts creates one deployment for each stack, under fixed names. The benchmark measures its wiring, so this file changes the names.
const { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet } = components;
require.cache[require.resolve("../../../.build/components")].exports = {
  EfaGpuNodeGroup: labelled(EfaGpuNodeGroup),
  InferenceIngress: labelled(InferenceIngress),
  LustreModelStore: labelled(LustreModelStore),
  VllmLeaderWorkerSet: labelled(VllmLeaderWorkerSet),
};
const { createInference } = require("../../../.build/stacks/aws/inference");
const { createSite } = require("../../../.build/stacks/aws/site");

/** `environment`: as environment/resolveEnvironment.ts resolves it. */
module.exports = function packageProgram({ environment, cluster, namespace, labels }) {
  const site = createSite(environment, environment.aws);
  const { vpcId, nodeSubnetId, loadBalancerSubnetIds } = site.settings.network;
  const sharedCluster = {
    name: pulumi.output(cluster.name),
    securityGroupId: pulumi.output(cluster.securityGroupId),
    kubernetes: new k8s.Provider("kubernetes", cluster.provider),
  };
  const network = { vpcId, gpuSubnetId: nodeSubnetId, loadBalancerSubnetIds };
  const platform = { nodesMayJoin: [], storageReady: [], leaderWorkerSetReady: [], loadBalancerControllerReady: [] };
  const names = { name: pulumi.output(namespace.name), apiKeySecretName: pulumi.output(namespace.apiKeySecretName) };
  for (label of labels) createInference(site, sharedCluster, network, platform, names);
};
