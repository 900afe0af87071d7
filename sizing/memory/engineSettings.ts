/** Whether the engine's settings are in range, and whether the GPU can compute with the formats of the weights and the cache. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import type { EngineMemorySettings } from "./memoryBudget";
import type { ParallelLayout } from "../layout/parallelLayout";
import { isAtLeast } from "./engineDefaults";
import { formatOfModule, isFp8 } from "../model/parameters";
import { towerProblems } from "./towerMemory";
import { problem, type Problem } from "../problem";

export function engineSettingProblems(
  shape: ModelShape,
  type: InstanceTypeFacts,
  layout: ParallelLayout,
  settings: EngineMemorySettings,
): Problem[] {
  return [
    ...rangeProblems(settings),
    ...contextProblems(shape, settings),
    ...decodeContextProblems(shape, layout, settings),
    ...dtypeProblems(shape, type),
    ...loaderProblems(shape, settings),
    ...attentionProblems(shape, type),
    ...cacheDtypeProblems(shape, type, settings),
    ...towerProblems(shape, layout, settings),
  ];
}

const cacheDtypes = ["auto", "bfloat16", "float16", "fp8", "fp8_e4m3", "fp8_e5m2", "fp8_ds_mla", "fp8_inc", "nvfp4", "int8_per_token_head"];

function rangeProblems(settings: EngineMemorySettings): Problem[] {
  const { gpuMemoryUtilization: share, maxModelLen, maxNumSeqs, maxNumBatchedTokens: tokens, kvCacheDtype } = settings;
  const problems: Problem[] = [];
  if (share !== undefined && !(share > 0 && share <= 1)) {
    problems.push(outOfRange("gpuMemoryUtilization", share, "a fraction of GPU memory above 0 and up to 1", 0.9));
  }
  if (maxModelLen !== undefined && maxModelLen !== -1 && !isCount(maxModelLen)) {
    problems.push(outOfRange("maxModelLen", maxModelLen, "a number of tokens, 1 or more, or -1 for the longest that fits", -1));
  }
  if (maxNumSeqs !== undefined && !isCount(maxNumSeqs))
    problems.push(outOfRange("maxNumSeqs", maxNumSeqs, "a whole number, 1 or more", 256));
  if (tokens !== undefined && !isCount(tokens)) problems.push(outOfRange("maxNumBatchedTokens", tokens, "a whole number, 1 or more", 2048));
  if (tokens !== undefined && maxNumSeqs !== undefined && isCount(tokens) && tokens < maxNumSeqs) {
    const rule = `at least max_num_seqs: "max_num_batched_tokens (${tokens}) must be greater than or equal to max_num_seqs (${maxNumSeqs})"`;
    problems.push(outOfRange("maxNumBatchedTokens", tokens, rule, maxNumSeqs));
  }
  if (kvCacheDtype !== undefined && !cacheDtypes.includes(kvCacheDtype)) {
    problems.push(outOfRange("kvCacheDtype", kvCacheDtype, `one of ${cacheDtypes.join(", ")}`, "auto"));
  }
  return problems;
}

/** vLLM `config/model.py`, `_get_and_verify_max_len`. */
function contextProblems(shape: ModelShape, { maxModelLen }: EngineMemorySettings): Problem[] {
  if (maxModelLen === undefined || !isCount(maxModelLen) || maxModelLen <= shape.maxPositionEmbeddings) return [];
  return [
    problem({
      code: "max-model-len-beyond-model",
      path: "engine.maxModelLen",
      message: `User-specified max_model_len (${maxModelLen}) is greater than the derived max_model_len (max_position_embeddings=${shape.maxPositionEmbeddings}) of ${shape.id}.`,
      fix: `Set engine.maxModelLen to ${shape.maxPositionEmbeddings} or less; a longer context needs a config.json with RoPE scaling (modelConfigFile).`,
      changes: [{ path: "engine.maxModelLen", value: shape.maxPositionEmbeddings }],
    }),
  ];
}

/**
 * Context ranks divide the copies of a KV head that tensor parallelism makes.
 * https://docs.vllm.ai/en/latest/serving/context_parallel_deployment/
 */
function decodeContextProblems(
  shape: ModelShape,
  layout: ParallelLayout,
  { decodeContextParallelSize: size }: EngineMemorySettings,
): Problem[] {
  if (size === undefined || size === 1) return [];
  const copies = shape.mla ? layout.tensorParallelSize : Math.max(1, Math.floor(layout.tensorParallelSize / shape.kvHeads));
  if (isCount(size) && copies % size === 0) return [];
  const flag = "--decode-context-parallel-size";
  return [
    // The configuration has no key for it: it is one word of a list, which no change can name.
    problem({
      code: "out-of-range",
      path: "engine.extraArguments",
      message: `${flag} is ${String(size)}; it must be a divisor of ${copies}, the copies of each KV head at tensor parallel size ${layout.tensorParallelSize}.`,
      fix: `Set ${flag} to ${copies}.`,
    }),
  ];
}

function dtypeProblems(shape: ModelShape, { gpu, name }: InstanceTypeFacts): Problem[] {
  if (!gpu) return [];
  const { dtype, quantization } = shape.weights;
  const capability = `${gpu.model} of ${name} has compute capability ${gpu.computeCapability.toFixed(1)}`;
  const problems: Problem[] = [];
  if (dtype === "bfloat16" && gpu.computeCapability < 8) {
    const message = `Bfloat16 is only supported on GPUs with compute capability of at least 8.0; ${capability}.`;
    problems.push(unsupported("error", "instanceType", message, "Choose an instance type with A10G, L4, A100 or newer GPUs."));
  }
  if (isFp8(quantization) && gpu.computeCapability < 8.9) {
    const blocks =
      shape.moe && formatOfModule(quantization, "experts")?.block ? " Block-quantised experts are only partly supported this way." : "";
    const message = `fp8 arithmetic needs compute capability 8.9 or newer; ${capability}. vLLM keeps the weights at 8 bits and computes in 16 bits (Marlin), without the speed of fp8.${blocks}`;
    problems.push(unsupported("warning", "instanceType", message, "Choose L4, L40S, H100 or newer GPUs for fp8 arithmetic."));
  }
  if (quantization?.method === "mxfp4" && gpu.computeCapability < 8) {
    problems.push(unsupported("error", "instanceType", `mxfp4 needs compute capability 8.0; ${capability}.`, "Choose A100 or newer GPUs."));
  }
  if (quantization?.method === "nvfp4" && gpu.computeCapability < 10) {
    const message = `nvfp4 arithmetic needs compute capability 10.0 or newer; ${capability}, so vLLM falls back to weight-only Marlin.`;
    problems.push(unsupported("warning", "instanceType", message, "Choose B200 or newer GPUs for fp4 arithmetic."));
  }
  return problems;
}

/** vLLM 0.28 has no loader for bitsandbytes any more. */
function loaderProblems(shape: ModelShape, { vllmVersion }: EngineMemorySettings): Problem[] {
  if (shape.weights.quantization?.method !== "bitsandbytes" || !isAtLeast(vllmVersion, "0.28")) return [];
  return [
    problem({
      code: "engine-version-unsupported",
      path: "engine.vllmVersion",
      message: `${shape.id} is quantised with bitsandbytes, which vLLM loads up to 0.27.1; this is ${vllmVersion}.`,
      fix: "Use a checkpoint in another format, for example fp8 or AWQ, or an image with vLLM 0.27.1.",
    }),
  ];
}

/** vLLM's kernels for DeepSeek sparse attention (`FLASHMLA_SPARSE`, `FLASHINFER_MLA_SPARSE`). */
function attentionProblems(shape: ModelShape, { gpu, name }: InstanceTypeFacts): Problem[] {
  // DeepSeek-V4 has kernels for 12.x, too (`deepseek_v4/nvidia/model.py`).
  const families = shape.compressed ? [9, 10, 12] : shape.mla?.indexer ? [9, 10] : [];
  if (!gpu || families.length === 0 || families.includes(Math.floor(gpu.computeCapability))) return [];
  const runsOn = families.map((family) => `${family}.x`).join(", ");
  const message = `The sparse attention of ${shape.id} runs on compute capability ${runsOn}; ${gpu.model} of ${name} has ${gpu.computeCapability.toFixed(1)}.`;
  return [
    {
      ...unsupported("error", "instanceType", message, "Choose H100, H200, B200 or B300 GPUs (p5, p6)."),
      code: "attention-unsupported-by-gpu",
    },
  ];
}

function cacheDtypeProblems(shape: ModelShape, { gpu }: InstanceTypeFacts, { kvCacheDtype }: EngineMemorySettings): Problem[] {
  if (gpu && shape.compressed && kvCacheDtype && kvCacheDtype !== "auto" && !kvCacheDtype.startsWith("fp8")) {
    const message = `DeepseekV4 fp8_ds_mla layout only supports fp8 kv-cache, got ${kvCacheDtype}.`;
    const changes = [{ path: "engine.kvCacheDtype", value: "auto" }];
    return [{ ...unsupported("error", "engine.kvCacheDtype", message, "Set engine.kvCacheDtype to auto, which is fp8 for it."), changes }];
  }
  if (!gpu || !kvCacheDtype?.startsWith("fp8") || gpu.computeCapability >= 8.9) return [];
  const message = `An fp8 KV cache works on ${gpu.model} (compute capability ${gpu.computeCapability.toFixed(1)}) with some attention backends only.`;
  const changes = [{ path: "engine.kvCacheDtype", value: "auto" }];
  return [
    { ...unsupported("warning", "engine.kvCacheDtype", message, "Leave engine.kvCacheDtype at auto, or test the backend first."), changes },
  ];
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

function outOfRange(key: string, value: number | string, rule: string, proposal: number | string): Problem {
  const path = `engine.${key}`;
  return problem({
    code: "out-of-range",
    path,
    message: `${path} is ${String(value)}; it must be ${rule}.`,
    fix: `Set ${path} to ${String(proposal)}.`,
    changes: [{ path, value: proposal }],
  });
}

const unsupported = (severity: Problem["severity"], path: string, message: string, fix: string): Problem =>
  problem({ code: "dtype-unsupported-by-gpu", severity, path, message, fix });
