/** Collects the settings of an engine that decide how much memory it needs. */
import type { EngineMemorySettings } from "../../sizing/memory/memory";
import { flagListOf, readArguments, type ReadArgument } from "./argumentParser";
import type { EngineSettings } from "./engineArguments";

type MemoryRelevant = Pick<EngineSettings, "engine" | "vllmVersion" | "modelArguments">;

/** The settings that memory depends on, from every source: a setting, an argument of the user, an argument of the model. */
export function engineMemorySettings({ engine, vllmVersion, modelArguments }: MemoryRelevant): EngineMemorySettings {
  // vLLM takes the last of several.
  const { found } = readArguments([...modelArguments, ...(engine.extraArguments ?? [])], flagListOf(vllmVersion).flags);
  const argument = (name: string) => found.findLast(({ flag, field }) => field === undefined && flag?.names.includes(name));
  const isOn = (name: string) => /^-(?!-no-|-disable-)/.test(argument(name)?.name ?? "");
  const decodeContextParallelSize = Number(argument("--decode-context-parallel-size")?.values[0]);
  const kvCacheBytes = bytesOf(argument("--kv-cache-memory-bytes")?.values[0]);
  const mediaMemoryGiB = Number(argument("--mm-ipc-gpu-memory-gb")?.values[0]);
  const kvCacheDtype = engine.kvCacheDtype ?? argument("--kv-cache-dtype")?.values[0];
  const towers = {
    ...(argument("--mm-encoder-tp-mode")?.values[0] === "data" && { wholeTowers: true }),
    ...(isOn("--language-model-only") && { languageModelOnly: true }),
  };
  const additions = { ...(isOn("--enable-lora") && { lora: loraOf(argument) }), ...draftsOf(found), ...towers };
  return {
    vllmVersion,
    ...additions,
    ...(engine.gpuMemoryUtilization !== undefined && { gpuMemoryUtilization: engine.gpuMemoryUtilization }),
    ...(engine.maxModelLen !== undefined && { maxModelLen: engine.maxModelLen }),
    ...(engine.maxNumSeqs !== undefined && { maxNumSeqs: engine.maxNumSeqs }),
    ...(engine.maxNumBatchedTokens !== undefined && { maxNumBatchedTokens: engine.maxNumBatchedTokens }),
    ...(kvCacheDtype !== undefined && { kvCacheDtype }),
    ...(decodeContextParallelSize > 0 && { decodeContextParallelSize }),
    ...(argument("--enable-prefix-caching") && { prefixCaching: isOn("--enable-prefix-caching") }),
    ...(kvCacheBytes > 0 && { kvCacheMemoryGiB: kvCacheBytes / 2 ** 30 }),
    ...(mediaMemoryGiB > 0 && { mediaMemoryGiB }),
    ...(isOn("--enforce-eager") && { enforceEager: true }),
    enableExpertParallel: engine.enableExpertParallel ?? isOn("--enable-expert-parallel"),
  };
}

/** A number of bytes as vLLM reads it: `25g` in powers of 1000, `25G` in powers of 1024 (`human_readable_int`); 0 if there is none. */
function bytesOf(text = ""): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([kKmMgGtT]?)$/.exec(text) ?? [];
  const base = unit === unit.toLowerCase() ? 1000 : 1024;
  return Number(digits ?? 0) * base ** " kmgt".indexOf(unit.toLowerCase() || " ");
}

/** Defaults of `vllm/config/lora.py`. */
function loraOf(argument: (name: string) => ReadArgument | undefined): NonNullable<EngineMemorySettings["lora"]> {
  const count = (name: string, otherwise: number) => Math.max(1, Number(argument(name)?.values[0] ?? otherwise) || otherwise);
  return { maxLoras: count("--max-loras", 1), maxLoraRank: count("--max-lora-rank", 16) };
}

/** The model's own prediction layers. What another draft model takes is not known: its repository is only a name here. */
function draftsOf(found: readonly ReadArgument[]): Pick<EngineMemorySettings, "draftTokens"> {
  const given = found.filter(({ flag }) => flag?.names.includes("--speculative-config"));
  const whole = given.findLast(({ field }) => field === undefined)?.values[0];
  const fields = Object.fromEntries(given.flatMap(({ field, values }) => (field === undefined ? [] : [[field, values[0]]])));
  const { method, num_speculative_tokens: tokens } = { ...parsed(whole), ...fields } as Record<string, unknown>;
  return typeof method === "string" && /(^|_)mtp$/.test(method) ? { draftTokens: Number(tokens) || 1 } : {};
}

function parsed(text: string | undefined): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // vLLM refuses it with its own words
  }
}
