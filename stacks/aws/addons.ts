/** EKS add-ons: those that nodes need to join, and those that need nodes to run on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import type { ClusterEnvironment, CreatedCluster } from "../../environment/environment";
import { failureAdvice, withFailureAdvice } from "../failureAdvice";
import type { Site } from "./site";

type StartAfter = pulumi.Input<string>[];

/** Before the first node: without them a node stays NotReady. Network policies are enforced by the network plugin, when told to. */
export function addonsBeforeNodes(here: Site, plan: CreatedCluster, made: Cluster): StartAfter {
  const install = addonInstaller(here, plan.addonVersions, made);
  return [install("vpc-cni", [], { enableNetworkPolicy: "true" }), install("kube-proxy", [])];
}

/** Identity of controllers: no OIDC provider, no rights on the nodes. Without the agent a controller runs and is refused by AWS. */
export function podIdentityAgent(here: Site, made: Cluster): StartAfter {
  const { cluster: plan, platform } = here.settings;
  if (platform.podIdentityAgent === "existing") return [];
  return [addonInstaller(here, addonVersionsOf(plan), made)("eks-pod-identity-agent", [])];
}

/** Of an adopted cluster the add-ons that this stack installs are of EKS's own choice. */
const addonVersionsOf = (plan: ClusterEnvironment): Record<string, string> => (plan.kind === "create" ? plan.addonVersions : {});

export interface NodeAddons {
  /** Pods that look up names wait for it. */
  dnsReady: StartAfter;
  /** Claims and the pods that mount them wait for it. */
  storageReady: StartAfter;
}

/** After the first nodes: EKS reports these as degraded until something runs them, and gives up after 20 minutes. */
export function addonsOnNodes(here: Site, made: Cluster, startAfter: StartAfter): NodeAddons {
  const { cluster: plan, platform } = here.settings;
  const install = addonInstaller(here, addonVersionsOf(plan), made);
  const dnsReady = plan.kind === "create" ? [install("coredns", startAfter)] : [];
  const storageReady = platform.fsxCsiDriver === "install" ? [install("aws-fsx-csi-driver", startAfter)] : [];
  if (platform.metricsServer === "install") install("metrics-server", startAfter);
  // Finds broken GPUs and network cards; the node group's repair acts on what it reports.
  if (platform.nodeMonitoringAgent === "install") install("eks-node-monitoring-agent", startAfter);
  return { dnsReady, storageReady };
}

function addonInstaller({ environment, tags, provider, timeouts }: Site, versions: Record<string, string>, made: Cluster) {
  return (addonName: string, startAfter: StartAfter, configuration?: Record<string, string>): pulumi.Output<string> => {
    const addonVersion = versions[addonName];
    const addon = new aws.eks.Addon(
      addonName,
      {
        clusterName: made.name,
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
        ...(made.owned && { deletedWith: made.owned }),
      },
    );
    return addon.arn;
  };
}
