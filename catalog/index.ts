/**
 * `vllm-eks/catalog`: the facts that your program needs in addition to the components. It exports only names that are useful outside this
 * package, each with its use. What only the environments read (quotas of other services, durations, rates) stays internal.
 */

/**
 * The allowed values of `instanceType` of EfaGpuNodeGroup and VllmLeaderWorkerSet, and the hardware that `vllm-eks/sizing` functions take.
 */
export { findInstanceType, instanceTypes, type InstanceTypeFacts } from "./instanceTypes";
export type { GpuFacts } from "./gpus";

/** Types for `instanceType` and `model` in your functions, with names that editors complete. */
export type { InstanceTypeName, ModelName } from "./names";

/** The values of `model` that need no config.json. `revision` is the commit to download, `engineArguments` what its publisher advises. */
export { findModel, models, type CatalogModel } from "./models";

/** A model as `vllm-eks/sizing` takes it. Its parts have named types so that you can write a shape by hand. */
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

/**
 * `image` of VllmLeaderWorkerSet has no default. These names give the copy in a region, and the facts about it. Without a tag they give
 * the newest default, which moves with this package: name a tag for what must stay (docs/upgrading.md).
 */
export { defaultVllmImage, publicVllmImageUri, vllmImages, vllmImageUri, type VllmImageFacts } from "./images";
export { imageFactsOf } from "./imageFacts";

/** If your program creates its cluster, choose a version with nodes that can mount the file system, and install these controllers. */
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

/** The digests behind the tags of images and charts, as far as a trustworthy source gives them. */
export { chartDigests, imageDigests, pinned, type DigestFacts } from "./digests";

/** The price of a node before it exists: for budgets and for policies. */
export { currency, onDemandPriceOf, priceRegion, type Price, type PriceRow, type PriceUnit } from "./prices";

/** The quota that most often refuses GPU nodes, with its code, so that you can request an increase before the first deployment. */
export { vcpuQuotaOf, type QuotaFacts, type VcpuQuotaFacts } from "./quotas";

/** Every row says where the fact comes from, on which day, and how far to trust it. */
export type { Source } from "./source";
