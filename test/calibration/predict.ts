/** The prediction of the package for a row of a log, with the logged values. */
import { instanceType } from "../../catalog/instanceTypes";
import { blocksIn, blocksOfRequest, cachePool, cacheRequest, type CachePool } from "../../sizing/memory/kvCache";
import { resolveMemory } from "../../sizing/memory/memory";
import { resolveLayout } from "../../sizing/layout/parallelism";
import { rankWeightBytes, rotaryTableBytes } from "../../sizing/model/parameters";
import { hasErrors } from "../../sizing/problem";
import { compareVersions } from "../../sizing/versions";
import { calibrationShape } from "./models";
import type { CalibrationRow } from "./rows";

export interface Comparison {
  predicted: number;
  logged: number;
  errorPercent: number;
}

export interface Prediction {
  row: CalibrationRow;
  weights?: Comparison;
  kvCache?: Comparison;
  /** Tokens from the logged bytes of the cache. */
  tokens?: Comparison;
  concurrency?: Comparison;
  /** The ± that the plan states. */
  uncertaintyPercent?: number;
  /** The prediction and the logged value. */
  starts?: { predicted: boolean; logged: boolean };
}

const bytesPerGiB = 2 ** 30;

export function predict(row: CalibrationRow): Prediction {
  const { logged, exceptions } = row;
  const budget = row.gpu ? budgetOf(row) : undefined;
  const weights = budget?.weightsGiB ?? weightsOnly(row);
  const fromBytes = logged.kvCacheGiB !== undefined && logged.kvCacheGiB > 0 ? tokensFrom(row, logged.kvCacheGiB) : undefined;
  return {
    row,
    ...compared("weights", exceptions?.weights ? undefined : logged.weightsGiB, weights),
    ...compared("kvCache", exceptions?.kvCache ? undefined : logged.kvCacheGiB, budget?.kvCacheGiB),
    ...(budget && { uncertaintyPercent: budget.uncertaintyPercent }),
    ...compared("tokens", exceptions?.tokens ? undefined : logged.kvCacheTokens, fromBytes?.tokens),
    ...compared("concurrency", exceptions?.tokens ? undefined : logged.maxConcurrency, fromBytes?.concurrency),
    ...(logged.starts !== undefined && budget && { starts: { predicted: budget.starts, logged: logged.starts } }),
  };
}

function compared<Key extends string>(key: Key, logged: number | undefined, predicted: number | undefined) {
  if (logged === undefined || predicted === undefined) return {};
  return { [key]: { predicted, logged, errorPercent: (predicted / logged - 1) * 100 } } as Record<Key, Comparison>;
}

function layoutOf(row: CalibrationRow) {
  const gpus = row.tensorParallelSize * (row.pipelineParallelSize ?? 1);
  const node = instanceType("p5.48xlarge");
  const type = { ...node, gpu: { ...node.gpu!, ...row.gpu, count: gpus } };
  const shape = calibrationShape(row.model);
  const request = {
    tensorParallelSize: row.tensorParallelSize,
    pipelineParallelSize: row.pipelineParallelSize ?? 1,
    enableExpertParallel: false,
  };
  const { layout, problems } = resolveLayout(shape, type, request);
  if (!layout) throw new Error(`Row ${row.row}: ${problems.map(({ message }) => message).join("; ")}`);
  return { type, shape, layout };
}

function budgetOf(row: CalibrationRow) {
  const { type, shape, layout } = layoutOf(row);
  const { memory, problems } = resolveMemory(shape, type, layout, { ...row.settings, enableExpertParallel: false });
  const rank = memory?.ranks[0];
  if (!rank) return undefined;
  const { uncertaintyPercent } = memory;
  return {
    ...{ weightsGiB: rank.weightsGiB, kvCacheGiB: rank.kvCacheGiB },
    ...{ uncertaintyPercent, starts: !hasErrors(problems) },
  };
}

function weightsOnly(row: CalibrationRow): number {
  const { shape, layout } = layoutOf(row);
  const place = {
    tensorParallelSize: row.tensorParallelSize,
    enableExpertParallel: false,
    firstLayer: 0,
    layers: layout.layersPerStage[0]!,
  };
  return (rankWeightBytes(shape, place) + rotaryTableBytes(shape)) / bytesPerGiB;
}

function tokensFrom(row: CalibrationRow, kvCacheGiB: number): { tokens: number; concurrency: number } {
  const { type, shape, layout } = layoutOf(row);
  const { vllmVersion, maxModelLen = shape.maxPositionEmbeddings, maxNumBatchedTokens = 8192 } = row.settings;
  const request = cacheRequest(shape, type.gpu, layout, row.settings, maxNumBatchedTokens);
  const plain = cachePool(shape, request, 0, layout.layersPerStage[0]);
  // A draft model's layers are as large as the model's.
  const share = 1 + (row.draftLayers ?? 0) / shape.layers;
  const pool = { ...plain, bytesPerBlock: plain.bytesPerBlock * share };
  const blocks = blocksIn(pool, kvCacheGiB * bytesPerGiB);
  const concurrency = blocks / blocksOfRequest(pool, maxModelLen);
  const tokens = compareVersions(vllmVersion, "0.24") < 0 ? tokensAsPrintedBefore24(pool, blocks) : Math.floor(concurrency * maxModelLen);
  return { tokens, concurrency };
}

/** The "GPU KV cache size" that vLLM prints up to 0.23 if groups share the blocks. Later versions print concurrency × `max_model_len`. */
function tokensAsPrintedBefore24(pool: CachePool, blocks: number): number {
  return Math.floor(blocks / Math.max(1, pool.groups.length)) * pool.blockTokens * pool.contextRanks;
}
