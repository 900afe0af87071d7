/**
 * `vllm-eks/sizing`: the arithmetic behind `vllm-eks fit`, for programs and policies. Only entry points are here; the tensors and budgets
 * they are made of change with every vLLM release and stay inside.
 */

/** A model by its id, or by the text of its config.json: the argument of nearly everything below. */
export { modelShapeFromConfig, resolveModel, type ConfigReading, type ResolvedModel } from "./model/modelConfig";

/** Size of a model. Bytes of weights as GiB are `neededGiB` of LustreModelStore, for a checkpoint that holds nothing else. */
export { parameterCount, weightBytes } from "./model/parameters";

/**
 * `storageCapacityGiB` of LustreModelStore is `nextStoreCapacityGiB(neededStoreGiB([…]))`;
 * `loadSeconds` says how long each node then reads.
 */
export { loadSeconds, neededStoreGiB, nextStoreCapacityGiB, type LoadLimit, type LoadTime, type StoreRequest } from "./costAndTime/storage";

/** Whether a split is one that vLLM accepts, and how many nodes and groups it makes. */
export { resolveLayout, sensibleSplits, type DocumentShape } from "./layout/parallelism";
export type { ParallelLayout, ParallelRequest } from "./layout/parallelLayout";

/** Whether it fits, and what is left for the KV cache. */
export { resolveMemory, type EngineMemorySettings, type GroupMemory, type RankMemory } from "./memory/memory";

/** Which instance types hold a model, cheapest first. */
export { fitCandidates, type FitCandidate } from "./fit";

/** How fast it can be at most. */
export { throughputBounds, type ThroughputBounds } from "./costAndTime/throughput";

/** What an hour costs, by part. */
export { hourlyCost, type HourlyCost, type HourlyCostRequest, type RootVolume, type SystemNodes } from "./costAndTime/cost";
export type { PriceToday } from "./costAndTime/priceList";

/** What judges a request returns problems, in the words of the plan, and throws nothing. */
export { hasErrors, type Change, type Problem, type ProblemCode, type Severity } from "./problem";
