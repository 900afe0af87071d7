/** Cases about the further arguments of vLLM and the format of the weights. */
import type { Provoked } from "./provoked";

const [error, warning] = [{ severity: "error" }, { severity: "warning" }] as const;

export const engineCases: Provoked[] = [
  {
    ...{ ...error, code: "engine-argument-reserved", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--max-model-len","4096"]'], says: ["--max-model-len"] },
  },
  {
    ...{ ...warning, code: "engine-argument-reserved", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--trust-remote-code"]'], says: ["--trust-remote-code"] },
  },
  {
    ...{ ...error, code: "engine-argument-unknown", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--enable-lroa"]'], says: ["--enable-lroa", "0.27.1"] },
    proposes: ["engine.extraArguments[0]=--enable-lora"],
  },
  {
    ...{ ...warning, code: "engine-argument-unknown", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--max-lora-r=16"]'], says: ["--max-lora-r", "--max-lora-rank"] },
    proposes: ["engine.extraArguments[0]=--max-lora-rank=16"],
  },
  {
    ...{ ...error, code: "engine-argument-malformed", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--enable-lora --max-loras 2"]'], says: ["Entry 1", "--enable-lora, --max-loras"] },
    proposes: ["engine.extraArguments[0]=--enable-lora", "engine.extraArguments[1]=--max-loras=2"],
  },
  {
    ...{ ...warning, code: "engine-argument-malformed", path: "engine.extraArguments[1]" },
    ...{ settings: ['engine.extraArguments=["--seed=1","--seed=2"]'], says: ["--seed", "twice"] },
  },
  {
    ...{ ...warning, code: "pickle-weights-allowed", path: "allowPickleWeights", settings: ["allowPickleWeights=true"] },
    ...{ says: ["pickle"], proposes: ["allowPickleWeights=false"] },
  },
  {
    ...{ ...error, code: "all2all-backend-unsupported", path: "engine.extraArguments[0]" },
    ...{ settings: ['engine.extraArguments=["--all2all-backend","deepep_low_latency"]'], says: ["deepep_low_latency", "EFA"] },
  },
];
