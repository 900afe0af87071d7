/** The AWS half of an environment: zones, capacity, file system, endpoint, network, cluster, platform. */
import { checkExposure, type Exposure } from "../components/inferenceIngress/exposure";
import { keyProblems } from "../components/lustreModelStore/encryptionKey";
import { rootSquashProblems } from "../components/lustreModelStore/rootSquash";
import type { Problem } from "../sizing/problem";
import { checkAddonVersions, checkKubernetesVersion } from "../sizing/versions";
import { defaultVpcCidr, platformParts } from "./configSchema";
import { checkAwsForm } from "./awsForm";
import { checkAwsIdentity } from "./awsIdentityRules";
import { checkCapacityBlockRegion } from "./capacityBlocks";
import { checkApiAccess } from "./apiAccess";
import { checkAdoptedCluster, checkArnPlaces, checkCapacity, checkChartMirror, checkIdentity, checkIgnored, checkTags } from "./awsChecks";
import { isGiven, secretPlaceholder } from "./secrets";
import type { PlatformPart, Settings } from "./settingTypes";
import { referenceOf, type ConfigurationInput } from "./configurationInput";
import { inConfiguration } from "./configurationPaths";
import type { AwsConfiguration, AwsEnvironment, ClusterEnvironment, EnvironmentIngress, EnvironmentModel } from "./environment";
import { given } from "../sizing/givenKeys";
import { resolveNetwork } from "./networkSettings";
import { clusterNameOf } from "./stackName";
import { resolveZones } from "./zones";
import { installedAddons } from "./platformPartNames";

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
    anyRegion: input.aws?.skipRegionValidation === true,
  });
  const networked = resolveNetwork(settings, zoned.zones?.availabilityZones.length ?? 3);
  const adopted = cluster.name !== undefined;
  // For a wrong VPC range use the default: otherwise the endpoint would report the same mistake again, as a range the user did not write.
  const endpoint = resolveIngress(settings, networked.network?.cidrBlock ?? defaultVpcCidr);
  const problems = [
    ...zoned.problems,
    ...networked.problems,
    ...checkCapacity(settings, model?.downloadGiB ?? 0),
    ...inConfiguration("LustreModelStore", rootSquashProblems(settings.modelStore)),
    ...inConfiguration("LustreModelStore", keyProblems({ ...settings.modelStore, ...given(settings, "kmsKeyArn") })),
    ...checkCapacityBlockRegion(capacity.type, settings.instanceType, zoned.zones?.region),
    ...endpoint.problems,
    ...(adopted
      ? checkAdoptedCluster(settings, input)
      : [
          ...checkKubernetesVersion(cluster.version, input.today, true),
          ...checkAddonVersions(cluster.addonVersions ?? {}, installedAddons),
          ...checkApiAccess(settings, referenceOf(input)),
        ]),
    ...checkIgnored(input),
    ...checkIdentity(settings),
    ...checkArnPlaces(settings, zoned.zones?.region),
    ...checkTags(settings, input),
  ];
  if (!zoned.zones || !networked.network) return { problems };

  const environment: AwsEnvironment = {
    region: zoned.zones.region,
    configuration: input.aws ?? {},
    encryptedKeys: encryptedKeysOf(input),
    availabilityZone: zoned.zones.availabilityZone,
    availabilityZones: zoned.zones.availabilityZones,
    zonesAssumed: zoned.zones.assumed,
    capacity,
    gpuNodes: {
      ...gpuNodes,
      // You pay for a reservation from the first minute, so a wait for the weights would save nothing and only take longer.
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
    ...given(settings, "kmsKeyArn"),
  };
  const reference = referenceOf(input);
  return { environment, problems: [...problems, ...checkAwsIdentity(environment, reference), ...checkChartMirror(environment, reference)] };
}

function encryptedKeysOf({ aws = {}, awsEncrypted }: ConfigurationInput): readonly string[] {
  return awsEncrypted ?? Object.keys(aws).filter((key) => aws[key] === secretPlaceholder);
}

/**
 * Checks the form of every `aws:` key, also for an environment without AWS: a key that the provider does not know is a typing error there
 * too. `sound` has only the keys of the right form, so that the rules between keys can still be checked.
 */
export function readAwsConfiguration(input: ConfigurationInput): { sound: AwsConfiguration; problems: Problem[] } {
  const { aws = {} } = input;
  const check = (configuration: AwsConfiguration) => checkAwsForm(configuration, encryptedKeysOf(input), referenceOf(input));
  // Key by key: the path of a problem does not say where the key ends, because a key can have dots and brackets.
  const isSound = (key: string) => check({ [key]: aws[key] }).every(({ code }) => code === "secret-in-clear-text");
  return { sound: Object.fromEntries(Object.entries(aws).filter(([key]) => isSound(key))), problems: check(aws) };
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
    ...(hostname !== undefined && { hostname }),
    hostedZoneGiven: hostedZoneId !== undefined,
  };
  return { ingress: resolved, problems: inConfiguration("InferenceIngress", checkExposure(exposure)) };
}

function resolveCluster(settings: Settings, stack: string): ClusterEnvironment {
  const { cluster } = settings;
  if (cluster.name !== undefined) return { kind: "adopt", name: cluster.name, ...given(cluster, "kubeconfig", "context", "accessRoleArn") };
  const { kubeconfig: _kubeconfig, context: _context, publicAccessCidrs = [], administrators = [], ...created } = cluster;
  return { kind: "create", ...created, name: clusterNameOf(stack), publicAccessCidrs, administrators };
}
