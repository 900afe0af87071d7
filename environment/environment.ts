/** One complete environment as plain values: the configuration with every default filled in and every rule checked. */
import type { DefaultSet } from "../catalog/defaults";
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import type { RootSquashOptions } from "../components/lustreModelStore/rootSquash";
import type { VllmEngineArgs } from "../components/vllmLeaderWorkerSet/engineArguments";
import type { PriceToday } from "../sizing/costAndTime/priceList";
import type { GroupMemory } from "../sizing/memory/memory";
import type { ResolvedModel } from "../sizing/model/modelConfig";
import type { ParallelLayout } from "../sizing/layout/parallelLayout";
import type { StoreRequest } from "../sizing/costAndTime/storage";
import type { PlatformPart, Settings } from "./settingTypes";

export interface Environment {
  /** Stack name: dev, prod, local or the user's own. */
  name: string;
  /** `kubernetes` means any cluster, without AWS and without GPUs. */
  target: "aws" | "kubernetes";
  /** The day for checks of support dates, `YYYY-MM-DD`. */
  today: string;
  /** The moment, or the day, for checks of a capacity block. */
  now: string;
  /** Refuse to delete file system and cluster. */
  protect: boolean;
  /** Ask the account before the first resource. */
  preflight: boolean;
  tags: Record<string, string>;
  /** Image and charts where the configuration names none. */
  defaults: DefaultSet;
  model: EnvironmentModel;
  instance: InstanceTypeFacts;
  layout: ParallelLayout;
  memory: GroupMemory;
  engine: EnvironmentEngine;
  /** On-demand prices per hour that AWS gave today, by instance type. They take precedence over the catalog's. */
  pricesToday?: Readonly<Record<string, PriceToday>>;
  secretsGiven: { apiKey: boolean; huggingFaceToken: boolean };
  /** The settings of AWS; undefined for the target `kubernetes`. */
  aws: AwsEnvironment | undefined;
  /** How to reach the cluster of the target `kubernetes`. */
  kubernetes: { kubeconfig?: string; context?: string };
}

export interface EnvironmentModel {
  id: string;
  /** Commit, tag or branch; undefined means the branch `main`, resolved by the download. */
  revision: string | undefined;
  /** Download pickle files where there are no safetensors. */
  allowPickleWeights: boolean;
  resolved: ResolvedModel;
  /** Text of the config.json, for a model outside the catalog. */
  configJson: string | undefined;
  /** Served weights, GiB. */
  weightsGiB: number;
  /** What the download puts on the file system, GiB. */
  downloadGiB: number;
}

/** The engine's settings, and the facts about its image that are always known. */
export interface EnvironmentEngine extends VllmEngineArgs {
  image: string;
  vllmVersion: string;
  cudaVersion: string;
  enableExpertParallel: boolean;
  extraArguments: string[];
  runAsNonRoot: boolean;
  readOnlyRootFilesystem: boolean;
}

/** Arguments of the provider by name, without the region. */
export type AwsConfiguration = Record<string, unknown>;

export interface AwsEnvironment {
  region: string;
  /** The `aws:` configuration without the region. */
  configuration: AwsConfiguration;
  /** Keys of `configuration` that are stored encrypted. */
  encryptedKeys: readonly string[];
  availabilityZone: string;
  availabilityZones: string[];
  /** True if the zones were derived from the region's usual letters; the account may not have them. */
  zonesAssumed: boolean;
  capacity: Settings["capacity"];
  gpuNodes: Settings["gpuNodes"] & { start: "afterWeights" | "withCluster" };
  store: StoreRequest & RootSquashOptions;
  ingress: EnvironmentIngress;
  network: NetworkEnvironment;
  cluster: ClusterEnvironment;
  platform: Record<PlatformPart, "install" | "existing">;
  chartRepository: string | undefined;
  /** Encrypts volumes, file system and, on a created cluster, Secrets and logs. Absent: keys that AWS manages. */
  kmsKeyArn?: string;
}

export type EnvironmentIngress = Settings["ingress"] & { inboundCidrs: string[] };

export type NetworkEnvironment = CreatedNetwork | AdoptedNetwork;

export interface CreatedNetwork {
  kind: "create";
  cidrBlock: string;
  natGateways: "single" | "onePerZone";
  /** Ranges of one subnet kind, one for each zone, in the order of `availabilityZones`. */
  nodeCidrs: string[];
  loadBalancerCidrs: string[];
}

export interface AdoptedNetwork {
  kind: "adopt";
  cidrBlock: string;
  vpcId: string;
  nodeSubnetId: string;
  loadBalancerSubnetIds: string[];
  loadBalancerCidrs: string[];
}

export type ClusterEnvironment = CreatedCluster | AdoptedCluster;

export interface CreatedCluster extends Omit<Settings["cluster"], "kubeconfig" | "context"> {
  kind: "create";
  /** Known before deployment, because the kubeconfig and the controllers need it. */
  name: string;
  publicAccessCidrs: string[];
  administrators: string[];
}

/** Nodes of a created cluster for controllers and the download. */
export const systemNodeCount = 2;
export const systemNodeVolumeGiB = 50;

export interface AdoptedCluster {
  kind: "adopt";
  name: string;
  kubeconfig?: string;
  context?: string;
  accessRoleArn?: string;
}

/** The tag that identifies a stack's resources: `stacks/aws/site.ts` puts it on all of them, the launch template on the GPU nodes. */
export const environmentTag = "vllm-eks/environment";
