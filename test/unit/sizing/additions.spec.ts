import assert from "node:assert/strict";
import { engineMemorySettings } from "../../../components/vllmLeaderWorkerSet/engineMemory";
import { findModel } from "../../../catalog/models";
import { instanceType } from "../../../catalog/instanceTypes";
import { resolveLayout } from "../../../sizing/layout/parallelism";
import { additionalBytes } from "../../../sizing/memory/additions";
import { resolveMemory } from "../../../sizing/memory/memory";
import { configShape } from "../../calibration/models";

// Proves what adapters and drafted tokens take of a GPU, by the shapes of vLLM's own layers. No start-up log with them is published.
const shapeOf = (id: string) => findModel(id)!.shape;
const whole = (layers: number, tensorParallelSize = 1) => ({ tensorParallelSize, enableExpertParallel: false, firstLayer: 0, layers });

describe("slots for LoRA adapters", () => {
  const qwen = shapeOf("Qwen/Qwen3-8B");
  const bytes = (maxLoras: number, maxLoraRank: number, tensorParallelSize = 1) =>
    additionalBytes(qwen, whole(36, tensorParallelSize), { lora: { maxLoras, maxLoraRank } });

  it("hold a pair of matrices for each linear layer, in sixteen bits, at the largest rank", () => {
    // 4096 → 4096 (q, o), 4096 → 1024 (k, v), 4096 → 12288 (gate, up), 12288 → 4096 (down).
    const pairs = 2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 12288);
    // The embedding and the output head, over 151,936 words.
    const ends = 2 * (151_936 + 4096);
    assert.equal(bytes(1, 16), 16 * (36 * pairs + ends) * 2);
    assert.equal(bytes(8, 256), 8 * 16 * bytes(1, 16));
  });

  it("are split as the layers are: what enters a column and leaves a row stays whole", () => {
    const pairs = 2 * (4096 + 1024) + 2 * (4096 + 256) + 3 * (4096 + 3072);
    assert.equal(bytes(1, 16, 4), 16 * (36 * pairs + 2 * (151_936 + 4096)) * 2);
  });
});

describe("drafting with the model's own prediction layer", () => {
  it("takes one more layer of weights and of cache on the last stage, and nothing on the others", () => {
    const shape = shapeOf("deepseek-ai/DeepSeek-R1");
    const first = additionalBytes(shape, whole(31, 8), { draftTokens: 1 });
    const last = additionalBytes(shape, { ...whole(30, 8), firstLayer: 31 }, { draftTokens: 1 });
    assert.equal(first, 0);
    // A layer of DeepSeek-R1 with its experts is 11.5 GB; eight ranks hold it, and each the whole projection, but no second output head.
    assert.equal((last / 2 ** 30).toFixed(3), "1.547");
    const nine = configShape("Qwen/Qwen3.5-9B");
    assert.equal((additionalBytes(nine, whole(nine.layers), { draftTokens: 1 }) / 2 ** 30).toFixed(2), "0.45");
  });
});

describe("arguments that add to the memory", () => {
  const shape = shapeOf("Qwen/Qwen3-8B");
  const settings = (...extraArguments: string[]) =>
    engineMemorySettings({ engine: { extraArguments }, vllmVersion: "0.27.1", modelArguments: [] } as never);
  const tokens = (...extraArguments: string[]) => {
    const type = instanceType("p5.4xlarge");
    const split = { tensorParallelSize: 1, pipelineParallelSize: 1, enableExpertParallel: false };
    const { layout } = resolveLayout(shape, type, split);
    return resolveMemory(shape, type, layout!, settings(...extraArguments)).memory!.kvCacheTokens;
  };

  it("leave less cache", () => {
    assert.ok(tokens("--enable-lora", "--max-loras=8", "--max-lora-rank=256") < tokens("--enable-lora"));
    assert.ok(tokens("--enable-lora") < tokens());
    assert.ok(tokens('--speculative-config={"method":"mtp","num_speculative_tokens":2}') < tokens());
  });

  it("set the cache itself, or take from it", () => {
    assert.equal(settings("--kv-cache-memory-bytes=25G").kvCacheMemoryGiB, 25);
    assert.equal(settings("--kv-cache-memory-bytes=1073741824").kvCacheMemoryGiB, 1);
    assert.equal(tokens("--kv-cache-memory-bytes=9G"), 65_536); // 147,456 bytes a token
    assert.equal(settings("--mm-ipc-gpu-memory-gb=2").mediaMemoryGiB, 2);
    assert.equal(settings("--no-enable-prefix-caching").prefixCaching, false);
  });

  it("are read in each spelling; an n-gram draft takes no memory", () => {
    assert.deepEqual(settings("--enable-lora", "--max-lora-rank=64").lora, { maxLoras: 1, maxLoraRank: 64 });
    assert.equal(settings('--speculative-config={"method":"deepseek_mtp"}').draftTokens, 1);
    assert.equal(settings("--speculative-config.method=mtp", "--speculative-config.num_speculative_tokens=3").draftTokens, 3);
    assert.equal(settings('--speculative-config={"method":"ngram","num_speculative_tokens":4}').draftTokens, undefined);
    assert.equal(settings("--max-loras=8").lora, undefined);
  });
});
