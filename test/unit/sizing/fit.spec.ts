import assert from "node:assert/strict";
import { instanceType } from "../../../catalog/instanceTypes";
import { cheaperAlternative, fitCandidates } from "../../../sizing/fit";
import type { EngineMemorySettings } from "../../../sizing/memory/memory";
import { resolveModel } from "../../../sizing/model/modelConfig";
import { resolveLayout } from "../../../sizing/layout/parallelism";
import { hasErrors } from "../../../sizing/problem";

// Proves the ranking by list prices of us-east-1. Speed is not ranked, so the cheapest shape that fits may be too slow for you.
const settings: EngineMemorySettings = { vllmVersion: "0.27.1", enableExpertParallel: false };
const resolved = (model: string) => resolveModel({ model }).model!;
const fit = (model: string, rest: Partial<EngineMemorySettings> = {}) => fitCandidates(resolved(model), { ...settings, ...rest });

describe("shapes that fit a model", () => {
  for (const model of ["Qwen/Qwen3-8B", "Qwen/Qwen3-32B", "Qwen/Qwen3-235B-A22B-FP8", "deepseek-ai/DeepSeek-V3"]) {
    it(`ranks them cheapest first for ${model}, then only cheaper types that fail, each with an error`, () => {
      const candidates = fit(model, { maxModelLen: 16_384 });
      const fitting = candidates.filter(({ verdict }) => verdict === "deployable");
      const failing = candidates.slice(fitting.length);
      assert.ok(fitting.length > 0);
      const prices = fitting.map(({ hourlyUsd }) => hourlyUsd ?? Infinity);
      assert.deepEqual(
        prices,
        prices.toSorted((a, b) => a - b),
      );
      assert.ok(fitting.every(({ problems, memory }) => !hasErrors(problems) && memory!.maxConcurrency >= 1));
      assert.ok(failing.every(({ verdict, problems }) => verdict === "refused" && hasErrors(problems)));
      assert.ok(failing.every(({ hourlyUsd }) => hourlyUsd! < prices[0]!));
      assert.equal(new Set(fitting.map(({ shape }) => shape.instanceType)).size, fitting.length);
      assert.equal(new Set(failing.map(({ shape }) => shape.instanceType)).size, failing.length);
    });
  }

  it("ranks the shapes that hold DeepSeek-R1, and says how much memory two p4d lack", () => {
    const candidates = fit("deepseek-ai/DeepSeek-R1");
    const named = candidates.map(({ shape, verdict }) => `${verdict} ${shape.nodeCount} × ${shape.instanceType}`);
    const expected = ["1 × p5en.48xlarge", "2 × p5.48xlarge", "1 × p6-b200.48xlarge", "1 × p6-b300.48xlarge", "1 × p5e.48xlarge"];
    assert.deepEqual(
      named.filter((each) => expected.some((type) => each === `deployable ${type}`)),
      expected.map((type) => `deployable ${type}`),
    );
    const p4d = candidates.find(({ shape, verdict }) => verdict === "refused" && shape.instanceType === "p4d.24xlarge")!;
    assert.equal(p4d.shape.nodeCount, 2);
    assert.deepEqual(
      p4d.problems.map(({ code }) => code).filter((code) => code !== "dtype-unsupported-by-gpu"),
      ["model-does-not-fit"],
    );
    // 0.92 × 39.49 − 40.8 weights − 1.3 activation − 2.2 libraries − 2.2 graphs.
    assert.ok(Math.abs(p4d.missingGiBPerGpu! - 9.5) < 0.3, `${p4d.missingGiBPerGpu}`);
  });

  it("gives the price of tokens held and a throughput bound for each shape that fits and has a price", () => {
    for (const { verdict, hourlyUsd, throughput, missingGiBPerGpu } of fit("Qwen/Qwen3-32B")) {
      if (verdict === "refused") assert.equal(throughput, undefined);
      else assert.ok(throughput!.fullTokensPerSecond > 0 && missingGiBPerGpu === undefined && (hourlyUsd ?? 1) > 0);
    }
  });

  it("finds the cheapest node with a GPU for a small model", () => {
    const [first] = fit("Qwen/Qwen3-0.6B", { maxModelLen: 4096 });
    assert.deepEqual([first!.shape.instanceType, first!.shape.gpus, first!.hourlyUsd], ["g6.8xlarge", 1, 2.0144]);
  });

  it("puts types that are sold only as capacity blocks last, without a price", () => {
    const fitting = fit("deepseek-ai/DeepSeek-V3", { maxModelLen: 16_384 }).filter(({ verdict }) => verdict === "deployable");
    assert.equal(fitting.at(-1)!.shape.instanceType, "p5e.48xlarge");
    assert.equal(fitting.at(-1)!.hourlyUsd, undefined);
  });

  it("serves DeepSeek-V3 from one H200 node and two H100 nodes", () => {
    const nodes = Object.fromEntries(
      fit("deepseek-ai/DeepSeek-V3", { maxModelLen: 16_384 }).map(({ shape }) => [shape.instanceType, shape.nodeCount]),
    );
    assert.equal(nodes["p5en.48xlarge"], 1);
    assert.equal(nodes["p5.48xlarge"], 2);
  });

  it("turns on expert parallelism if slices would cut fp8 blocks", () => {
    const candidate = fit("Qwen/Qwen3-235B-A22B-FP8").find(({ shape }) => shape.instanceType === "p5.48xlarge");
    assert.equal(candidate!.verdict, "deployable");
    assert.deepEqual([candidate!.shape.tensorParallelSize, candidate!.enableExpertParallel], [8, true]);
  });

  it("runs a model with 14 heads, which no full node divides, on part of a node, and says what is idle", () => {
    const { shape } = resolved("Qwen/Qwen3-0.6B");
    const model = { shape: { ...shape, attentionHeads: 14, kvHeads: 2 }, source: "config" as const };
    const p5 = fitCandidates(model, { ...settings, maxModelLen: 4096 }).find((candidate) => candidate.shape.instanceType === "p5.48xlarge");
    assert.deepEqual([p5!.verdict, p5!.shape.tensorParallelSize, p5!.shape.idleGpus], ["deployable", 2, 6]);
    assert.deepEqual(
      p5!.problems.map(({ code }) => code),
      ["idle-gpus"],
    );
  });

  it("does not propose refused types or types without GPUs", () => {
    const names = fit("Qwen/Qwen3-8B").map(({ shape }) => shape.instanceType);
    assert.deepEqual(
      names.filter((name) => name === "cpu" || name.startsWith("g7.") || name.startsWith("p6e")),
      [],
    );
  });
});

describe("a smaller group that serves the same request", () => {
  const alternative = (
    model: string,
    type: string,
    tp: number,
    pp: number,
    rest: Partial<EngineMemorySettings> = {},
    nodeCount?: number,
  ) => {
    const { shape } = resolved(model);
    const request = { tensorParallelSize: tp, pipelineParallelSize: pp, enableExpertParallel: false, ...(nodeCount && { nodeCount }) };
    const { layout } = resolveLayout(shape, instanceType(type), request);
    return cheaperAlternative(shape, instanceType(type), layout!, { ...settings, ...rest });
  };

  it("says that one p4d holds the distilled 32B model when two are requested, and what the second costs", () => {
    const found = alternative("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "p4d.24xlarge", 8, 2, {
      gpuMemoryUtilization: 0.85,
      maxModelLen: 4096,
    });
    assert.deepEqual([found!.layout.tensorParallelSize, found!.layout.pipelineParallelSize, found!.layout.nodesPerGroup], [8, 1, 1]);
    assert.equal(found!.nodesSaved, 1);
    assert.equal(found!.usdSavedPerHour, 21.957642);
    assert.ok(found!.memory.maxConcurrency > 100);
  });

  it("adds up the savings of all replicas", () => {
    const found = alternative("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "p4d.24xlarge", 8, 2, {}, 4);
    assert.deepEqual([found!.layout.replicas, found!.layout.nodeCount, found!.nodesSaved], [2, 2, 2]);
  });

  it("does not promise a smaller group whose context fits only at the middle of the estimate", () => {
    const model = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B";
    const at = (maxModelLen: number) => alternative(model, "p4d.24xlarge", 8, 2, { gpuMemoryUtilization: 0.3, maxModelLen });
    const { longestContext, longestSafeContext } = at(4096)!.memory;
    assert.ok(longestSafeContext < longestContext && longestContext < 131_072);
    assert.equal(at(longestSafeContext)!.layout.tensorParallelSize, 8);
    assert.notEqual(at(longestContext)?.layout.tensorParallelSize, 8);
  });

  it("proposes nothing if one node is too small or already chosen", () => {
    assert.equal(alternative("deepseek-ai/DeepSeek-V3", "p5.48xlarge", 8, 2, { maxModelLen: 16_384 }), undefined);
    assert.equal(alternative("Qwen/Qwen3-32B", "p4d.24xlarge", 8, 1), undefined);
  });
});
