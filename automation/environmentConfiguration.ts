/** The configuration keys as types, for programs. `test/unit/automation/environmentConfiguration.spec.ts` compares them with environment/configSchema.ts. */

/** Where a part of the platform comes from: made by the stack, or on the cluster already. */
export type PartSource = "install" | "existing";

/**
 * One environment: the keys of the namespace `vllm-eks`, all optional. docs/configuration.md has the meaning, unit, default and range of
 * each; a wrong value ends the operation with cause `invalid-configuration` and every problem at once, before anything is made.
 * @example
 *     const environment: EnvironmentConfiguration = { model: "Qwen/Qwen3-32B", cluster: { publicAccessCidrs: [] }, apiKey: key };
 */
export interface EnvironmentConfiguration {
  model?: string;
  modelRevision?: string;
  /** Relative to the folder of this process. */
  modelConfigFile?: string;
  instanceType?: string;
  availabilityZone?: string;
  tensorParallelSize?: number;
  pipelineParallelSize?: number;
  nodeCount?: number;
  replicas?: number;
  protect?: boolean;
  preflight?: boolean;
  /** Stored encrypted; never in progress, output or errors. */
  apiKey?: string;
  /** Stored encrypted; never in progress, output or errors. */
  huggingFaceToken?: string;
  capacity?: CapacityConfiguration;
  gpuNodes?: GpuNodesConfiguration;
  modelStore?: ModelStoreConfiguration;
  engine?: EngineConfiguration;
  ingress?: IngressConfiguration;
  network?: NetworkConfiguration;
  cluster?: ClusterConfiguration;
  platform?: PlatformConfiguration;
  tags?: Record<string, string>;
}

export interface CapacityConfiguration {
  type?: "onDemand" | "spot" | "reservation" | "capacityBlock";
  reservationId?: string;
  reservationGroupArn?: string;
  /** RFC 3339. */
  startsAt?: string;
}

export interface GpuNodesConfiguration {
  start?: "afterWeights" | "withCluster";
  rootVolumeGiB?: number;
  placementGroup?: boolean;
  hugePagesMiB?: number;
  releaseVersion?: string;
}

export interface ModelStoreConfiguration {
  deploymentType?: "SCRATCH_2" | "PERSISTENT_2";
  storageCapacityGiB?: number;
  throughputMBpsPerTiB?: number;
}

export interface EngineConfiguration {
  image?: string;
  vllmVersion?: string;
  cudaVersion?: string;
  /** Tokens. */
  maxModelLen?: number;
  /** From 0.1 to 1. */
  gpuMemoryUtilization?: number;
  maxNumSeqs?: number;
  maxNumBatchedTokens?: number;
  kvCacheDtype?: "auto" | "bfloat16" | "fp8" | "fp8_e4m3" | "fp8_e5m2";
  enableExpertParallel?: boolean;
  extraArguments?: string[];
}

export interface IngressConfiguration {
  mode?: "direct" | "controller" | "none";
  scheme?: "internal" | "internet-facing";
  inboundCidrs?: string[];
  hostname?: string;
  hostedZoneId?: string;
  certificateArn?: string;
  idleTimeoutSeconds?: number;
}

export interface NetworkConfiguration {
  vpcId?: string;
  nodeSubnetId?: string;
  loadBalancerSubnetIds?: string[];
  loadBalancerCidrs?: string[];
  cidrBlock?: string;
  availabilityZones?: string[];
  natGateways?: "single" | "onePerZone";
}

export interface ClusterConfiguration {
  name?: string;
  kubeconfig?: string;
  context?: string;
  version?: string;
  publicAccessCidrs?: string[];
  administrators?: string[];
  accessRoleArn?: string;
  addonVersions?: Record<string, string>;
  systemInstanceType?: string;
}

export interface PlatformConfiguration {
  loadBalancerController?: PartSource;
  leaderWorkerSet?: PartSource;
  nvidiaDevicePlugin?: PartSource;
  efaDevicePlugin?: PartSource;
  fsxCsiDriver?: PartSource;
  metricsServer?: PartSource;
  nodeMonitoringAgent?: PartSource;
  podIdentityAgent?: PartSource;
  chartRepository?: string;
}
