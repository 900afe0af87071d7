/** One environment, complete and plain: what the configuration says, with every default filled in and every rule checked. */
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
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
  /** `kubernetes`: any cluster, without AWS and without GPUs. */
  target: "aws" | "kubernetes";
  /** The day that support dates are judged by, `YYYY-MM-DD`. */
  today: string;
  /** The moment, or the day, that a capacity block is judged by. */
  now: string;
  /** Refuse to delete file system and cluster. */
  protect: boolean;
  /** Ask the account before the first resource. */
  preflight: boolean;
  tags: Record<string, string>;
  model: EnvironmentModel;
  instance: InstanceTypeFacts;
  layout: ParallelLayout;
  memory: GroupMemory;
  engine: EnvironmentEngine;
  /** Prices of an hour on demand that were asked today, by instance type; they go before the catalog's. */
  pricesToday?: Readonly<Record<string, PriceToday>>;
  secretsGiven: { apiKey: boolean; huggingFaceToken: boolean };
  /** Everything of AWS; undefined for the target `kubernetes`. */
  aws: AwsEnvironment | undefined;
  /** Cluster of the target `kubernetes`: how to reach it. */
  kubernetes: { kubeconfig?: string; context?: string };
}

export interface EnvironmentModel {
  id: string;
  /** Commit, tag or branch; undefined means the branch `main`, resolved by the download. */
  revision: string | undefined;
  resolved: ResolvedModel;
  /** Text of the config.json, for a model outside the catalog. */
  configJson: string | undefined;
  /** Served weights, GiB. */
  weightsGiB: number;
  /** What the download puts on the file system, GiB. */
  downloadGiB: number;
}

/** The engine's settings, with what is always known of its image. */
export interface EnvironmentEngine extends VllmEngineArgs {
  image: string;
  vllmVersion: string;
  cudaVersion: string;
  enableExpertParallel: boolean;
  extraArguments: string[];
}

/** Arguments of the provider, by name; everything but the region. */
export type AwsConfiguration = Record<string, unknown>;

export interface AwsEnvironment {
  region: string;
  /** The `aws:` configuration besides the region. */
  configuration: AwsConfiguration;
  availabilityZone: string;
  availabilityZones: string[];
  /** The zones follow from the region's usual letters; the account may not have them. */
  zonesAssumed: boolean;
  capacity: Settings["capacity"];
  gpuNodes: Settings["gpuNodes"] & { start: "afterWeights" | "withCluster" };
  store: StoreRequest;
  ingress: EnvironmentIngress;
  network: NetworkEnvironment;
  cluster: ClusterEnvironment;
  platform: Record<PlatformPart, "install" | "existing">;
  chartRepository: string | undefined;
}

export type EnvironmentIngress = Settings["ingress"] & { inboundCidrs: string[] };

export type NetworkEnvironment = CreatedNetwork | AdoptedNetwork;

export interface CreatedNetwork {
  kind: "create";
  cidrBlock: string;
  natGateways: "single" | "onePerZone";
  /** Ranges by subnet kind, one a zone, in the order of `availabilityZones`. */
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
  /** Known before deployment: the kubeconfig and the controllers name it. */
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

/** The tag by which a stack's own resources are known: `stacks/aws/site.ts` puts it on everything, the launch template on the GPU nodes. */
export const environmentTag = "vllm-eks/environment";
