/** EKS add-ons: those that nodes need to join, and those that need nodes to run on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { addons } from "../../catalog/versions";
import type { ClusterEnvironment, CreatedCluster } from "../../environment/environment";
import { platformPartNames } from "../../environment/platformPartNames";
import type { Cluster } from "./cluster";
import { failureAdvice, withFailureAdvice } from "../failureAdvice";
import type { Site } from "./site";

type StartAfter = pulumi.Input<string>[];

/** Before the first node: without them a node stays NotReady. Network policies are enforced by the network plugin, when told to. */
export function installAddonsBeforeNodes(site: Site, { addonVersions }: CreatedCluster, cluster: Cluster): StartAfter {
  const install = addonInstaller(site, addonVersions, cluster);
  return [install(addons.vpcCni.name, [], { enableNetworkPolicy: "true" }), install(addons.kubeProxy.name, [])];
}

/** Identity of controllers: no OIDC provider, no rights on the nodes. Without the agent a controller runs and is refused by AWS. */
export function installPodIdentityAgent(site: Site, cluster: Cluster): StartAfter {
  if (site.settings.platform.podIdentityAgent === "existing") return [];
  const install = addonInstaller(site, addonVersionsOf(site.settings.cluster), cluster);
  return [install(platformPartNames.podIdentityAgent, [])];
}

/** Of an adopted cluster the add-ons that this stack installs are of EKS's own choice. */
const addonVersionsOf = (cluster: ClusterEnvironment): Record<string, string> => (cluster.kind === "create" ? cluster.addonVersions : {});

interface NodeAddons {
  /** Pods that look up names wait for it. */
  dnsReady: StartAfter;
  /** Claims and the pods that mount them wait for it. */
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
        ...(addonVersion && { addonVersion }), // else EKS's own default for the cluster's version, at creation
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
