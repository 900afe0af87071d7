/**
 * What a stranger may choose. A configuration can run programs and read files on this machine, and name what exists in the account of
 * the service; `untrustedEnvironment` refuses every such key. A key that is not listed here is refused, so a new key is safe until it is
 * decided.
 */
import { platformParts } from "../environment/configSchema";
import { problem, type Problem } from "../sizing/problem";
import type { AutomationOptions } from "./options";
import { rewrittenKubeconfig, risksOfKubeconfig } from "./untrustedKubeconfig";

const under = (section: string, ...keys: string[]) => keys.map((key) => `${section}.${key}`);

/** They describe the new environment, and point at nothing that exists. */
export const allowedKeys: readonly string[] = [
  ...["model", "modelRevision", "instanceType", "availabilityZone", "tensorParallelSize", "pipelineParallelSize", "nodeCount", "replicas"],
  ...["protect", "preflight", "apiKey", "huggingFaceToken", "defaults", "tags"],
  ...under("capacity", "type", "startsAt"),
  ...under("gpuNodes", "start", "rootVolumeGiB", "placementGroup", "hugePagesMiB", "releaseVersion"),
  ...under("modelStore", "deploymentType", "storageCapacityGiB", "throughputMBpsPerTiB", "rootSquash", "noSquashNids"),
  ...under("engine", "vllmVersion", "cudaVersion", "maxModelLen", "gpuMemoryUtilization", "maxNumSeqs", "maxNumBatchedTokens"),
  ...under("engine", "kvCacheDtype", "enableExpertParallel", "runAsNonRoot", "runAsUser", "stepTimeoutSeconds"),
  ...under("ingress", "mode", "scheme", "inboundCidrs", "hostname", "idleTimeoutSeconds"),
  ...under("network", "cidrBlock", "availabilityZones", "natGateways"),
  ...under("cluster", "kubeconfig", "context", "version", "publicAccessCidrs", "logTypes", "addonVersions", "systemInstanceType"),
  ...under("platform", ...platformParts),
];

const existing = "names something that exists in the account of this service, perhaps another tenant's";

/** Why these are refused. */
export const refusedKeys: Readonly<Record<string, string>> = {
  modelConfigFile: "reads any file of this machine",
  "engine.image": "runs a program of the tenant's choice on nodes of this account",
  allowPickleWeights: "runs code of the tenant's model on nodes of this account",
  "engine.readOnlyRootFilesystem": "weakens a pod in the account of this service",
  kmsKeyArn: existing,
  "engine.extraArguments": "reaches every flag of vLLM, and some load code",
  "platform.chartRepository": "installs charts of the tenant's choice, with the rights of this service",
  "capacity.reservationId": existing,
  "capacity.reservationGroupArn": existing,
  "ingress.hostedZoneId": existing,
  "ingress.certificateArn": existing,
  "network.vpcId": existing,
  "network.nodeSubnetId": existing,
  "network.loadBalancerSubnetIds": existing,
  "network.loadBalancerCidrs": existing,
  "cluster.name": existing,
  "cluster.administrators": "makes principals administrators of a cluster in the account of this service",
  "cluster.accessRoleArn": "makes this service act as a role of the tenant's choice",
};

/** Arguments of the AWS provider that describe or only restrict. */
export const allowedAwsKeys: readonly string[] = ["region", "defaultTags", "allowedAccountIds", "forbiddenAccountIds"];

export function checkUntrusted({ environment, aws = {}, file }: Pick<AutomationOptions, "environment" | "aws" | "file">): Problem[] {
  const values: Record<string, unknown> = environment ?? {};
  const keys = Object.entries(values).flatMap(([key, value]) => leafPaths(key, value));
  return [
    ...(file === undefined ? [] : [refused("file", "reads any file of this machine")]),
    ...keys
      .filter((key) => !allowedKeys.includes(key))
      .map((key) => refused(key, refusedKeys[key] ?? "has not been decided for strangers")),
    ...Object.keys(aws).flatMap((key) =>
      allowedAwsKeys.includes(key) ? [] : [refused(`aws.${key}`, "decides as whom and through what this service calls AWS")],
    ),
    ...checkKubeconfig(values),
  ];
}

/** `undefined` sets nothing. Sections have one level; a section of another type is the form check's. */
function leafPaths(key: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value) || key === "tags") return [key];
  return Object.entries(value).flatMap(([field, item]) => (item === undefined ? [] : [`${key}.${field}`]));
}

function checkKubeconfig(values: Record<string, unknown>): Problem[] {
  const { kubeconfig } = Object(values.cluster ?? {}) as { kubeconfig?: unknown };
  const at = (reason: string) => refused("cluster.kubeconfig", reason);
  if (kubeconfig === undefined)
    return values.instanceType === "cpu" ? [at("is missing, and without it the program uses the kubeconfig of this machine")] : [];
  return risksOfKubeconfig(kubeconfig).map(at);
}

/** The same options, with a text that every reader understands as the check did. */
export function rewriteUntrusted(options: AutomationOptions): AutomationOptions {
  const { environment } = options;
  const kubeconfig = environment?.cluster?.kubeconfig;
  if (kubeconfig === undefined) return options;
  return { ...options, environment: { ...environment, cluster: { ...environment?.cluster, kubeconfig: rewrittenKubeconfig(kubeconfig) } } };
}

const refused = (path: string, reason: string): Problem =>
  problem({
    code: "untrusted-setting",
    path,
    message: `${path} ${reason}; the environment is not trusted (untrustedEnvironment).`,
    fix: `Remove ${path}, or set it in the service itself and drop untrustedEnvironment for this stack.`,
  });
