import assert from "node:assert/strict";
import fc from "fast-check";
import { checkEngineArguments } from "../../../components/vllmLeaderWorkerSet/argumentRules";
import { type EngineSettings, leaderArguments, workerArguments } from "../../../components/vllmLeaderWorkerSet/engineArguments";

// Proves the argument lists against vLLM's documented flags. Only a running vLLM can prove that it parses them.
const settings = (changes: Partial<EngineSettings> = {}): EngineSettings => ({
  servedModelName: "org/model",
  tensorParallelSize: 8,
  pipelineParallelSize: 2,
  groupSize: 2,
  vllmVersion: "0.27.1",
  shutdownTimeoutSeconds: 120,
  distributedTimeoutSeconds: 2580,
  engine: {},
  modelArguments: [],
  ...changes,
});

const refused = (...extraArguments: string[]) =>
  checkEngineArguments(settings({ engine: { extraArguments } })).map(({ code, severity, path }) => ({ code, severity, path }));

describe("arguments of vllm serve", () => {
  it("start a group natively on its nodes: with count, rank and port, and without a server on workers", () => {
    const shared = ["/models/m", "--served-model-name", "org/model", "--tensor-parallel-size", "8", "--pipeline-parallel-size", "2"];
    const ranks = ["--distributed-timeout-seconds", "2580", "--cpu-distributed-timeout-seconds", "2580"];
    const group = ["--nnodes", "2", "--node-rank", "$(LWS_WORKER_INDEX)", "--master-port", "29501", ...ranks];
    const drain = ["--shutdown-timeout", "120", "--disable-access-log-for-endpoints", "/health,/metrics,/ping"];
    assert.deepEqual(leaderArguments(settings(), "/models/m"), [...shared, ...group, "--host", "0.0.0.0", "--port", "8000", ...drain]);
    assert.deepEqual(workerArguments(settings(), "/models/m"), [...shared, ...group, "--headless"]);
  });

  it("have no rank and node count in a group of one", () => {
    const words = leaderArguments(settings({ groupSize: 1, pipelineParallelSize: 1 }), "/models/m");
    for (const flag of ["--nnodes", "--node-rank", "--master-port", "--headless", "--distributed-timeout-seconds"])
      assert.equal(words.includes(flag), false, flag);
  });

  it("contain each setting of the engine once, and no unset one", () => {
    const engine = {
      maxModelLen: 16000,
      gpuMemoryUtilization: 0.9,
      maxNumSeqs: 64,
      maxNumBatchedTokens: 4096,
      kvCacheDtype: "fp8",
      enableExpertParallel: true,
    };
    const words = workerArguments(settings({ engine }), "/models/m");
    const expected = ["--max-model-len", "16000", "--gpu-memory-utilization", "0.9", "--max-num-seqs", "64"];
    const rest = ["--max-num-batched-tokens", "4096", "--kv-cache-dtype", "fp8", "--enable-expert-parallel"];
    assert.deepEqual(words.slice(7, 18), [...expected, ...rest]);
    assert.equal(leaderArguments(settings(), "/m").includes("--max-model-len"), false);
  });

  it("say how long ranks wait for each other where the release has the flag, unless the user says it", () => {
    const flags = (vllmVersion: string, ...extraArguments: string[]) =>
      workerArguments(settings({ vllmVersion, engine: { extraArguments } }), "/m").filter((word) => String(word).includes("distributed"));
    assert.deepEqual(flags("0.17.1"), []);
    assert.deepEqual(flags("0.21.0"), ["--distributed-timeout-seconds"]);
    assert.deepEqual(flags("0.32.0"), ["--distributed-timeout-seconds", "--cpu-distributed-timeout-seconds"]);
    assert.deepEqual(flags("0.32.0", "--distributed_timeout_seconds=60"), [
      "--cpu-distributed-timeout-seconds",
      "--distributed_timeout_seconds=60",
    ]);
  });

  it("drain requests since 0.18 and quieten the access log since 0.16, because older engines refuse the flags", () => {
    const flags = (vllmVersion: string) => {
      const words = leaderArguments(settings({ vllmVersion }), "/m");
      return ["--shutdown-timeout", "--disable-access-log-for-endpoints"].filter((flag) => words.includes(flag));
    };
    assert.deepEqual(flags("0.15.1"), []);
    assert.deepEqual(flags("0.16.0"), ["--disable-access-log-for-endpoints"]);
    assert.deepEqual(flags("0.17.1"), ["--disable-access-log-for-endpoints"]);
    assert.deepEqual(flags("0.18.0"), ["--shutdown-timeout", "--disable-access-log-for-endpoints"]);
  });

  it("have the model's arguments before the user's, without those that the user replaced", () => {
    const modelArguments = ["--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--kv-cache-dtype", "fp8"];
    const engine = { kvCacheDtype: "auto", extraArguments: ["--tool_call_parser=qwen3_coder"] };
    const words = workerArguments(settings({ modelArguments, engine }), "/m");
    assert.deepEqual(words.slice(-3), ["--enable-auto-tool-choice", "--tool_call_parser=qwen3_coder", "--headless"]);
    assert.deepEqual(
      words.filter((word) => word === "--kv-cache-dtype"),
      ["--kv-cache-dtype"],
    );
  });

  it("replace an argument of the model in every spelling, also by its opposite", () => {
    const modelArguments = ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"];
    for (const [extra, kept] of [
      [["--tool-call-pars", "x"], ["--enable-auto-tool-choice"]],
      [["--tool_call_parser=x"], ["--enable-auto-tool-choice"]],
      [["--no-enable-auto-tool-choice"], ["--tool-call-parser", "hermes"]],
      [["--seed", "1"], modelArguments],
    ] as const) {
      const words = workerArguments(settings({ groupSize: 1, modelArguments, engine: { extraArguments: [...extra] } }), "/m").slice(7);
      assert.deepEqual(words, [...kept, ...extra, "--headless"], extra.join(" "));
    }
  });

  it("reach vLLM as typed: Kubernetes turns two dollar signs into one and replaces $(NAME)", () => {
    /** As Kubernetes expands arguments: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1 */
    const expanded = (word: unknown) => String(word).replace(/\$(\$|\((\w+)\))/g, (_, what, name) => (what === "$" ? "$" : `<${name}>`));
    fc.assert(
      fc.property(fc.array(fc.constantFrom("$", "(", ")", "VLLM_API_KEY", "a"), { minLength: 1, maxLength: 8 }), (parts) => {
        const text = parts.join("");
        const words = workerArguments(
          settings({ groupSize: 1, servedModelName: text, engine: { kvCacheDtype: text, extraArguments: [text] } }),
          "/m",
        ).map(expanded);
        assert.equal(words.filter((word) => word === text).length, 3);
      }),
    );
  });
});

describe("the check of engine arguments", () => {
  it("refuses a key in clear text in every spelling, and never repeats it", () => {
    for (const words of [
      ["--api-key", "s3cret"],
      ["--api-key=s3cret"],
      ["--api_key=s3cret"],
      ["--api-k", "s3cret"],
      ["--hf-token", "s3cret"],
    ]) {
      assert.deepEqual(
        refused(...words),
        [{ code: "secret-in-clear-text", severity: "error", path: "engine.extraArguments[0]" }],
        words.join(" "),
      );
      const [problem] = checkEngineArguments(settings({ engine: { extraArguments: words } }));
      assert.doesNotMatch(JSON.stringify(problem), /s3cret/);
    }
  });

  it("refuses flags that settings, group or probes rely on, each with its index in the list", () => {
    for (const flag of [
      "--tensor-parallel-size",
      "-tp",
      "--max_model_len=8",
      "--nnodes",
      "--headless",
      "--port",
      "--served-model-name",
      "--master-addr",
    ]) {
      assert.deepEqual(
        refused("--seed", "1", flag),
        [{ code: "engine-argument-reserved", severity: "error", path: "engine.extraArguments[2]" }],
        flag,
      );
    }
  });

  it("accepts flags with names that only begin alike, and values that look like such flags", () => {
    const words = [
      "--model-loader-extra-config",
      "{}",
      "--kv-cache-dtype-skip-layers",
      "0",
      "--config-format",
      "mistral",
      "--api-server-count",
      "2",
    ];
    assert.deepEqual(refused(...words), []);
    assert.deepEqual(refused("--generation-config", "vllm", "--seed", "-1"), []);
  });

  it("warns of code from the model's repository", () => {
    assert.deepEqual(refused("--trust-remote-code"), [
      { code: "engine-argument-reserved", severity: "warning", path: "engine.extraArguments[0]" },
    ]);
  });

  it("refuses engines below 0.13 only for several nodes, and engines older than the model", () => {
    const codes = (changes: Partial<EngineSettings>, minimum?: string) =>
      checkEngineArguments(settings(changes), minimum).map(({ code }) => code);
    assert.deepEqual(codes({ vllmVersion: "0.12.0" }), ["engine-version-unsupported"]);
    assert.deepEqual(codes({ vllmVersion: "0.13.0" }), []);
    assert.deepEqual(codes({ vllmVersion: "0.12.0", groupSize: 1 }), []);
    assert.deepEqual(codes({ vllmVersion: "0.20.0" }, "0.21.0"), ["engine-version-unsupported"]);
    assert.deepEqual(codes({ vllmVersion: "latest" }), ["wrong-type"]);
  });
});
