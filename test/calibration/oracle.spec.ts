import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { instanceType } from "../../catalog/instanceTypes";
import { resolveLayout } from "../../sizing/layout/parallelism";
import { attentionBytesPerToken } from "../../sizing/memory/cacheDtype";
import { cachePool, cacheRequest } from "../../sizing/memory/kvCache";
import { rankWeightBytes } from "../../sizing/model/parameters";
import { calibrationShape } from "./models";

// Compares weights and cache with what vLLM's own classes make of the same config.json. Says nothing about what kernels add after loading.
interface Row {
  model: string;
  capability: number;
  kvCacheDtype?: string;
  tp: number;
  pp?: number;
  stage?: number;
  weightBytes: number;
  /** Vision tower of one rank, which the plan does not count. */
  visionGiB?: number;
  /** Why the weights are not compared. */
  weightsDiffer?: string;
  bytesPerBlock?: number;
  bytesPerToken?: number;
}
const oracle = JSON.parse(fs.readFileSync(path.join(__dirname, "../data/oracle.json"), "utf8")) as { vllm: string; rows: Row[] };

describe(`weights and cache as vLLM ${oracle.vllm} computes them`, () => {
  for (const row of oracle.rows) {
    const { model, capability, kvCacheDtype, tp, pp = 1, stage = 0 } = row;
    it(`${model}, TP ${tp} × PP ${pp}, stage ${stage}, capability ${capability}${kvCacheDtype ? `, ${kvCacheDtype}` : ""}`, () => {
      const shape = calibrationShape(model);
      const node = instanceType("p5.48xlarge");
      const gpu = { ...node.gpu!, computeCapability: capability, count: tp * pp };
      const { layout } = resolveLayout(
        shape,
        { ...node, gpu },
        { tensorParallelSize: tp, pipelineParallelSize: pp, enableExpertParallel: false },
      );
      const layers = layout!.layersPerStage[stage]!;
      const firstLayer = layout!.layersPerStage.slice(0, stage).reduce((sum, count) => sum + count, 0);
      const bytes = rankWeightBytes(shape, { tensorParallelSize: tp, enableExpertParallel: false, firstLayer, layers });
      const expected = row.weightBytes - (row.visionGiB ?? 0) * 2 ** 30;
      const tolerance = shape.weights.quantization ? 0.005 : 0.001;
      const share = bytes / expected - 1;
      if (!row.weightsDiffer) assert.ok(Math.abs(share) <= tolerance, `weights: ${bytes} is ${(share * 100).toFixed(3)} % off ${expected}`);
      const settings = { vllmVersion: oracle.vllm, ...(kvCacheDtype !== undefined && { kvCacheDtype }) };
      const request = cacheRequest(shape, gpu, { tensorParallelSize: tp, pipelineParallelSize: pp }, settings, 8192);
      if (row.bytesPerToken) assert.equal(shape.layers * attentionBytesPerToken(shape, request), row.bytesPerToken);
      if (row.bytesPerBlock) assert.equal(cachePool(shape, request, firstLayer, layers).bytesPerBlock, row.bytesPerBlock);
    });
  }
});
