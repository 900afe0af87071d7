/** Checks engine arguments: which ones are refused, and why. */
import { requirements } from "../../catalog/versions";
import { problem, type Problem } from "../../sizing/problem";
import { compareVersions } from "../../sizing/versions";
import { type EngineSettings, flagName, isFlag } from "./engineArguments";

/** First release that starts on several nodes without Ray and that later releases build on. */
const firstMultiNodeVersion = requirements.minimumVllmMultiNode.version;

/** Flags that have a setting, which the computed fit and the manifests rely on. */
const settingOf: Readonly<Record<string, string>> = {
  "--model": "model",
  "--served-model-name": "servedModelName",
  "--tensor-parallel-size": "tensorParallelSize",
  "-tp": "tensorParallelSize",
  "--pipeline-parallel-size": "pipelineParallelSize",
  "-pp": "pipelineParallelSize",
  "--max-model-len": "engine.maxModelLen",
  "--gpu-memory-utilization": "engine.gpuMemoryUtilization",
  "--max-num-seqs": "engine.maxNumSeqs",
  "--max-num-batched-tokens": "engine.maxNumBatchedTokens",
  "--kv-cache-dtype": "engine.kvCacheDtype",
  "--enable-expert-parallel": "engine.enableExpertParallel",
  "-ep": "engine.enableExpertParallel",
  "--shutdown-timeout": "drainSeconds",
};

/** Flags that only this package sets. */
const ownFlags: readonly string[] = [
  ...["--nnodes", "-n", "--node-rank", "-r", "--master-addr", "--master-port", "--headless", "--distributed-executor-backend"],
  ...["--data-parallel-size", "-dp", "--data-parallel-size-local", "-dpl", "--data-parallel-address", "-dpa"],
  ...["--data-parallel-rpc-port", "-dpp", "--data-parallel-rank", "-dpn", "--data-parallel-start-rank", "-dpr"],
  ...["--data-parallel-backend", "-dpb", "--data-parallel-hybrid-lb", "-dph", "--data-parallel-external-lb", "-dpe"],
  // The probes and the load balancer use plain HTTP on this port; a configuration file could change any of these.
  ...["--host", "--port", "--uds", "--ssl-keyfile", "--ssl-certfile", "--ssl-ca-certs", "--config", "--disable-access-log-for-endpoints"],
];

const secretFlags: readonly string[] = ["--api-key", "--hf-token"];

type ArgumentSettings = Pick<EngineSettings, "engine" | "vllmVersion" | "groupSize">;

export function checkEngineArguments(settings: ArgumentSettings, minimumVllmVersion?: string): Problem[] {
  const { engine, groupSize } = settings;
  const words = engine.extraArguments ?? [];
  return [...checkVersion(settings, minimumVllmVersion), ...words.flatMap(checkWord), ...(groupSize > 1 ? checkAll2All(words) : [])];
}

/** Backends that reach other nodes by a kind of RDMA that EFA does not support: https://github.com/vllm-project/vllm/issues/27633 */
const notOverEfa = ["deepep_high_throughput", "deepep_low_latency", "pplx"];

function checkAll2All(words: readonly string[]): Problem[] {
  return words.flatMap((word, index) => {
    if (!isFlag(word) || !isAbbreviation(flagName(word), "--all2all-backend")) return [];
    const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[index + 1];
    if (value === undefined || !notOverEfa.includes(value)) return [];
    const message = `${value} sends experts' tokens between nodes by GPU-initiated RDMA (IBGDA), which EFA does not offer: the engine fails at start.`;
    const fix = "Remove --all2all-backend: vLLM's default, allgather_reducescatter, works over EFA.";
    return [engineProblem("all2all-backend-unsupported", `extraArguments[${index}]`, message, fix)];
  });
}

function checkVersion({ vllmVersion, groupSize }: ArgumentSettings, minimumVllmVersion?: string): Problem[] {
  if (!isVllmVersion(vllmVersion)) {
    return [engineProblem("wrong-type", "vllmVersion", `"${vllmVersion}" is not a vLLM release number.`, "Write it as 0.27.1.")];
  }
  const problems: Problem[] = [];
  if (groupSize > 1 && compareVersions(vllmVersion, firstMultiNodeVersion) < 0) {
    const message = `vLLM ${vllmVersion} does not start on ${groupSize} nodes without Ray; ${firstMultiNodeVersion} does.`;
    problems.push(tooOld(message, firstMultiNodeVersion));
  }
  if (minimumVllmVersion !== undefined && compareVersions(vllmVersion, minimumVllmVersion) < 0) {
    problems.push(tooOld(`vLLM ${vllmVersion} does not know the model, which needs vLLM ${minimumVllmVersion}.`, minimumVllmVersion));
  }
  return problems;
}

const isVllmVersion = (version: string): boolean => /^v?\d+\.\d+(\.\d+)?([.+-]?[0-9A-Za-z]+)*$/.test(version);

const tooOld = (message: string, minimum: string): Problem =>
  engineProblem("engine-version-unsupported", "vllmVersion", message, `Set image to one with vLLM ${minimum} or later.`);

/** Names the flag but never its value, because messages end up in logs. */
function checkWord(word: string, index: number): Problem[] {
  if (!isFlag(word)) return [];
  const flag = flagName(word);
  const key = `extraArguments[${index}]`;
  if (secretFlags.some((secret) => isAbbreviation(flag, secret))) {
    const message = `${flag} would put a secret in the pods' manifest, where anyone who may list pods can read it.`;
    return [engineProblem("secret-in-clear-text", key, message, "Remove it; the API key comes from a Secret (apiKeySecretName).")];
  }
  const setting = settingOf[flag] ?? Object.entries(settingOf).find(([own]) => isAbbreviation(flag, own))?.[1];
  if (setting !== undefined) {
    const message = `${flag} has its own setting, from which memory and layout are computed.`;
    return [engineProblem("engine-argument-reserved", key, message, `Remove it and set ${setting}.`)];
  }
  if (ownFlags.some((own) => isAbbreviation(flag, own))) {
    const message = `The component sets ${flag} itself: the group, the probes and the load balancer rely on it.`;
    return [engineProblem("engine-argument-reserved", key, message, "Remove it.")];
  }
  if (flag !== "--trust-remote-code") return [];
  const message = "--trust-remote-code runs Python from the model's repository, with access to every prompt.";
  const fix = "Keep it only if you have read the model's code, and pin the revision to that commit.";
  return [{ ...engineProblem("engine-argument-reserved", key, message, fix), severity: "warning" }];
}

/** Python's argument parser accepts a shortened long flag. */
const isAbbreviation = (flag: string, full: string): boolean =>
  flag === full || (flag.startsWith("--") && flag.length > 4 && full.startsWith(flag));

const engineProblem = (code: Problem["code"], key: string, message: string, fix: string): Problem =>
  problem({ code, path: `engine.${key}`, message, fix });
