import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceTypes } from "../../../catalog/instanceTypes";
import { ConfigurationError } from "../../../components/problems";
import { podResources } from "../../../components/vllmLeaderWorkerSet/podResources";
import { tryResolveServing, resolveServing } from "../../../components/vllmLeaderWorkerSet/resolveServing";
import type { VllmLeaderWorkerSetOptions } from "../../../components/vllmLeaderWorkerSet/servingProblems";
import { local, oneNode, twoNodes } from "./servingSamples";

// Proves what is refused before anything is created. Other specs prove the arithmetic of layout and memory.
const refused = (changes: Partial<VllmLeaderWorkerSetOptions>, base: VllmLeaderWorkerSetOptions = twoNodes, name = "vllm") =>
  tryResolveServing(name, { ...base, ...changes })
    .problems.filter(({ severity }) => severity === "error")
    .map(({ code, path }) => `${code} ${path}`);

describe("arguments of a serving set", () => {
  for (const [what, args] of Object.entries({ twoNodes, oneNode, local })) {
    it(`are accepted as in the examples (${what})`, () => assert.deepEqual(refused({}, args), []));
  }

  it("are refused all at once, each with code and path, before anything is created", () => {
    const wrong = {
      ...{ instanceType: "p4d.24xlarg", availabilityZone: "us-west-2", loadBalancerCidrs: ["10.0.0.0/24", "10.0.0.1/24"] },
      ...{ model: "deepseek-ai/DeepSeek-R1-Distil-Qwen-32B", readMBps: 0, drainSeconds: -1 },
      engine: { gpuMemoryUtilization: 1.2, maxNumSeqs: 0 },
    };
    assert.deepEqual(refused(wrong).sort(), [
      "availability-zone-invalid availabilityZone",
      "cidr-invalid loadBalancerCidrs[1]",
      "instance-type-unknown instanceType",
      "model-unknown model",
      "out-of-range drainSeconds",
      "out-of-range engine.gpuMemoryUtilization",
      "out-of-range engine.maxNumSeqs",
      "out-of-range readMBps",
    ]);
  });

  it("reach the user as one error with every path below args", () => {
    assert.throws(
      () => resolveServing("vllm", { ...twoNodes, tensorParallelSize: 16, pipelineParallelSize: 1, loadBalancerCidrs: ["x"] }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigurationError);
        assert.deepEqual(error.problems.map(({ code, path }) => `${code} ${path}`).sort(), [
          "cidr-invalid args.loadBalancerCidrs[0]",
          "heads-not-divisible args.tensorParallelSize",
        ]);
        return true;
      },
    );
  });

  it("refuse names that the controller would accept and then fail on: too long, or not a DNS label", () => {
    assert.deepEqual(refused({}, twoNodes, "v".repeat(50)), []);
    assert.deepEqual(refused({}, twoNodes, "v".repeat(51)), ["name-too-long name"]);
    assert.deepEqual(refused({ replicas: 11 }, twoNodes, "v".repeat(50)), ["name-too-long name"]);
    for (const name of ["1vllm", "Vllm", "vllm-", "v_llm"]) assert.deepEqual(refused({}, twoNodes, name), ["wrong-type name"], name);
  });

  it("refuse a model that does not fit, with the problems of layout and memory", () => {
    assert.deepEqual(refused({ model: "meta-llama/Llama-3.1-405B-Instruct" }).length > 0, true);
    assert.deepEqual(refused({ engine: { maxModelLen: 10_000_000 } }).includes("max-model-len-beyond-model engine.maxModelLen"), true);
  });

  it("refuse huge pages that are not whole pages or take most of the node", () => {
    for (const hugePagesMiB of [5121, 600_000])
      assert.deepEqual(refused({ hugePagesMiB }), ["out-of-range hugePagesMiB"], String(hugePagesMiB));
    assert.deepEqual(refused({ hugePagesMiB: 5120 }), []);
    assert.deepEqual(refused({ hugePagesMiB: 2 }, local), ["out-of-range hugePagesMiB"]);
  });

  it("refuse a release of vLLM that does not support several nodes, only for groups of several nodes", () => {
    assert.deepEqual(refused({ engine: { vllmVersion: "0.12.0" } }), ["engine-version-unsupported engine.vllmVersion"]);
    assert.deepEqual(refused({ engine: { vllmVersion: "0.12.0" } }, oneNode), []);
  });

  it("warn, and continue, if a node update would give up before a group has drained and loaded", () => {
    const slow = tryResolveServing("vllm", { ...twoNodes, replicas: 2, readMBps: 50 });
    assert.deepEqual(
      slow.problems.map(({ code, severity }) => `${severity} ${code}`),
      ["warning drain-exceeds-update"],
    );
    assert.ok(slow.serving);
  });
});

describe("start-up budget", () => {
  it("depends on the speed at which weights are read", () => {
    const seconds = (readMBps: number) => tryResolveServing("vllm", { ...twoNodes, readMBps }).serving?.timeouts.startupProbeSeconds;
    // 61.03 GiB at 240 MB/s take 273 s; the budget is three times that plus 180 s of start, in whole minutes.
    assert.deepEqual([seconds(240), seconds(120), seconds(1e9)], [1380, 2220, 900]);
  });
});

describe("resources of a pod", () => {
  it("never exceed what huge pages and DaemonSets leave of a node, on any type", () => {
    const types = instanceTypes.filter((type) => type.gpu && type.unsupportedReason === undefined);
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.integer({ min: 0, max: 4096 }), (type, hugePages) => {
        const { requests, limits } = podResources(type, 60, 2 * hugePages);
        assert.ok(parseInt(requests.memory!) + 2 * hugePages + 2048 <= type.allocatable.memoryMi);
        assert.ok(parseInt(requests.cpu!) + 1000 <= type.allocatable.cpuMilli);
        assert.ok(parseInt(requests.memory!) > 0 && parseInt(requests.cpu!) > 0);
        assert.equal(requests["nvidia.com/gpu"], String(type.gpu?.count));
        assert.equal(requests["vpc.amazonaws.com/efa"], String(type.efaInterfaces));
        // Disk is limited above what is requested: no pod needs all of it at once.
        for (const [name, amount] of Object.entries(limits)) if (name !== "ephemeral-storage") assert.equal(requests[name], amount);
      }),
    );
  });
});
