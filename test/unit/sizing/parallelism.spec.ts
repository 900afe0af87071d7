import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceType, type InstanceTypeFacts } from "../../../catalog/instanceTypes";
import { findModel } from "../../../catalog/models";
import { documentShape, layersPerStage, resolveLayout } from "../../../sizing/layout/parallelism";
import type { ParallelRequest } from "../../../sizing/layout/parallelLayout";

// Proves the split against vLLM's published rules. Does not prove that a vLLM version supports pipeline parallelism for an architecture.
const distill = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"; // 40 heads, 8 key-value heads, 64 layers
const shapeOf = (id: string) => findModel(id)!.shape;
const plan = (id: string, type: string | InstanceTypeFacts, tp: number, pp: number, rest: Partial<ParallelRequest> = {}) =>
  resolveLayout(shapeOf(id), typeof type === "string" ? instanceType(type) : type, {
    tensorParallelSize: tp,
    pipelineParallelSize: pp,
    enableExpertParallel: false,
    ...rest,
  });
const codes = (result: ReturnType<typeof plan>) => result.problems.map(({ code, severity }) => `${severity} ${code}`);
const withoutEfa = { ...instanceType("g6.12xlarge"), efaInterfaces: 0 };

describe("parallel layout", () => {
  it("spreads TP 8 × PP 2 over two nodes of eight GPUs, and derives one replica from two nodes", () => {
    const { layout, problems } = plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 2 });
    assert.deepEqual(problems, []);
    assert.deepEqual(layout, {
      tensorParallelSize: 8,
      pipelineParallelSize: 2,
      gpusPerNode: 8,
      nodesPerGroup: 2,
      gpusPerGroup: 16,
      replicas: 1,
      nodeCount: 2,
      gpus: 16,
      idleGpus: 0,
      idleNodes: 0,
      layersPerStage: [32, 32],
    });
  });

  it("describes a layout for documents with the fabric of the instance type", () => {
    const { layout } = plan(distill, "p4d.24xlarge", 8, 2);
    const shape = documentShape(instanceType("p4d.24xlarge"), layout!);
    assert.equal(shape.efaInterfacesPerNode, 4);
    assert.equal(shape.efaGbpsPerNode, 400);
    assert.equal(documentShape(instanceType("cpu"), plan("Qwen/Qwen3-0.6B", "cpu", 1, 1).layout!).efaGbpsPerNode, 0);
  });

  it("gives the remainder of the layers to the stages before the last", () => {
    assert.deepEqual(layersPerStage(61, 2), [31, 30]);
    assert.deepEqual(layersPerStage(61, 4), [15, 15, 16, 15]);
    assert.deepEqual(layersPerStage(94, 4), [23, 24, 24, 23]);
    assert.deepEqual(layersPerStage(62, 5), [12, 12, 13, 13, 12]);
  });

  it("splits all layers, and stages differ by at most one layer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 64 }), (layers, stages) => {
        fc.pre(stages <= layers);
        const split = layersPerStage(layers, stages);
        assert.equal(split.length, stages);
        assert.equal(
          split.reduce((a, b) => a + b, 0),
          layers,
        );
        assert.ok(Math.max(...split) - Math.min(...split) <= 1);
      }),
    );
  });
});

describe("tensor parallel size against the model", () => {
  it("refuses TP 16 for 40 heads in vLLM's words and proposes TP 8 × PP 2", () => {
    const { layout, problems } = plan(distill, "p4d.24xlarge", 16, 1, { nodeCount: 2 });
    assert.equal(layout, undefined);
    const found = problems.find(({ code }) => code === "heads-not-divisible");
    assert.match(found!.message, /Total number of attention heads \(40\) must be divisible by tensor parallel size \(16\)\./);
    assert.deepEqual(found!.changes, [
      { path: "tensorParallelSize", value: 8 },
      { path: "pipelineParallelSize", value: 2 },
    ]);
  });

  it("refuses a size that neither divides the key-value heads nor is a multiple of them", () => {
    assert.ok(codes(plan(distill, "p4d.24xlarge", 5, 1)).includes("error kv-heads-not-divisible"));
  });

  it("asks for expert parallelism if sliced experts cut through fp8 blocks: 1536 / 8 = 192", () => {
    const { problems } = plan("Qwen/Qwen3-235B-A22B-FP8", "p5.48xlarge", 8, 1);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.code, "shard-not-divisible");
    assert.match(
      problems[0]!.message,
      /The output_size of gate's and up's weight = 192 is not divisible by weight quantization block_n = 128\./,
    );
    assert.deepEqual(problems[0]!.changes, [{ path: "engine.enableExpertParallel", value: true }]);
    assert.deepEqual(plan("Qwen/Qwen3-235B-A22B-FP8", "p5.48xlarge", 8, 1, { enableExpertParallel: true }).problems, []);
  });

  const blocks: [id: string, accepted: number[], refused: number[]][] = [
    ["Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", [1, 2, 4], [8]],
    ["MiniMaxAI/MiniMax-M2", [1, 2, 4], [8]],
    ["Qwen/Qwen3-30B-A3B-FP8", [1, 2], [4, 8]],
    ["deepseek-ai/DeepSeek-V3", [1, 2, 4, 8], []],
    ["Qwen/Qwen3-32B-FP8", [1, 2, 4, 8], []],
    ["RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", [1, 2, 4, 8], []],
  ];
  for (const [id, accepted, refused] of blocks) {
    it(`accepts ${id} at TP ${accepted.join(", ")}${refused.length > 0 ? ` and refuses TP ${refused.join(", ")}` : ""}`, () => {
      const isRefused = (tp: number) => codes(plan(id, "p5.48xlarge", tp, 1)).includes("error shard-not-divisible");
      assert.deepEqual([...accepted, ...refused].filter(isRefused), refused);
    });
  }

  it("refuses DeepSeek-V3 at TP 32, where a shard of 64 cuts a block", () => {
    assert.ok(codes(plan("deepseek-ai/DeepSeek-V3", "p5.48xlarge", 32, 1)).includes("error shard-not-divisible"));
  });

  it("refuses more pipeline stages than layers", () => {
    assert.deepEqual(codes(plan("Qwen/Qwen3-0.6B", "p5.4xlarge", 1, 29)), ["error more-stages-than-layers"]);
  });
});

describe("groups against nodes", () => {
  it("refuses a world size beyond one node that does not fill its nodes, and proposes one that does", () => {
    const { problems } = plan("Qwen/Qwen3-32B", "p4d.24xlarge", 4, 3);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["world-size-mismatch"],
    );
    assert.deepEqual(problems[0]!.changes, [
      { path: "tensorParallelSize", value: 8 },
      { path: "pipelineParallelSize", value: 2 },
    ]);
  });

  it("does not check where tensor parallelism runs until the world size fills whole nodes", () => {
    const found = plan("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "p4d.24xlarge", 20, 1);
    const asked = codes(found).filter((code) => !code.endsWith("-not-divisible"));
    assert.deepEqual(asked, ["error world-size-mismatch"]);
  });

  it("proposes a whole node if the requested GPUs do not divide the model: you pay for all of it", () => {
    const [refused] = plan("Qwen/Qwen3-32B", "p4d.24xlarge", 3, 1).problems;
    assert.deepEqual(refused?.changes, [{ path: "tensorParallelSize", value: 8 }]);
    assert.match(refused?.fix ?? "", /8 GPUs, tensor parallelism inside a node/);
  });

  it("warns with the slowdown when tensor parallelism leaves the node, and refuses it without EFA", () => {
    const warned = plan("Qwen/Qwen3-32B", "p5.48xlarge", 16, 1);
    assert.deepEqual(codes(warned), ["warning tensor-parallel-crosses-nodes"]);
    assert.match(warned.problems[0]!.message, /128 all-reduces .* 50 GB\/s a GPU instead of 450 GB\/s .* 9 times slower/);
    assert.deepEqual(codes(plan("Qwen/Qwen3-32B", withoutEfa, 8, 1)), ["error efa-missing"]);
    assert.deepEqual(codes(plan("Qwen/Qwen3-32B", withoutEfa, 4, 2)), ["warning efa-missing"]);
  });

  it("refuses fewer nodes than one group needs and says how many", () => {
    const { problems } = plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 1 });
    assert.deepEqual(
      problems.map(({ code, changes }) => [code, changes]),
      [["too-few-nodes", [{ path: "nodeCount", value: 2 }]]],
    );
  });

  it("refuses more groups than fit, because each could hold only some of its nodes", () => {
    const { problems } = plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 5, replicas: 3 });
    assert.deepEqual(
      problems.map(({ code, changes }) => [code, changes]),
      [["too-many-replicas", [{ path: "replicas", value: 2 }]]],
    );
  });

  it("prices nodes that no group uses", () => {
    const { layout, problems } = plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 5 });
    assert.deepEqual([layout!.replicas, layout!.idleNodes, layout!.idleGpus], [2, 1, 8]);
    assert.deepEqual(
      problems.map(({ code, severity }) => `${severity} ${code}`),
      ["warning idle-nodes"],
    );
    assert.match(problems[0]!.message, /\$21\.96 an hour/);
  });

  it("prices GPUs that a group takes without using them", () => {
    const { layout, problems } = plan("Qwen/Qwen3-32B", "p5.48xlarge", 2, 1, { nodeCount: 2, replicas: 2 });
    assert.equal(layout!.idleGpus, 12);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["idle-gpus"],
    );
    assert.match(problems[0]!.message, /12 GPUs are idle: \$82\.56 an hour/);
  });

  it("treats no nodes and no replicas as a pause, and no nodes with replicas as too few", () => {
    assert.deepEqual(codes(plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 0, replicas: 0 })), ["warning paused"]);
    assert.deepEqual(codes(plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 0 })), ["warning paused"]);
    assert.deepEqual(codes(plan(distill, "p4d.24xlarge", 8, 2, { nodeCount: 0, replicas: 1 })), ["error too-few-nodes"]);
  });

  it("runs one rank on a node without GPUs, and refuses tensor parallelism there", () => {
    assert.deepEqual(plan("Qwen/Qwen3-0.6B", "cpu", 1, 1).layout?.nodesPerGroup, 1);
    assert.deepEqual(codes(plan("Qwen/Qwen3-0.6B", "cpu", 2, 1)), ["error world-size-mismatch"]);
  });

  it("refuses sizes that are not counts, and types that the package does not support", () => {
    assert.deepEqual(codes(plan(distill, "p4d.24xlarge", 0, 1.5)), ["error out-of-range", "error out-of-range"]);
    assert.deepEqual(codes(plan(distill, "g7.48xlarge", 8, 1)), ["error instance-type-unsupported"]);
  });

  it("fixes every refused split with the changes it proposes", () => {
    const ids = [distill, "Qwen/Qwen3-235B-A22B-FP8", "deepseek-ai/DeepSeek-V3", "openai/gpt-oss-120b", "Qwen/Qwen2.5-72B-Instruct"];
    const sizes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.constantFrom("p4d.24xlarge", "g6.12xlarge", "p5.4xlarge"),
        sizes,
        sizes,
        (id, type, tp, pp) => {
          const refused = plan(id, type, tp, pp).problems.find(({ severity, changes }) => severity === "error" && changes.length > 0);
          fc.pre(refused !== undefined);
          const value = (path: string, otherwise: number) =>
            (refused.changes.find((change) => change.path === path)?.value as number | undefined) ?? otherwise;
          const enableExpertParallel = refused.changes.some(({ path }) => path === "engine.enableExpertParallel");
          const fixed = plan(id, type, value("tensorParallelSize", tp), value("pipelineParallelSize", pp), { enableExpertParallel });
          assert.ok(fixed.layout, JSON.stringify(fixed.problems));
        },
      ),
    );
  });
});
