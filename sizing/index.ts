/**
 * `vllm-eks/sizing`: the arithmetic behind `vllm-eks fit`, for programs and policies. This file exports entry points only. The tensors and
 * budgets behind them change with every vLLM release and stay internal.
 */

/** A model by its id, or by the text of its config.json: nearly every function below takes it. */
export { modelShapeFromConfig, resolveModel, type ConfigReading, type ResolvedModel } from "./model/modelConfig";

/** The size of a model. If the checkpoint holds only the weights, their bytes in GiB are `neededGiB` of LustreModelStore. */
export { parameterCount, weightBytes } from "./model/parameters";

/**
 * Set `storageCapacityGiB` of LustreModelStore to `nextStoreCapacityGiB(neededStoreGiB([…]))`.
 * `loadSeconds` says how long each node then takes to read the weights.
 */
export { loadSeconds, neededStoreGiB, nextStoreCapacityGiB, type LoadLimit, type LoadTime, type StoreRequest } from "./costAndTime/storage";

/** Whether vLLM accepts a split, and how many nodes and groups it needs. */
export { resolveLayout, sensibleSplits, type DocumentShape } from "./layout/parallelism";
export type { ParallelLayout, ParallelRequest } from "./layout/parallelLayout";

/** Whether the model fits, and what is left for the KV cache. */
export { resolveMemory, type EngineMemorySettings, type GroupMemory, type RankMemory } from "./memory/memory";

/** Which instance types hold a model, cheapest first. */
export { fitCandidates, type FitCandidate } from "./fit";

/** How fast the model can run at most. */
export { throughputBounds, type ThroughputBounds } from "./costAndTime/throughput";

/** What an hour costs, by part. */
export { hourlyCost, type HourlyCost, type HourlyCostRequest, type RootVolume, type SystemNodes } from "./costAndTime/cost";
export type { PriceToday } from "./costAndTime/priceList";

/** Functions that check a request return problems, worded as in the plan, and do not throw. */
export { hasErrors, type Change, type Problem, type ProblemCode, type Severity } from "./problem";
