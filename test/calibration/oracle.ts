/** What vLLM's own classes say (test/data/oracle.json, written by `npm run oracle`), and what the package computes for the same splits. */
import fs from "node:fs";
import path from "node:path";
import { instanceType } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { resolveLayout } from "../../sizing/layout/parallelism";
import { layerBytesPerToken } from "../../sizing/memory/cacheDtype";
import { maxInFlightTokens, usesSecondRunner } from "../../sizing/memory/engineDefaults";
import { blocksIn, blocksOfRequest, cachePool, cacheRequest } from "../../sizing/memory/kvCache";
import { layersOf } from "../../sizing/model/layers";
import { towerBytes, towerProblems } from "../../sizing/memory/towerMemory";
import { rankWeightBytes } from "../../sizing/model/parameters";
import { configShape } from "./models";

export interface OracleRow {
  model: string;
  tp: number;
  pp: number;
  /** Compute capability of the pretended GPU. */
  capability: number;
  /** Arguments of the engine, besides those of every row. */
  arguments?: { kv_cache_dtype?: string; mm_encoder_tp_mode?: string; language_model_only?: boolean };
  /** One rank of every stage. */
  stages: OracleStage[];
  cacheDtype: string;
  runner: 1 | 2;
  inFlightTokens: number;
  blocks: number;
  /** Groups of layers that share the blocks. */
  groups: number;
  /** Requests of `maxModelLen` tokens that the blocks hold. */
  concurrency: number;
}

interface OracleStage {
  weightBytes: number;
  /** Of them, towers and projectors. */
  towerBytes?: number;
  pages: { kind: string; window?: number; tokens: number; bytes: number; layers: number }[];
}

interface Oracle {
  vllm: string;
  asOf: string;
  cacheGiB: number;
  maxModelLen: number;
  maxNumBatchedTokens: number;
  rows: OracleRow[];
  withoutAnswer: (Pick<OracleRow, "model" | "tp" | "pp" | "capability" | "arguments"> & { error: string })[];
}

export const oracle = JSON.parse(fs.readFileSync(path.join(__dirname, "../data/oracle.json"), "utf8")) as Oracle;

export type OracleSplit = Pick<OracleRow, "model" | "tp" | "pp" | "capability" | "arguments">;

export const nameOf = ({ model, tp, pp, capability, arguments: given }: OracleSplit) =>
  `${model}, TP ${tp} × PP ${pp}, capability ${capability}${given ? `, ${JSON.stringify(given)}` : ""}`;

/** Whether vLLM refuses the split, and not only the oracle has no answer. An assertion without words is about KV heads. */
export const isRefusal = (error: string) => /divisible|not aligned|AssertionError:$/.test(error);

/** In the order in which each key first occurs. */
export function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The split as the package divides it; undefined if it refuses. */
export function layoutOf(shape: ModelShape, split: OracleSplit) {
  const { tp, pp, capability } = split;
  const node = instanceType("p5.48xlarge");
  const gpu = { ...node.gpu!, computeCapability: capability, count: tp * pp };
  const request = { tensorParallelSize: tp, pipelineParallelSize: pp, enableExpertParallel: false };
  const { layout } = resolveLayout(shape, { ...node, gpu }, request);
  const isDivisible = towerProblems(shape, request, settingsOf(split)).length === 0;
  return { gpu, layout: isDivisible ? layout : undefined };
}

/** The row's arguments as settings of the package. */
const settingsOf = ({ arguments: given = {} }: OracleSplit) => ({
  vllmVersion: oracle.vllm,
  ...(given.kv_cache_dtype !== undefined && { kvCacheDtype: given.kv_cache_dtype }),
  ...(given.mm_encoder_tp_mode === "data" && { wholeTowers: true }),
  ...(given.language_model_only && { languageModelOnly: true }),
});

/** The package's answer in the form of the oracle's. */
export function computed(row: OracleRow): Omit<OracleRow, "cacheDtype"> | undefined {
  const { tp, pp } = row;
  const shape = configShape(row.model);
  const { gpu, layout } = layoutOf(shape, row);
  if (!layout) return undefined;
  const { maxNumBatchedTokens, vllm: vllmVersion, maxModelLen, cacheGiB } = oracle;
  const settings = settingsOf(row);
  const split = { tensorParallelSize: tp, pipelineParallelSize: pp };
  const request = cacheRequest(shape, gpu, split, settings, maxNumBatchedTokens);
  let firstLayer = 0;
  const stages = layout.layersPerStage.map((layers) => {
    const place = { tensorParallelSize: tp, enableExpertParallel: false, firstLayer, layers };
    const towers = towerBytes(shape, place, settings);
    const pool = cachePool(shape, request, firstLayer, layers);
    firstLayer += layers;
    return { weightBytes: rankWeightBytes(shape, place) + towers, ...(towers > 0 && { towerBytes: towers }), pages: [], pool };
  });
  const { pool } = stages[0]!;
  const blocks = Math.min(...stages.map((stage) => blocksIn(stage.pool, cacheGiB * 2 ** 30)));
  // Sparse attention has blocks of 64 tokens, which the package counts as four of 16.
  const blockTokens = row.stages[0]!.pages.find(({ kind }) => kind !== "Mamba")?.tokens ?? pool.blockTokens;
  const inTheirBlocks = (count: number) => (count * pool.blockTokens) / blockTokens;
  const theirBlocks = Math.floor(inTheirBlocks(blocks));
  return {
    ...row,
    stages,
    runner: usesSecondRunner(shape, vllmVersion) ? 2 : 1,
    inFlightTokens: maxInFlightTokens(shape, { pipelineParallelSize: pp, maxNumBatchedTokens, vllmVersion }),
    blocks: theirBlocks,
    groups: pool.groups.length,
    concurrency: theirBlocks / Math.ceil(inTheirBlocks(blocksOfRequest(pool, maxModelLen))),
  };
}

/** Bytes of one token in all attention layers of a stage, as the package computes them and as the pages of the oracle say. */
export function tokenBytes(row: OracleRow): { computed: number; oracle: number } {
  const shape = configShape(row.model);
  const { gpu } = layoutOf(shape, row);
  const request = cacheRequest(shape, gpu, { tensorParallelSize: row.tp, pipelineParallelSize: row.pp }, settingsOf(row), 1);
  const attention = row.stages.flatMap(({ pages }) => pages.filter(({ kind }) => kind !== "Mamba"));
  const layers = layersOf(shape).filter(({ mixer }) => mixer === "full" || mixer === "window");
  return {
    computed: layers.reduce((sum, layer) => sum + layerBytesPerToken(shape, request, layer), 0),
    oracle: attention.reduce((sum, { bytes, tokens, layers: count }) => sum + (bytes / tokens) * count, 0),
  };
}
