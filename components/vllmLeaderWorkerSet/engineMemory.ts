/** Collects the settings of an engine that decide how much memory it needs. */
import type { EngineMemorySettings } from "../../sizing/memory/memory";
import { argumentGroups, argumentValue, flagName, type EngineSettings } from "./engineArguments";

type MemoryRelevant = Pick<EngineSettings, "engine" | "vllmVersion" | "modelArguments">;

/** The settings that memory depends on, from every source: a setting, an argument of the user, an argument of the model. */
export function engineMemorySettings({ engine, vllmVersion, modelArguments }: MemoryRelevant): EngineMemorySettings {
  const words = [...(engine.extraArguments ?? []), ...modelArguments];
  const flags = new Set(argumentGroups(words).map(([flag]) => flagName(flag ?? "")));
  const decodeContextParallelSize = Number(argumentValue(words, "--decode-context-parallel-size") ?? argumentValue(words, "-dcp"));
  const kvCacheDtype = engine.kvCacheDtype ?? argumentValue(words, "--kv-cache-dtype");
  return {
    vllmVersion,
    ...(engine.gpuMemoryUtilization !== undefined && { gpuMemoryUtilization: engine.gpuMemoryUtilization }),
    ...(engine.maxModelLen !== undefined && { maxModelLen: engine.maxModelLen }),
    ...(engine.maxNumSeqs !== undefined && { maxNumSeqs: engine.maxNumSeqs }),
    ...(engine.maxNumBatchedTokens !== undefined && { maxNumBatchedTokens: engine.maxNumBatchedTokens }),
    ...(kvCacheDtype !== undefined && { kvCacheDtype }),
    ...(decodeContextParallelSize > 0 && { decodeContextParallelSize }),
    ...(flags.has("--enforce-eager") && { enforceEager: true }),
    enableExpertParallel: engine.enableExpertParallel ?? flags.has("--enable-expert-parallel"),
  };
}
