/** Rules about the AWS half of an environment that combine several settings, so the schema cannot state them. */
import { checkArnPlace, checkPrincipals, parseArn } from "../components/arns";
import { checkTagSets } from "../components/tagRules";
import { problem, type Problem } from "../sizing/problem";
import { configRemove, shellCommand } from "../sizing/shellCommand";
import { checkStore, neededStoreGiB, nextStoreCapacityGiB } from "../sizing/costAndTime/storage";
import { checkKubernetesVersion } from "../sizing/versions";
import type { Settings } from "./settingTypes";
import { configSchema } from "./configSchema";
import { referenceOf, type ConfigurationInput } from "./configurationInput";
import { inConfiguration } from "./configurationPaths";
import { environmentTag, type AwsEnvironment } from "./environment";

/** One revision must fit. If a second one does not, you must delete the old revision before you change the model. */
export function checkCapacity({ modelStore }: Settings, downloadGiB: number): Problem[] {
  const problems = inConfiguration("LustreModelStore", checkStore(modelStore, neededStoreGiB([downloadGiB])));
  const both = neededStoreGiB([downloadGiB, downloadGiB]);
  if (problems.length > 0 || modelStore.storageCapacityGiB >= both) return problems;
  return [
    problem({
      code: "store-holds-one-revision",
      severity: "warning",
      path: "modelStore.storageCapacityGiB",
      message: `The store of ${modelStore.storageCapacityGiB} GiB has room for this revision, but not for a second one of its size (together ${both.toFixed(0)} GiB with headroom). Old revisions stay until you delete them.`,
      fix: `Delete the old revision before you change the model, or set modelStore.storageCapacityGiB to ${nextStoreCapacityGiB(both)}.`,
      changes: [{ path: "modelStore.storageCapacityGiB", value: nextStoreCapacityGiB(both) }],
    }),
  ];
}

/** An existing cluster is in an existing network: adopt both, only the network, or neither. */
export function checkAdoptedCluster({ cluster, network }: Settings, { values, today }: ConfigurationInput): Problem[] {
  const versionStated = (values.cluster as { version?: unknown }).version !== undefined;
  const support = versionStated ? checkKubernetesVersion(cluster.version, today, false) : [];
  if (network.vpcId !== undefined) return support;
  return [
    ...support,
    problem({
      code: "missing-value",
      path: "network.vpcId",
      message: `The cluster ${cluster.name ?? ""} is adopted and its nodes must join its VPC, but network.vpcId is not set.`,
      fix: "Set network.vpcId, network.nodeSubnetId, network.loadBalancerSubnetIds and network.loadBalancerCidrs.",
    }),
  ];
}

/** A setting for something that the stack would create has no effect if the stack adopts an existing one. */
export function checkIgnored(input: ConfigurationInput): Problem[] {
  const { values } = input;
  return Object.entries(configSchema).flatMap(([section, { adoptedBy, properties = {} }]) => {
    const written = values[section];
    if (adoptedBy === undefined || typeof written !== "object" || written === null || !(adoptedBy in written)) return [];
    return Object.keys(properties)
      .filter((key) => properties[key]?.createdOnly && key in written)
      .map((key) =>
        problem({
          code: "setting-ignored",
          severity: "warning",
          path: `${section}.${key}`,
          message: `${section}.${adoptedBy} adopts an existing ${section}; ${section}.${key} applies only to one that this stack creates and has no effect.`,
          fix: `Remove it: ${shellCommand(...configRemove(referenceOf(input), `${section}.${key}`))}`,
        }),
      );
  });
}

/** Without a chart there is nothing that a mirror could serve. Add-ons come from EKS. */
export function checkChartMirror({ chartRepository, platform, ingress, cluster }: AwsEnvironment, reference: string): Problem[] {
  const charts = ["leaderWorkerSet", "nvidiaDevicePlugin", "efaDevicePlugin"] as const;
  const controller = platform.loadBalancerController === "install" && ingress.mode !== "none";
  if (chartRepository === undefined || controller || charts.some((part) => platform[part] === "install")) return [];
  return [
    problem({
      code: "setting-ignored",
      severity: "warning",
      path: "platform.chartRepository",
      message: `This stack installs no Helm chart${cluster.kind === "adopt" ? ` on the adopted cluster ${cluster.name}` : ""}, so platform.chartRepository has no effect.`,
      fix: `Remove it: ${shellCommand(...configRemove(reference, "platform.chartRepository"))}. To install one, set its part of the platform to install, for example platform.leaderWorkerSet.`,
    }),
  ];
}

/** The access role creates the cluster, so EKS makes it an administrator and refuses a second entry for it. */
export function checkIdentity({ cluster }: Settings): Problem[] {
  const { accessRoleArn, administrators = [] } = cluster;
  const path = "cluster.administrators";
  const index = accessRoleArn === undefined ? -1 : administrators.indexOf(accessRoleArn);
  const creator = problem({
    code: "administrator-is-creator",
    path: `${path}[${index}]`,
    message: `${accessRoleArn ?? ""} creates the cluster (cluster.accessRoleArn). EKS makes the creator an administrator; a second entry for it fails the first deployment.`,
    fix: "Remove it from the list.",
  });
  return [...(index < 0 ? [] : [creator]), ...checkPrincipals(path, administrators)];
}

/** Partition, region and account of every ARN that a user writes. */
export function checkArnPlaces({ cluster, ingress, capacity, kmsKeyArn }: Settings, region: string | undefined): Problem[] {
  const { accessRoleArn, administrators = [] } = cluster;
  const account = accessRoleArn === undefined ? undefined : parseArn(accessRoleArn)?.account;
  const check = (path: string, arn: string | undefined, code: Problem["code"], where: { account?: string | undefined } = {}) =>
    arn === undefined ? [] : checkArnPlace(path, arn, { region, ...where }, code);
  return [
    ...check("cluster.accessRoleArn", accessRoleArn, "out-of-range"),
    ...administrators.flatMap((arn, index) => check(`cluster.administrators[${index}]`, arn, "out-of-range")),
    ...check("ingress.certificateArn", ingress.certificateArn, "certificate-unsuitable", { account }),
    ...check("kmsKeyArn", kmsKeyArn, "out-of-range"), // may be shared by another account
    ...check("capacity.reservationGroupArn", capacity.reservationGroupArn, "reservation-unusable", { account }),
  ];
}

/** At most three of these keys are on one resource: a subnet has the third or its counterpart for internal load balancers. */
const ownTagKeys = [environmentTag, "Name", "kubernetes.io/role/elb"];

export function checkTags({ tags, ingress }: Settings, { aws = {} }: ConfigurationInput): Problem[] {
  const { tags: defaultTags } = (aws.defaultTags ?? {}) as { tags?: unknown };
  const isMap = typeof defaultTags === "object" && defaultTags !== null && !Array.isArray(defaultTags);
  return checkTagSets({
    tags,
    ...(isMap && { defaultTags: defaultTags as Record<string, string> }),
    ownKeys: ownTagKeys,
    inAnnotation: ingress.mode === "controller",
  });
}
