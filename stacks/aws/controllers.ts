/** Controllers and device plugins, each a Helm Release pinned in the catalog. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { eksImageRegistry } from "../../catalog/regions";
import { imageDigests } from "../../catalog/digests";
import type { DefaultSet } from "../../catalog/defaults";
import type { ChartFacts } from "../../catalog/versions";
import { devicePluginTolerations, gpuNodeLabel } from "../../components/gpuNodeScheduling";
import { environmentTag, type AwsEnvironment } from "../../environment/environment";
import { platformPartNames } from "../../environment/platformPartNames";
import { failureAdvice, withFailureAdvice } from "../failureAdvice";
import { requireLeaderWorkerSet } from "../kubernetes/existingLeaderWorkerSet";
import type { Cluster } from "./cluster";
import { loadBalancerOwnerPolicy, podIdentityTrust, targetRegistrationPolicy } from "./loadBalancerControllerPolicy";
import type { Network } from "./network";
import type { Site } from "./site";

type StartAfter = pulumi.Input<string>[];
type Charts = DefaultSet["charts"];

interface Controllers {
  /** Known when the LeaderWorkerSet kind exists and its controller runs. */
  leaderWorkerSetReady: StartAfter;
  /** Known when TargetGroupBinding and Ingress exist and their controller runs. */
  loadBalancerControllerReady: StartAfter;
}

export function installControllers(site: Site, cluster: Cluster, network: Network, startAfter: StartAfter): Controllers {
  const { platform, ingress } = site.settings;
  const { charts } = site.environment.defaults;
  const install = chartInstaller(site, cluster);
  if (platform.nvidiaDevicePlugin === "install")
    install(platformPartNames.nvidiaDevicePlugin, charts.nvidiaDevicePlugin, nvidiaDevicePluginValues(charts), startAfter);
  if (platform.efaDevicePlugin === "install")
    install(platformPartNames.efaDevicePlugin, charts.efaDevicePlugin, efaDevicePluginValues(site.settings, charts), startAfter);

  const leaderWorkerSetReady =
    platform.leaderWorkerSet === "install"
      ? [install(platformPartNames.leaderWorkerSet, charts.leaderWorkerSet, leaderWorkerSetValues(charts), startAfter)]
      : [requireLeaderWorkerSet(cluster.kubernetes)];

  const loadBalancerControllerReady =
    platform.loadBalancerController === "install" && ingress.mode !== "none"
      ? [installLoadBalancerController(site, cluster, network, install, startAfter)]
      : [];
  return { leaderWorkerSetReady, loadBalancerControllerReady };
}

type Install = (name: string, chart: ChartFacts, values: Record<string, unknown>, startAfter: StartAfter) => pulumi.Output<string>;

function chartInstaller({ environment, settings, timeouts }: Site, cluster: Cluster): Install {
  return (name, facts, values, startAfter) => {
    const release = new k8s.helm.v3.Release(
      name,
      {
        ...chartReference(facts, settings.chartRepository),
        version: facts.version,
        namespace: facts.namespace,
        createNamespace: true,
        atomic: true, // Helm rolls back a failed install: a release left pending would block every later one
        timeout: releaseTimeoutSeconds,
        values,
      },
      {
        provider: cluster.kubernetes,
        dependsOn: pulumi.all(startAfter).apply(() => []),
        customTimeouts: timeouts.release,
        ...withFailureAdvice(name, failureAdvice(environment, "gpuNodesMayRun")),
        ...(cluster.owned && { deletedWith: cluster.owned }),
      },
    );
    return release.status.name;
  };
}

const releaseTimeoutSeconds = 600;

/** A mirror serves every chart under its name from one OCI prefix. */
function chartReference(facts: ChartFacts, mirror: string | undefined): { chart: string; repositoryOpts?: { repo: string } } {
  if (mirror) return { chart: `${mirror.replace(/\/$/, "")}/${facts.chart.split("/").pop() ?? facts.chart}` };
  return facts.repository ? { chart: facts.chart, repositoryOpts: { repo: facts.repository } } : { chart: facts.chart };
}

/**
 * The charts join repository and tag with a colon, so a tag with the digest behind it pins the image. Without a digest in the catalog, the
 * chart's own tag stays.
 */
function pinnedTag({ image }: ChartFacts): { tag?: string } {
  const digest = imageDigests[image]?.digest;
  return digest ? { tag: `${image.split(":").at(-1) ?? ""}@${digest}` } : {};
}

function leaderWorkerSetValues(charts: Charts) {
  const manager = pinnedTag(charts.leaderWorkerSet);
  return manager.tag === undefined ? {} : { image: { manager } };
}

/** With `mofedEnabled`, GPU containers would get every EFA device besides those from the EFA plugin (k8s-device-plugin 0.19.0–0.19.2). */
const nvidiaDevicePluginValues = (charts: Charts) => ({
  mofedEnabled: false,
  image: pinnedTag(charts.nvidiaDevicePlugin),
  tolerations: devicePluginTolerations(),
});

function efaDevicePluginValues({ region }: AwsEnvironment, charts: Charts) {
  return {
    // The chart names the registry of us-west-2, and only the instance types that existed at its release.
    image: { repository: `${eksImageRegistry(region)}/eks/aws-efa-k8s-device-plugin`, ...pinnedTag(charts.efaDevicePlugin) },
    supportedInstanceLabels: { keys: [gpuNodeLabel], values: ["true"] },
    // The chart's default tolerates no GPU taint: the DaemonSet would run on no node, and no pod would get an EFA device.
    tolerations: devicePluginTolerations(),
  };
}

const serviceAccount = platformPartNames.loadBalancerController;

function installLoadBalancerController(
  { environment, settings, tags, provider }: Site,
  cluster: Cluster,
  network: Network,
  install: Install,
  startAfter: StartAfter,
): pulumi.Output<string> {
  const { region, ingress } = settings;
  const { charts } = environment.defaults;
  const policy =
    ingress.mode === "controller"
      ? loadBalancerOwnerPolicy(region, settings.cluster.name)
      : targetRegistrationPolicy(region, tags[environmentTag] ?? environment.name);
  const { namespace } = charts.loadBalancerController;
  const assumeRolePolicy = cluster.arn.apply((clusterArn) => JSON.stringify(podIdentityTrust({ clusterArn, namespace, serviceAccount })));
  const role = new aws.iam.Role("load-balancer-controller", { assumeRolePolicy, tags }, { provider });
  const rolePolicy = new aws.iam.RolePolicy("load-balancer-controller", { role: role.name, policy: JSON.stringify(policy) }, { provider });
  const identity = new aws.eks.PodIdentityAssociation(
    "load-balancer-controller",
    { clusterName: cluster.name, namespace, serviceAccount, roleArn: role.arn, tags },
    { provider, dependsOn: rolePolicy, ...(cluster.owned && { deletedWith: cluster.owned }) },
  );
  const values = {
    clusterName: settings.cluster.name,
    region,
    vpcId: network.vpcId, // else it asks the instance metadata, which is out of reach with a hop limit of one
    image: pinnedTag(charts.loadBalancerController),
    serviceAccount: { name: serviceAccount },
    enableServiceMutatorWebhook: false, // while the controller is down, the webhook would refuse every new Service of the cluster
    keepTLSSecret: true, // a new certificate at each render would show as a change
    enableShield: false,
    enableWaf: false,
    enableWafv2: false,
  };
  return install(serviceAccount, charts.loadBalancerController, values, [...startAfter, identity.associationId]);
}
