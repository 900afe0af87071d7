/** The AWS half of an environment: place, capacity, file system, endpoint, network, cluster, platform. */
import { checkExposure, type Exposure } from "../components/inferenceIngress/exposure";
import type { Problem } from "../sizing/problem";
import { checkStore, neededStoreGiB, nextStoreCapacityGiB } from "../sizing/storage";
import { checkKubernetesVersion } from "../sizing/versions";
import { platformParts, type PlatformPart } from "./configSchema";
import type { ConfigurationInput } from "./environment";
import type { AwsEnvironment, ClusterEnvironment, EnvironmentIngress, EnvironmentModel } from "./environmentTypes";
import { given } from "./givenKeys";
import { fallbackCidr, resolveNetwork } from "./networkSettings";
import { isGiven, type Settings } from "./settings";
import { resolveZones } from "./zones";

export function resolveAws(
  settings: Settings,
  input: ConfigurationInput,
  model: EnvironmentModel | undefined,
): { environment?: AwsEnvironment; problems: Problem[] } {
  const { cluster, network, capacity, gpuNodes, platform } = settings;
  const zoned = resolveZones({
    region: input.region,
    availabilityZone: settings.availabilityZone,
    availabilityZones: network.availabilityZones,
    adoptedNetwork: network.vpcId !== undefined,
  });
  const networked = resolveNetwork(settings, zoned.zones?.availabilityZones.length ?? 3);
  const adopted = cluster.name !== undefined;
  // A wrong range of the VPC must not show as a second one, which nobody wrote, here.
  const endpoint = resolveIngress(settings, networked.network?.cidrBlock ?? fallbackCidr);
  const problems = [
    ...zoned.problems,
    ...networked.problems,
    ...checkCapacity(settings, model?.downloadGiB ?? 0),
    ...endpoint.problems,
    ...(adopted
      ? checkAdoptedCluster(settings, input)
      : [...checkKubernetesVersion(cluster.version, input.today, true), ...checkApiAccess(settings)]),
    ...checkIgnored(input.values),
    ...checkIdentity(settings),
    ...checkTags(settings.tags),
  ];
  if (!zoned.zones || !networked.network) return { problems };

  const environment: AwsEnvironment = {
    region: zoned.zones.region,
    availabilityZone: zoned.zones.availabilityZone,
    availabilityZones: zoned.zones.availabilityZones,
    zonesAssumed: zoned.zones.assumed,
    capacity,
    gpuNodes: {
      ...gpuNodes,
      // A reservation is paid for from the first minute: waiting for the weights would save nothing and cost their minutes.
      start: gpuNodes.start ?? (capacity.type === "reservation" || capacity.type === "capacityBlock" ? "withCluster" : "afterWeights"),
    },
    store: settings.modelStore,
    ingress: endpoint.ingress,
    network: networked.network,
    cluster: resolveCluster(settings, input.stack),
    platform: Object.fromEntries(platformParts.map((part) => [part, platform[part] ?? (adopted ? "existing" : "install")])) as Record<
      PlatformPart,
      "install" | "existing"
    >,
    chartRepository: platform.chartRepository,
  };
  return { environment, problems };
}

function resolveIngress(settings: Settings, vpcCidr: string): { ingress: EnvironmentIngress; problems: Problem[] } {
  const { ingress } = settings;
  const { mode, scheme, hostname, hostedZoneId, certificateArn, idleTimeoutSeconds } = ingress;
  const inboundCidrs = ingress.inboundCidrs ?? (scheme === "internal" ? [vpcCidr] : []);
  const resolved = { ...ingress, inboundCidrs };
  if (mode === "none") return { ingress: resolved, problems: [] };
  const exposure: Exposure = {
    mode,
    scheme,
    inboundCidrs,
    idleTimeoutSeconds,
    authenticated: isGiven(settings.apiKey),
    certificateGiven: certificateArn !== undefined,
    hostnameGiven: hostname !== undefined,
    hostedZoneGiven: hostedZoneId !== undefined,
  };
  return { ingress: resolved, problems: checkExposure(exposure) };
}

function resolveCluster(settings: Settings, stack: string): ClusterEnvironment {
  const { cluster } = settings;
  if (cluster.name !== undefined) return { kind: "adopt", name: cluster.name, ...given(cluster, "kubeconfig", "context", "accessRoleArn") };
  return {
    kind: "create",
    name: `vllm-eks-${stack}`,
    version: cluster.version,
    publicAccessCidrs: cluster.publicAccessCidrs ?? [],
    administrators: cluster.administrators ?? [],
    ...given(cluster, "accessRoleArn"),
    addonVersions: cluster.addonVersions ?? {},
    systemInstanceType: cluster.systemInstanceType,
  };
}

/** One revision must fit; that two do decides how a change of the model goes. */
function checkCapacity({ modelStore }: Settings, downloadGiB: number): Problem[] {
  const problems = checkStore(modelStore, neededStoreGiB([downloadGiB]));
  const both = neededStoreGiB([downloadGiB, downloadGiB]);
  if (problems.length > 0 || modelStore.storageCapacityGiB >= both) return problems;
  return [
    {
      code: "store-holds-one-revision",
      severity: "warning",
      path: "modelStore.storageCapacityGiB",
      message: `${modelStore.storageCapacityGiB} GiB hold this revision and not a second of its size beside it (${both.toFixed(0)} GiB with headroom): old revisions stay until they are deleted.`,
      fix: "Delete the old revision before you change the model, or give the store room for both.",
      changes: [{ path: "modelStore.storageCapacityGiB", value: nextStoreCapacityGiB(both) }],
    },
  ];
}

/** A cluster lives in a network that exists: both are adopted, or the network alone, or neither. */
function checkAdoptedCluster({ cluster, network }: Settings, { values, today }: ConfigurationInput): Problem[] {
  const versionStated = (values.cluster as { version?: unknown }).version !== undefined;
  const support = versionStated ? checkKubernetesVersion(cluster.version, today, false) : [];
  if (network.vpcId !== undefined) return support;
  return [
    ...support,
    {
      code: "missing-value",
      severity: "error",
      path: "network.vpcId",
      message: `The cluster ${cluster.name ?? ""} is adopted, and its nodes must join its own VPC; none is named.`,
      fix: "Set network.vpcId, network.nodeSubnetId, network.loadBalancerSubnetIds and network.loadBalancerCidrs.",
      changes: [],
    },
  ];
}

const whereCreated = {
  network: { adoptedBy: "vpcId", keys: ["availabilityZones", "natGateways"] },
  cluster: { adoptedBy: "name", keys: ["publicAccessCidrs", "administrators", "addonVersions", "systemInstanceType"] },
} as const;

/** Settings of something that is created, on something that is adopted: without effect, which should be known. */
function checkIgnored(values: Record<string, unknown>): Problem[] {
  return Object.entries(whereCreated).flatMap(([section, { adoptedBy, keys }]) => {
    const written = values[section];
    if (typeof written !== "object" || written === null || !(adoptedBy in written)) return [];
    return keys
      .filter((key) => key in written)
      .map((key) => ({
        code: "setting-ignored",
        severity: "warning",
        path: `${section}.${key}`,
        message: `${section}.${adoptedBy} adopts what exists; ${section}.${key} is for what this stack creates and has no effect.`,
        fix: `Remove it: pulumi config rm --path ${section}.${key}`,
        changes: [],
      }));
  });
}

function checkApiAccess({ cluster }: Settings): Problem[] {
  if (cluster.publicAccessCidrs !== undefined) return [];
  return [
    {
      code: "api-access-unset",
      severity: "setBeforeUp",
      path: "cluster.publicAccessCidrs",
      message: "Nobody outside the VPC may reach the Kubernetes API, this program included; it has to make objects there.",
      fix: "Allow your own address (pulumi config set --path 'cluster.publicAccessCidrs[0]' <address>/32), or set [] when Pulumi runs inside the VPC.",
      changes: [],
    },
  ];
}

/** Kubernetes tokens are fetched as the access role; were the role also named administrator, EKS would refuse a second entry for it. */
function checkIdentity({ cluster }: Settings): Problem[] {
  const { accessRoleArn, administrators = [] } = cluster;
  const index = accessRoleArn === undefined ? -1 : administrators.indexOf(accessRoleArn);
  if (index < 0) return [];
  return [
    {
      code: "administrator-is-creator",
      severity: "error",
      path: `cluster.administrators[${index}]`,
      message: `${accessRoleArn ?? ""} creates the cluster (cluster.accessRoleArn), and EKS gives the creator its entry; a second one fails the first deployment.`,
      fix: "Remove it from the list.",
      changes: [],
    },
  ];
}

function checkTags(tags: Record<string, string>): Problem[] {
  return Object.keys(tags)
    .filter((key) => /^aws:/i.test(key) || /^(kubernetes\.io\/cluster|eks|elbv2\.k8s\.aws)[/:]/.test(key))
    .map((key) => ({
      code: "tag-reserved",
      severity: "error",
      path: `tags.${key}`,
      message: `"${key}" belongs to AWS or to a controller that finds its resources by it.`,
      fix: "Choose another name.",
      changes: [],
    }));
}
