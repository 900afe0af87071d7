import assert from "node:assert/strict";
import { findModel } from "../../../catalog/models";
import type { ModelShape } from "../../../catalog/modelShape";
import { attentionBytesPerToken } from "../../../sizing/memory/cacheDtype";
import { blocksOfRequest, cachePool, longestRequest, stateBytes, type CacheRequest } from "../../../sizing/memory/kvCache";
import { maxInFlightTokens } from "../../../sizing/memory/engineDefaults";
import { configShape } from "../../calibration/models";

// Proves the division of the cache into blocks and groups, as vLLM's start-up logs show it (test/calibration).
// Says nothing about the blocks that prefix caching keeps of finished requests.
const request = (changes: Partial<CacheRequest> = {}): CacheRequest => ({
  tensorParallelSize: 1,
  decodeContextParallelSize: 1,
  maxInFlightTokens: 8192,
  vllmVersion: "0.27.1",
  computeCapability: 9,
  ...changes,
});
const shapeOf = (id: string) => findModel(id)!.shape;
const groupsOf = (shape: ModelShape) => cachePool(shape, request()).groups.map(({ kind }) => kind);

describe("blocks of the KV cache", () => {
  it("hold 16 tokens of every layer if all layers have full attention", () => {
    const pool = cachePool(shapeOf("Qwen/Qwen3-32B"), request());
    assert.deepEqual([pool.blockTokens, pool.bytesPerBlock, pool.groups], [16, 16 * 262_144, [{ kind: "full" }]]);
    assert.deepEqual(
      [1, 16, 17, 16_000].map((tokens) => blocksOfRequest(pool, tokens)),
      [1, 1, 2, 1000],
    );
  });

  it("belong to groups as large as the rarest kind of layer", () => {
    assert.deepEqual(groupsOf(shapeOf("openai/gpt-oss-120b")), ["full", "window"]); // 18 and 18
    assert.deepEqual(groupsOf(shapeOf("google/gemma-3-27b-it")), ["full", ...Array<string>(6).fill("window")]); // 10 and 52
    assert.deepEqual(groupsOf(shapeOf("meta-llama/Llama-4-Scout-17B-16E-Instruct")), ["full", "window", "window", "window"]); // 12 and 36
    assert.deepEqual(groupsOf(configShape("mistralai/Mistral-7B-v0.1")), ["window"]);
  });

  it("follow the most frequent kind of layer if the counts are close", () => {
    const shape: ModelShape = { ...shapeOf("openai/gpt-oss-120b"), layers: 12, attention: { kind: "sliding", window: 128, fullLayers: 7 } };
    const pool = cachePool(shape, request());
    assert.equal(pool.groups.length, 2);
    assert.equal(pool.bytesPerBlock, 16 * 7 * 2048);
  });

  it("stop growing with the context for a window: 127 tokens, the 8,192 of a step, and one block", () => {
    const pool = cachePool(shapeOf("openai/gpt-oss-120b"), request());
    const [short, long] = [blocksOfRequest(pool, 4096), blocksOfRequest(pool, 131_072)];
    assert.equal(short, 256 + 257);
    assert.equal(long, 8192 + Math.ceil(8319 / 16) + 1);
  });

  it("stop growing with the context for a chunk: the 8,192 of the chunk and the 8,192 of a step", () => {
    const pool = cachePool(shapeOf("meta-llama/Llama-4-Scout-17B-16E-Instruct"), request());
    assert.equal(blocksOfRequest(pool, 131_072), 8192 + 3 * 1024);
  });

  it("grow until they hold a state: 544 tokens for Qwen3-Next at TP 2, 528 for Qwen3.5-9B at any TP", () => {
    const next = configShape("Qwen/Qwen3-Next-80B-A3B-Thinking");
    assert.equal(cachePool(next, request({ tensorParallelSize: 2 })).blockTokens, 544);
    const nine = configShape("Qwen/Qwen3.5-9B");
    assert.deepEqual(
      [1, 2].map((tensorParallelSize) => cachePool(nine, request({ tensorParallelSize })).blockTokens),
      [528, 528],
    );
    assert.equal(stateBytes(nine, 2), 16 * 128 * 128 * 4 + (8192 / 2) * 3 * 2);
  });

  it("number one for each group of states in a request of any length, and more with prefix caching and drafts", () => {
    const blocks = (id: string, changes: Partial<CacheRequest> = {}) => cachePool(configShape(id), request(changes)).stateBlocks;
    const [nine, nano] = ["Qwen/Qwen3.5-9B", "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"];
    assert.equal(blocksOfRequest(cachePool(configShape(nine), request()), 4096), Math.ceil(4096 / 528) + 3);
    assert.deepEqual([blocks(nine), blocks(nine, { vllmVersion: "0.28.0" }), blocks(nine, { vllmVersion: "0.32.0" })], [1, 2, 2]);
    assert.deepEqual([blocks(nano, { vllmVersion: "0.28.0" }), blocks(nano, { vllmVersion: "0.32.0" })], [2, 3]);
    assert.deepEqual([blocks(nano, { vllmVersion: "0.32.0", prefixCaching: false }), blocks(nine, { draftTokens: 2 })], [1, 3]);
  });

  it("hold a pipeline stage's share of every group", () => {
    const shape = shapeOf("openai/gpt-oss-120b");
    assert.equal(cachePool(shape, request(), 0, 18).bytesPerBlock, cachePool(shape, request()).bytesPerBlock / 2);
  });

  it("hold more tokens if ranks share a request's context", () => {
    const pool = cachePool(shapeOf("deepseek-ai/DeepSeek-V3"), request({ tensorParallelSize: 8, decodeContextParallelSize: 4 }));
    assert.equal(blocksOfRequest(pool, 6400), 100);
  });

  it("are enough for the longest request found, but not for one more token", () => {
    for (const id of ["Qwen/Qwen3-32B", "openai/gpt-oss-20b", "google/gemma-3-27b-it"]) {
      const pool = cachePool(shapeOf(id), request());
      const longest = longestRequest(pool, 1000, 131_072);
      assert.ok(blocksOfRequest(pool, longest) <= 1000 && (longest === 131_072 || blocksOfRequest(pool, longest + 1) > 1000), id);
    }
    assert.equal(longestRequest(cachePool(shapeOf("Qwen/Qwen3-32B"), request()), 0, 100), 0);
  });
});

describe("bytes of a token in a layer", () => {
  it("are nine sixteenths of a byte per number in nvfp4, and one byte in fp8 and int8", () => {
    const shape = shapeOf("Qwen/Qwen3-32B");
    const at = (kvCacheDtype: string) => attentionBytesPerToken(shape, request({ kvCacheDtype }));
    assert.deepEqual([at("auto"), at("fp8"), at("int8_per_token_head"), at("nvfp4")], [4096, 2048, 2048, 1152]);
  });

  // Pages of vLLM's own classes, 0.32.0: 73,728 + 8,448 bytes for 64 tokens on capability 9.0, 36,864 + 8,448 with fp8 on 10.0.
  it("include the index of sparse attention, whose latent vector has sixteen bits unless fp8 is requested", () => {
    const shape = configShape("deepseek-ai/DeepSeek-V3.2");
    const at = (changes: Partial<CacheRequest>) => attentionBytesPerToken(shape, request(changes));
    assert.deepEqual([at({}), at({ kvCacheDtype: "bfloat16" }), at({ computeCapability: 10 })], [1284, 1284, 1284]);
    assert.deepEqual([at({ kvCacheDtype: "fp8" }), at({ kvCacheDtype: "fp8", computeCapability: 10.3 })], [656 + 132, 708]);
    assert.equal(61 * at({ vllmVersion: "0.16.0" }), 78_324);
  });

  it("are fp8 for GLM-5 by default on data-center Blackwell since 0.32, and only there", () => {
    const shape = configShape("zai-org/GLM-5-FP8");
    const at = (vllmVersion: string, computeCapability: number) =>
      shape.layers * attentionBytesPerToken(shape, request({ vllmVersion, computeCapability }));
    assert.deepEqual([at("0.32.0", 10), at("0.32.0", 9), at("0.31.0", 10)], [55_224, 100_152, 100_152]);
  });
});

describe("tokens in flight", () => {
  const gemma = configShape("google/gemma-3-27b-it-text");

  it("keep the blocks of a window for every batch that overlaps, since 0.26", () => {
    const held = (vllmVersion: string, pipelineParallelSize = 1) =>
      maxInFlightTokens(gemma, { pipelineParallelSize, maxNumBatchedTokens: 8192, vllmVersion });
    assert.deepEqual([held("0.25.1"), held("0.26.0"), held("0.33.0", 2)], [8192, 16_384, 24_576]);
  });

  // vLLM's own classes, 0.32.0: 257 blocks for each window group of Gemma-3-27B, 1,798 in all: a window saves nothing at 4,096 tokens.
  it("make a window of 1,024 tokens hold a request of 4,096 tokens whole", () => {
    const pool = cachePool(gemma, request({ maxInFlightTokens: 16_384 }));
    assert.equal(blocksOfRequest(pool, 4096), 256 + 6 * 257);
  });
});
