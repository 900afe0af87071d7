// Proves that the problems of a component name only its own arguments: in paths, proposals and text. The specs of the rules prove that the
// proposals help.
import assert from "node:assert/strict";
import fc from "fast-check";
import { instanceTypes } from "../../catalog/instanceTypes";
import { CapacityType, IngressMode, IngressScheme, StoreDeploymentType } from "../../components";
import { nodeGroupProblems, type EfaGpuNodeGroupOptions } from "../../components/efaGpuNodeGroup/nodeGroupProblems";
import { checkExposure, checkName, type Exposure } from "../../components/inferenceIngress/exposure";
import { storeProblems, type LustreModelStoreOptions } from "../../components/lustreModelStore/storeProblems";
import { tryResolveServing } from "../../components/vllmLeaderWorkerSet/resolveServing";
import type { VllmLeaderWorkerSetOptions } from "../../components/vllmLeaderWorkerSet/servingProblems";
import type { Problem } from "../../sizing/problem";
import { componentNames, componentSource, namedTypes, type ComponentName, type Field } from "../docs/componentSources";
import { twoNodes } from "./vllmLeaderWorkerSet/servingSamples";

const types = namedTypes();

/** Paths of all arguments, including those of nested objects. */
function paths(fields: readonly Field[], prefix = ""): string[] {
  return fields.flatMap(({ name, type }) => [`${prefix}${name}`, ...paths(types.get(type)?.fields ?? [], `${prefix}${name}.`)]);
}

/** The name of a component is not one of its arguments, but problems may name it. */
const argumentsOf = Object.fromEntries(
  componentNames.map((name) => [name, new Set([...paths(componentSource(name).arguments), "name"])]),
) as Record<ComponentName, Set<string>>;

/** Words that look like an argument but are values, words of vLLM, or names of other things. */
const otherWords = ["vLLM", "kvCache", "nodeGroup", "loadBalancer", ...Object.values(CapacityType)];

const camelCase = /(?<![\w./"-])[a-z]+(?:\.[a-z]\w*)*[A-Z]\w*/g;

function assertNames(component: ComponentName, problems: readonly Problem[]): void {
  const isKnown = (path: string) => argumentsOf[component].has(path.replaceAll(/\[\d+\]/g, ""));
  for (const { code, path, message, fix, changes } of problems) {
    assert.ok(isKnown(path), `${code} is at ${path}`);
    for (const change of changes) assert.ok(isKnown(change.path), `${code} proposes ${change.path}`);
    const words = [...`${message} ${fix}`.matchAll(camelCase)].map(([word]) => word);
    const unknown = words.filter((word) => !isKnown(word) && !isKnown(`engine.${word}`) && !otherWords.includes(word));
    assert.deepEqual(unknown, [], `${code}: ${message} ${fix}`);
    const set = [...fix.matchAll(/\b[Ss]et ([\w.]+) to\b/g)].map(([, word]) => word!).filter((word) => word !== "it");
    assert.deepEqual(
      set.filter((word) => !isKnown(word)),
      [],
      `${code}: ${fix}`,
    );
  }
}

const optional = <T>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, ...values);
const counts = [-1, 0, 1, 1.5, 2, 3, 6, 8, 16, 200_000];
const timeouts = optional({ create: "45m" }, { create: "soon", update: "0m", delete: "5" });

/** Leaves out undefined values: such an argument is not given. */
const given = <T extends object>(options: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  options.map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T);

function everyProblem<T extends object>(
  component: ComponentName,
  options: fc.Arbitrary<T>,
  problemsOf: (options: T) => Problem[],
  runs = 200,
) {
  const codes = new Set<string>();
  fc.assert(
    fc.property(given(options), (each) => {
      const problems = problemsOf(each);
      for (const { code } of problems) codes.add(code);
      assertNames(component, problems);
    }),
    { numRuns: runs },
  );
  return codes;
}

describe("a component names only its own arguments", () => {
  it("in every problem of EfaGpuNodeGroup", () => {
    const reservation = optional("cr-0123456789abcdef0", "cr-x");
    const capacity = fc.record({
      type: fc.constantFrom<CapacityType>(...Object.values(CapacityType), "free" as CapacityType),
      reservationId: reservation,
      reservationGroupArn: optional("arn:aws:resource-groups:us-east-1:123456789012:group/x", "arn"),
      startsAt: optional("2026-12-01T11:30:00Z", "soon"),
    });
    const options = fc.record({
      instanceType: fc.constantFrom(
        "p4d.24xlarge",
        "p5.48xlarge",
        "g5.xlarge",
        "p4d",
        "p6-b300.48xlarge",
        ...instanceTypes.map(({ name }) => name),
      ),
      nodeCount: fc.constantFrom(...counts),
      capacity: fc.option(given(capacity), { nil: undefined }),
      rootVolumeGiB: optional(1, 200, 1e9),
      placementGroup: optional(true, false),
      hugePagesMiB: optional(1, 3, 5120, 1e9),
      releaseVersion: optional("x"),
      asOf: optional("2026-11-01", "x"),
      timeouts,
    }) as fc.Arbitrary<EfaGpuNodeGroupOptions>;
    const codes = everyProblem("EfaGpuNodeGroup", options, (each) => nodeGroupProblems("g".repeat(60), each));
    assert.ok(codes.size >= 9, [...codes].join(" "));
  });

  it("in every problem of LustreModelStore", () => {
    const options = fc.record({
      deploymentType: fc.constantFrom<StoreDeploymentType>(...Object.values(StoreDeploymentType), "TAPE" as StoreDeploymentType),
      storageCapacityGiB: fc.constantFrom(0, 1200, 1300, 2400, Number.NaN),
      throughputMBpsPerTiB: optional(1, 200, 250, 5000),
      clientCidrBlocks: fc.constantFrom([], ["10.0.0.0/16"], ["10.0.0.1/16", "x"]),
      model: fc.constantFrom("a/b", "../etc"),
      modelRevision: optional("main", "a..b"),
      neededGiB: fc.constantFrom(60, 6000),
      availabilityZone: fc.constant("us-west-2a"),
      huggingFaceEndpoint: optional("https://hub.example.com", "ftp://x"),
      timeouts,
      downloadTimeouts: timeouts,
    }) as fc.Arbitrary<LustreModelStoreOptions>;
    const codes = everyProblem("LustreModelStore", options, storeProblems);
    assert.ok(codes.size >= 7, [...codes].join(" "));
  });

  it("in every problem of InferenceIngress", () => {
    const options = fc.record({
      mode: optional<IngressMode>(...Object.values(IngressMode), "gateway" as IngressMode),
      scheme: optional<IngressScheme>(...Object.values(IngressScheme), "public" as IngressScheme),
      inboundCidrs: fc.constantFrom([], ["10.0.0.0/16"], ["0.0.0.0/0"], ["10.0.0.1/16", "x"]),
      idleTimeoutSeconds: optional(0, 5000),
      drainSeconds: optional(-1, 5000),
      authenticated: optional(true),
      certificateGiven: fc.boolean(),
      hostnameGiven: fc.boolean(),
      hostedZoneGiven: fc.boolean(),
      subnetCount: optional(1, 2),
      timeouts,
    }) as fc.Arbitrary<Exposure>;
    const codes = everyProblem("InferenceIngress", options, (each) => [
      ...checkName("internal-llm.x".repeat(3), each.mode),
      ...checkExposure(each),
    ]);
    assert.ok(codes.size >= 8, [...codes].join(" "));
  });

  it("in every problem of VllmLeaderWorkerSet, including those of memory and layout", () => {
    const engine = fc.record({
      vllmVersion: optional("0.12.0", "latest"),
      maxModelLen: optional(-5, 4096, 10_000_000),
      gpuMemoryUtilization: optional(0.1, 0.5, 2),
      maxNumSeqs: optional(0, 100_000),
      maxNumBatchedTokens: optional(0, 64),
      kvCacheDtype: optional("fp8", "fp3"),
      extraArguments: optional(
        ["--decode-context-parallel-size", "3"],
        ["--api-key", "x", "--port", "1", "--tensor-parallel-size=2", "--trust-remote-code"],
        ["--all2all-backend", "pplx", "--drain", "--image"],
        ["--enable-lroa", "--enable-lora --max-loras 2", "", "--max-lora-r=16", "x", "--seed", "--middleware=a.b"],
      ),
    });
    const foreign = JSON.stringify({ architectures: ["UnheardOfForCausalLM"], hidden_size: 4096 });
    const options = fc.record({
      model: fc.constantFrom(
        "deepseek-ai/DeepSeek-R1",
        "meta-llama/Llama-3.1-405B-Instruct",
        "acme/zzz",
        "Qwen/Qwen3-32",
        "Qwen/Qwen3-0.6B",
        "zai-org/GLM-4.6",
      ),
      modelConfigJson: optional("{", foreign),
      tensorParallelSize: fc.constantFrom(...counts),
      pipelineParallelSize: fc.constantFrom(...counts),
      replicas: fc.constantFrom(...counts),
      instanceType: fc.constantFrom("p5.48xlarge", "p4d.24xlarge", "g5.xlarge", "cpu", "p5", ...instanceTypes.map(({ name }) => name)),
      availabilityZone: optional("us-west-2", "us-west-2a"),
      engine: fc.option(given(engine), { nil: undefined }),
      loadBalancerCidrs: fc.constantFrom([], ["10.0.0.1/16"]),
      hugePagesMiB: optional(1, 3, 1e9),
      readMBps: optional(-1, 1, 240),
      idleTimeoutSeconds: optional(0),
      drainSeconds: optional(-1, 5000),
      timeouts,
    }) as fc.Arbitrary<VllmLeaderWorkerSetOptions>;
    const codes = everyProblem("VllmLeaderWorkerSet", options, (each) => tryResolveServing("1vllm", each).problems, 100);
    for (const code of ["wrong-type", "model-unknown", "out-of-range"]) assert.ok(codes.has(code), [...codes].join(" "));
  });

  it("in the warning about a paused set", () => {
    const { problems } = tryResolveServing("vllm", { ...twoNodes, replicas: 0 });
    assert.deepEqual(
      problems.map(({ code, path }) => `${code} ${path}`),
      ["paused replicas"],
    );
    assertNames("VllmLeaderWorkerSet", problems);
  });

  it("and says how many nodes a model needs without naming nodeCount, an argument of the node group", () => {
    const one = {
      ...twoNodes,
      model: "deepseek-ai/DeepSeek-R1",
      instanceType: "p5.48xlarge",
      tensorParallelSize: 8,
      pipelineParallelSize: 1,
    };
    const { problems } = tryResolveServing("vllm", { ...one, engine: {} });
    const tooLarge = problems.find(({ code }) => code === "model-does-not-fit");
    assert.match(tooLarge!.fix, /^Set \w+ to \d+( and \w+ to \d+)*: the model then fits on \d × p5\.48xlarge\.$/);
    assert.doesNotMatch(tooLarge!.fix, /nodeCount/);
    assert.ok(tooLarge!.changes.every(({ path }) => path.endsWith("ParallelSize")));
  });
});
