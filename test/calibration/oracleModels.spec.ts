import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { instanceType } from "../../catalog/instanceTypes";
import { layersPerStage } from "../../sizing/layout/parallelism";
import { cachePool, cacheRequest } from "../../sizing/memory/kvCache";
import { towerBytes } from "../../sizing/memory/towerMemory";
import { rankWeightBytes } from "../../sizing/model/parameters";
import { configShape } from "./models";

// Compares weights and cache of models of late 2026 with what vLLM's own classes make of the same config.json.
// Does not say what kernels add after loading.
interface Row {
  model: string;
  capability: number;
  tp: number;
  pp?: number;
  stage?: number;
  weightBytes: number;
  visionBytes?: number;
  bytesPerBlock: number;
  blockTokens: number;
  /** Why the weights are only bounded from above. */
  weightsDiffer?: string;
  /** Why the cache is compared by its bytes for a token. */
  blocksDiffer?: string;
}
const file = path.join(__dirname, "../data/oracle-models.json");
const oracle = JSON.parse(fs.readFileSync(file, "utf8")) as { vllm: string; rows: Row[] };

describe(`models of late 2026, as vLLM ${oracle.vllm} computes them`, () => {
  for (const { model, capability, tp, pp = 1, stage = 0, ...row } of oracle.rows) {
    it(`${model}, TP ${tp} × PP ${pp}, stage ${stage}, capability ${capability}`, () => {
      const shape = configShape(model);
      const stages = layersPerStage(shape.layers, pp);
      const firstLayer = stages.slice(0, stage).reduce((sum, count) => sum + count, 0);
      const layers = stages[stage]!;
      const bytes = rankWeightBytes(shape, { tensorParallelSize: tp, enableExpertParallel: false, firstLayer, layers });
      const expected = row.weightBytes - (row.visionBytes ?? 0);
      const share = bytes / expected - 1;
      const tolerance = shape.weights.quantization ? 0.005 : 0.001;
      assert.ok(
        row.weightsDiffer ? share > 0 && share < 0.2 : Math.abs(share) <= tolerance,
        `weights: ${bytes} is ${(share * 100).toFixed(3)} % off ${expected}`,
      );
      if (shape.towers)
        assert.equal(towerBytes(shape, { tensorParallelSize: tp, firstLayer }, { vllmVersion: oracle.vllm }), row.visionBytes);
      const gpu = { ...instanceType("p5.48xlarge").gpu!, computeCapability: capability };
      const layout = { tensorParallelSize: tp, pipelineParallelSize: pp };
      const pool = cachePool(shape, cacheRequest(shape, gpu, layout, { vllmVersion: oracle.vllm }, 8192), firstLayer, layers);
      if (row.blocksDiffer) assert.equal(pool.bytesPerBlock / pool.blockTokens, row.bytesPerBlock / row.blockTokens);
      else assert.deepEqual([pool.bytesPerBlock, pool.blockTokens], [row.bytesPerBlock, row.blockTokens]);
    });
  }
});
