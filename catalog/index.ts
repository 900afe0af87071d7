/**
 * `vllm-eks/catalog`: the facts that a program of one's own needs beside the components. Only names that somebody outside this package has
 * a use for are here, each with that use; what the environments alone read (quotas of other services, durations, rates) stays inside.
 */

/**
 * What `instanceType` of EfaGpuNodeGroup and VllmLeaderWorkerSet may be, and the hardware that every function of `vllm-eks/sizing` takes.
 */
export { findInstanceType, instanceTypes, type InstanceTypeFacts } from "./instanceTypes";
export type { GpuFacts } from "./gpus";

/** What `model` may be without a config.json; `revision` is the commit to download, `engineArguments` what the publisher asks for. */
export { findModel, models, type CatalogModel } from "./models";

/** A model as `vllm-eks/sizing` takes it; its parts have names because a shape can be written by hand. */
export type {
  AttentionPattern,
  LinearAttention,
  Mamba2,
  MixtureOfExperts,
  ModelShape,
  MultiHeadLatentAttention,
  Quantization,
  WeightFormat,
} from "./modelShape";

/** `image` of VllmLeaderWorkerSet has no default: this is the region's own copy, and what is known of it. */
export { defaultVllmImage, imageFactsOf, publicVllmImageUri, vllmImages, vllmImageUri, type VllmImageFacts } from "./images";

/** A program that makes its own cluster chooses a version whose nodes mount the file system, and installs the controllers below. */
export {
  charts,
  defaultKubernetesVersion,
  findKubernetesVersion,
  KubernetesSupport,
  kubernetesSupportOn,
  kubernetesVersions,
  requirements,
  type ChartFacts,
  type KubernetesVersionFacts,
  type VersionRequirement,
} from "./versions";

/** The price of a node before it exists: for budgets and for policies. */
export { currency, onDemandPriceOf, priceRegion, type Price, type PriceRow, type PriceUnit } from "./prices";

/** The quota that refuses GPU nodes most often, by its code: to ask for a raise before the first deployment. */
export { vcpuQuotaOf, type QuotaFacts, type VcpuQuotaFacts } from "./quotas";

/** Every row says where it comes from, when it said so and how far to trust it. */
export type { Source } from "./source";
