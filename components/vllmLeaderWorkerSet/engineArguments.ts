/** The argument list of `vllm serve` in leader and worker pods: https://docs.vllm.ai/en/latest/cli/serve */
import type * as pulumi from "@pulumi/pulumi";
import { requirements } from "../../catalog/versions";
import { compareVersions } from "../../sizing/versions";
import { flagListOf, readArguments } from "./argumentParser";

/** Port of the OpenAI-compatible API. */
export const servingPort = 8000;
/** Port on which the processes of a group find each other: vLLM's default, set here because network and documentation name it. */
const masterPort = 29501;

/**
 * Settings of the engine: arguments of `vllm serve`, and how its container runs. For unset arguments vLLM uses its defaults, and so does
 * the computed fit.
 */
export interface VllmEngineArgs {
  /**
   * vLLM version inside `image`. With a wrong value the engine gets arguments that it does not know, and the pods restart forever.
   * @default that of the catalog's default image
   */
  vllmVersion?: string;
  /** CUDA version inside `image`. If the nodes' driver is too old for it, no GPU is usable. @default that of the catalog's default image */
  cudaVersion?: string;
  /** Longest request, prompt and answer together, in tokens. A larger value needs more memory for each request. @default the model's */
  maxModelLen?: number;
  /** Share of a GPU's memory that vLLM uses, 0 to 1. If too high, start-up fails; if too low, requests wait. @default vLLM's */
  gpuMemoryUtilization?: number;
  /** Requests that vLLM computes at once. More of them need more memory for the sampler and leave less KV cache. @default vLLM's, by GPU */
  maxNumSeqs?: number;
  /** Tokens that vLLM computes in one step. A larger value speeds up long prompts and needs activation memory. @default vLLM's, by GPU */
  maxNumBatchedTokens?: number;
  /** Format of the KV cache. `fp8`, for example, halves its memory at the cost of some accuracy. @default the model's */
  kvCacheDtype?: string;
  /**
   * Seconds that the leader waits for the answer to one step; then its process ends and the group starts again. If it is shorter than a
   * step, or than the compilation of a kernel on first use, it ends a healthy engine. @default computed from the longest step, 300 to 1800
   */
  stepTimeoutSeconds?: number;
  /**
   * Spreads whole experts over GPUs instead of slicing each. Needed if a slice is not a multiple of the quantisation block. @default false
   */
  enableExpertParallel?: boolean;
  /**
   * Further arguments, one word an item: `["--tool-call-parser", "hermes"]`. Refused are flags that `vllmVersion` does not have, those that
   * the other settings, the probes or the group rely on, and keys, because anyone who may list pods can read arguments. @default none
   */
  extraArguments?: string[];
  /**
   * The engine runs as `runAsUser` and not as root. Its container then has no capability at all, and compiled kernels are lost with the
   * pod. On GPUs the catalog has no recorded run of it: EFA must pin memory without IPC_LOCK, and the first start shows whether it can.
   * @default false
   */
  runAsNonRoot?: boolean;
  /** Number of the user and group of `runAsNonRoot`, 1 or more. Ignored without it. @default 1000 */
  runAsUser?: number;
  /**
   * The container can write only to its volumes: caches, home, `/tmp` and `/dev/shm`. Unset it for an image that must write elsewhere,
   * which then fails with "Read-only file system" at start. @default true
   */
  readOnlyRootFilesystem?: boolean;
}

/** User of `runAsNonRoot`; the image need not know it. */
const defaultUser = 1000;

/** How the container runs, with defaults filled in. */
export interface ContainerSettings {
  runAs: { nonRoot: boolean; user: number };
  readOnlyRootFilesystem: boolean;
}

export const containerSettings = ({ runAsNonRoot = false, runAsUser = defaultUser, ...engine }: VllmEngineArgs): ContainerSettings => ({
  runAs: { nonRoot: runAsNonRoot, user: runAsUser },
  readOnlyRootFilesystem: engine.readOnlyRootFilesystem ?? true,
});

/** What decides the arguments, with defaults filled in. */
export interface EngineSettings {
  servedModelName: string;
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** Pods of one group. */
  groupSize: number;
  vllmVersion: string;
  shutdownTimeoutSeconds: number;
  distributedTimeoutSeconds: number;
  engine: VllmEngineArgs;
  /** Arguments that the model's publisher or the vLLM recipes recommend. */
  modelArguments: string[];
}

type EngineArguments = pulumi.Input<string>[];

export const leaderArguments = (settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments => [
  ...sharedArguments(settings, modelPath),
  ...["--host", "0.0.0.0", "--port", String(servingPort)],
  ...drainArguments(settings),
];

export const workerArguments = (settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments => [
  ...sharedArguments(settings, modelPath),
  "--headless",
];

/** All pods of a group must describe the same engine; otherwise they disagree about shapes in the middle of a collective operation. */
function sharedArguments(settings: EngineSettings, modelPath: pulumi.Input<string>): EngineArguments {
  return [modelPath, ...engineWords(settings), ...groupWords(settings), ...furtherArguments(settings)];
}

function engineWords({ servedModelName, tensorParallelSize, pipelineParallelSize, engine }: EngineSettings): string[] {
  return [
    ...["--served-model-name", literal(servedModelName)],
    ...["--tensor-parallel-size", String(tensorParallelSize)],
    ...["--pipeline-parallel-size", String(pipelineParallelSize)],
    ...option("--max-model-len", engine.maxModelLen),
    ...option("--gpu-memory-utilization", engine.gpuMemoryUtilization),
    ...option("--max-num-seqs", engine.maxNumSeqs),
    ...option("--max-num-batched-tokens", engine.maxNumBatchedTokens),
    ...option("--kv-cache-dtype", engine.kvCacheDtype && literal(engine.kvCacheDtype)),
    ...(engine.enableExpertParallel ? ["--enable-expert-parallel"] : []),
  ];
}

const option = (flag: string, value: number | string | undefined): string[] => (value === undefined ? [] : [flag, String(value)]);

/** Kubernetes replaces `$(LWS_WORKER_INDEX)`; the launch script adds the leader's address. */
function groupWords(settings: EngineSettings): string[] {
  if (settings.groupSize === 1) return [];
  const nodes = ["--nnodes", String(settings.groupSize), "--node-rank", "$(LWS_WORKER_INDEX)", "--master-port", String(masterPort)];
  return [...nodes, ...waitForRanks(settings)];
}

/** How long ranks wait for each other while images are pulled and weights are read; the user's own value replaces ours. */
function waitForRanks({ vllmVersion, distributedTimeoutSeconds, engine }: EngineSettings): string[] {
  const { flags } = flagListOf(vllmVersion);
  const given = readArguments(engine.extraArguments ?? [], flags).found;
  return ["--distributed-timeout-seconds", "--cpu-distributed-timeout-seconds"]
    .filter((name) => flags.some(({ names }) => names.includes(name)))
    .filter((name) => !given.some(({ flag }) => flag?.names.includes(name)))
    .flatMap((name) => [name, String(distributedTimeoutSeconds)]);
}

function drainArguments({ vllmVersion, shutdownTimeoutSeconds }: EngineSettings): string[] {
  return [
    // Without it vLLM cuts off every running request at SIGTERM. Since 0.18: https://github.com/vllm-project/vllm/pull/36666
    ...(compareVersions(vllmVersion, requirements.minimumVllmShutdownTimeout.version) >= 0
      ? ["--shutdown-timeout", String(shutdownTimeoutSeconds)]
      : []),
    // Otherwise most of the log would be probes and scrapes.
    ...(compareVersions(vllmVersion, "0.16.0") >= 0 ? ["--disable-access-log-for-endpoints", "/health,/metrics,/ping"] : []),
  ];
}

/** The model's arguments come first; a setting or argument of the user replaces them, however it is spelled. */
function furtherArguments(settings: EngineSettings): string[] {
  const { engine, modelArguments, vllmVersion } = settings;
  const { flags } = flagListOf(vllmVersion);
  const extra = engine.extraArguments ?? [];
  const chosen = new Set(readArguments([...engineWords(settings), ...extra], flags).found.map(({ flag }) => flag));
  const kept = readArguments(modelArguments, flags).found.filter(({ flag }) => flag === undefined || !chosen.has(flag));
  return [...kept.flatMap(({ index, end }) => modelArguments.slice(index, end)), ...extra.map(literal)];
}

/** Kubernetes reads `$(NAME)` as a variable and `$$` as one dollar sign: doubled, every dollar sign arrives as it was typed. */
const literal = (word: string): string => word.replaceAll("$", "$$$$");
