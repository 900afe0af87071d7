/** EKS add-ons: some that nodes need to join, and some that need nodes to run on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { addons } from "../../catalog/versions";
import type { ClusterEnvironment, CreatedCluster } from "../../environment/environment";
import { platformPartNames } from "../../environment/platformPartNames";
import type { Cluster } from "./cluster";
import { failureAdvice, withFailureAdvice } from "../failureAdvice";
import type { Site } from "./site";

type StartAfter = pulumi.Input<string>[];

/** Before the first node: without them a node stays NotReady. The network plugin enforces network policies only if this is set. */
export function installAddonsBeforeNodes(site: Site, { addonVersions }: CreatedCluster, cluster: Cluster): StartAfter {
  const install = addonInstaller(site, addonVersions, cluster);
  return [install(addons.vpcCni.name, [], { enableNetworkPolicy: "true" }), install(addons.kubeProxy.name, [])];
}

/** Gives controllers an identity, with no OIDC provider and no rights on the nodes. Without the agent, AWS refuses controllers. */
export function installPodIdentityAgent(site: Site, cluster: Cluster): StartAfter {
  if (site.settings.platform.podIdentityAgent === "existing") return [];
  const install = addonInstaller(site, addonVersionsOf(site.settings.cluster), cluster);
  return [install(platformPartNames.podIdentityAgent, [])];
}

/** On an adopted cluster, EKS chooses the versions of the add-ons that this stack installs. */
const addonVersionsOf = (cluster: ClusterEnvironment): Record<string, string> => (cluster.kind === "create" ? cluster.addonVersions : {});

interface NodeAddons {
  /** Known when names can be looked up; pods that do so wait for it. */
  dnsReady: StartAfter;
  /** Known when claims can be mounted; claims and the pods that mount them wait for it. */
  storageReady: StartAfter;
}

/** After the first nodes: EKS reports these as degraded until something runs them, and gives up after 20 minutes. */
export function installAddonsOnNodes(site: Site, cluster: Cluster, startAfter: StartAfter): NodeAddons {
  const { cluster: settings, platform } = site.settings;
  const install = addonInstaller(site, addonVersionsOf(settings), cluster);
  const dnsReady = settings.kind === "create" ? [install(addons.coreDns.name, startAfter)] : [];
  const storageReady = platform.fsxCsiDriver === "install" ? [install(platformPartNames.fsxCsiDriver, startAfter)] : [];
  if (platform.metricsServer === "install") install(platformPartNames.metricsServer, startAfter);
  // Finds broken GPUs and network cards; the node group's repair acts on what it reports.
  if (platform.nodeMonitoringAgent === "install") install(platformPartNames.nodeMonitoringAgent, startAfter);
  return { dnsReady, storageReady };
}

function addonInstaller({ environment, tags, provider, timeouts }: Site, versions: Record<string, string>, cluster: Cluster) {
  return (addonName: string, startAfter: StartAfter, configuration?: Record<string, string>): pulumi.Output<string> => {
    const addonVersion = versions[addonName];
    const addon = new aws.eks.Addon(
      addonName,
      {
        clusterName: cluster.name,
        addonName,
        ...(addonVersion && { addonVersion }), // else EKS chooses its default for the cluster's version, at creation
        ...(configuration && { configurationValues: JSON.stringify(configuration) }),
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        tags,
      },
      {
        provider,
        dependsOn: pulumi.all(startAfter).apply(() => []),
        customTimeouts: timeouts.addon,
        ...withFailureAdvice(addonName, failureAdvice(environment, "gpuNodesMayRun")),
        ...(cluster.owned && { deletedWith: cluster.owned }),
      },
    );
    return addon.arn;
  };
}
