/** Collects the settings of an engine that decide how much memory it needs. */
import type { EngineMemorySettings } from "../../sizing/memory/memory";
import { flagListOf, readArguments } from "./argumentParser";
import type { EngineSettings } from "./engineArguments";

type MemoryRelevant = Pick<EngineSettings, "engine" | "vllmVersion" | "modelArguments">;

/** The settings that memory depends on, from every source: a setting, an argument of the user, an argument of the model. */
export function engineMemorySettings({ engine, vllmVersion, modelArguments }: MemoryRelevant): EngineMemorySettings {
  // vLLM takes the last of several.
  const { found } = readArguments([...modelArguments, ...(engine.extraArguments ?? [])], flagListOf(vllmVersion).flags);
  const argument = (name: string) => found.findLast(({ flag, field }) => field === undefined && flag?.names.includes(name));
  const isOn = (name: string) => /^-(?!-no-|-disable-)/.test(argument(name)?.name ?? "");
  const decodeContextParallelSize = Number(argument("--decode-context-parallel-size")?.values[0]);
  const kvCacheDtype = engine.kvCacheDtype ?? argument("--kv-cache-dtype")?.values[0];
  return {
    vllmVersion,
    ...(engine.gpuMemoryUtilization !== undefined && { gpuMemoryUtilization: engine.gpuMemoryUtilization }),
    ...(engine.maxModelLen !== undefined && { maxModelLen: engine.maxModelLen }),
    ...(engine.maxNumSeqs !== undefined && { maxNumSeqs: engine.maxNumSeqs }),
    ...(engine.maxNumBatchedTokens !== undefined && { maxNumBatchedTokens: engine.maxNumBatchedTokens }),
    ...(kvCacheDtype !== undefined && { kvCacheDtype }),
    ...(decodeContextParallelSize > 0 && { decodeContextParallelSize }),
    ...(isOn("--enforce-eager") && { enforceEager: true }),
    enableExpertParallel: engine.enableExpertParallel ?? isOn("--enable-expert-parallel"),
  };
}
