/** The argument list of `vllm serve` in leader and worker pods: https://docs.vllm.ai/en/latest/cli/serve */
import type * as pulumi from "@pulumi/pulumi";
import { requirements } from "../../catalog/versions";
import { compareVersions } from "../../sizing/versions";

/** Port of the OpenAI-compatible API. */
export const servingPort = 8000;
/** Where the processes of a group meet; vLLM's own default, written out because network and documentation name it. */
const masterPort = 29501;

/** Settings of the engine; each is an argument of `vllm serve`. Unset ones are left to vLLM, whose defaults the fit is computed with. */
export interface VllmEngineArgs {
  /**
   * vLLM inside `image`. A wrong value passes arguments that the engine does not know, and the pods restart for ever. @default the
   * catalog's default image
   */
  vllmVersion?: string;
  /** CUDA inside `image`. Newer than the driver of the nodes, and no GPU is usable. @default the catalog's default image */
  cudaVersion?: string;
  /** Longest request, prompt and answer together, tokens. Larger needs more memory for each request. @default the model's own */
  maxModelLen?: number;
  /** Share of a GPU's memory that vLLM takes, 0 to 1. Too high fails at start-up, too low leaves requests waiting. @default vLLM's */
  gpuMemoryUtilization?: number;
  /** Requests computed at once. The sampler's memory grows with it, and KV cache shrinks. @default vLLM's, by GPU */
  maxNumSeqs?: number;
  /** Tokens computed in one step. Larger speeds up long prompts and costs activation memory. @default vLLM's, by GPU */
  maxNumBatchedTokens?: number;
  /** Format of the KV cache, for example `fp8`: half the memory for some accuracy. @default the model's */
  kvCacheDtype?: string;
  /**
   * Spreads whole experts over GPUs instead of slicing each. Needed where a slice is no multiple of the quantisation block. @default false
   */
  enableExpertParallel?: boolean;
  /**
   * Further arguments, one word an item: `["--tool-call-parser", "hermes"]`. What the other settings, the probes or the group rely on is
   * refused here, and so is a key: arguments are readable by everyone who may list pods. @default none
   */
  extraArguments?: string[];
}

/** What decides the arguments, defaults filled in. */
export interface EngineSettings {
  servedModelName: string;
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** Pods of one group. */
  groupSize: number;
  vllmVersion: string;
  shutdownTimeoutSeconds: number;
  engine: VllmEngineArgs;
  /** What the model's publisher or the vLLM recipes ask for. */
  modelArguments: string[];
}

export type EngineArguments = pulumi.Input<string>[];

export const leaderArguments = (settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments => [
  ...sharedArguments(settings, modelPath),
  ...["--host", "0.0.0.0", "--port", String(servingPort)],
  ...drainArguments(settings),
];

export const workerArguments = (settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments => [
  ...sharedArguments(settings, modelPath),
  "--headless",
];

/** All pods of a group describe the same engine: they would otherwise disagree about shapes in the middle of a collective operation. */
function sharedArguments(settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments {
  return [modelPath, ...engineWords(settings), ...groupWords(settings), ...furtherArguments(settings)];
}

function engineWords({ servedModelName, tensorParallelSize, pipelineParallelSize, engine }: EngineSettings): string[] {
  return [
    ...["--served-model-name", servedModelName],
    ...["--tensor-parallel-size", String(tensorParallelSize)],
    ...["--pipeline-parallel-size", String(pipelineParallelSize)],
    ...option("--max-model-len", engine.maxModelLen),
    ...option("--gpu-memory-utilization", engine.gpuMemoryUtilization),
    ...option("--max-num-seqs", engine.maxNumSeqs),
    ...option("--max-num-batched-tokens", engine.maxNumBatchedTokens),
    ...option("--kv-cache-dtype", engine.kvCacheDtype),
    ...(engine.enableExpertParallel ? ["--enable-expert-parallel"] : []),
  ];
}

const option = (flag: string, value: number | string | undefined): string[] => (value === undefined ? [] : [flag, String(value)]);

/** `$(LWS_WORKER_INDEX)` is put in by Kubernetes; the launch script adds the leader's address. */
function groupWords({ groupSize }: EngineSettings): string[] {
  if (groupSize === 1) return [];
  return ["--nnodes", String(groupSize), "--node-rank", "$(LWS_WORKER_INDEX)", "--master-port", String(masterPort)];
}

function drainArguments({ vllmVersion, shutdownTimeoutSeconds }: EngineSettings): string[] {
  return [
    // Without it vLLM cuts every running request at SIGTERM. Since 0.18: https://github.com/vllm-project/vllm/pull/36666
    ...(compareVersions(vllmVersion, requirements.minimumVllmShutdownTimeout.version) >= 0
      ? ["--shutdown-timeout", String(shutdownTimeoutSeconds)]
      : []),
    // Probes and scrapes would be most of the log.
    ...(compareVersions(vllmVersion, "0.16.0") >= 0 ? ["--disable-access-log-for-endpoints", "/health,/metrics,/ping"] : []),
  ];
}

/** The model's arguments come first and give way to what the user set, by setting or by argument. */
function furtherArguments(settings: EngineSettings): string[] {
  const { engine, modelArguments } = settings;
  const extra = engine.extraArguments ?? [];
  const chosen = new Set([...engineWords(settings), ...extra].filter(isFlag).map(flagName));
  const kept = argumentGroups(modelArguments).filter(([flag]) => flag !== undefined && !chosen.has(flagName(flag)));
  return [...kept.flat(), ...extra];
}

/** A flag with the values that follow it. */
export function argumentGroups(words: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const word of words) {
    if (isFlag(word) || groups.length === 0) groups.push([word]);
    else groups.at(-1)?.push(word);
  }
  return groups;
}

/** The value of a flag in an argument list: `--flag value` or `--flag=value`. */
export function argumentValue(words: readonly string[], name: string): string | undefined {
  const group = argumentGroups(words).find(([flag]) => flag !== undefined && isFlag(flag) && flagName(flag) === name);
  return group?.[0]?.includes("=") ? group[0].slice(group[0].indexOf("=") + 1) : group?.[1];
}

/** A negative number is a value. */
export const isFlag = (word: string): boolean => /^--?[A-Za-z]/.test(word);

/** vLLM takes `--max_model_len=8` for `--max-model-len 8`. */
export const flagName = (word: string): string => (word.split("=")[0] ?? word).replaceAll("_", "-");
