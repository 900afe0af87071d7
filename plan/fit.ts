/** Computes whether one group of a model fits an instance type, or without a type, which shapes fit. It does not load Pulumi. */
import { defaultVllmImage } from "../catalog/images";
import { findInstanceType, instanceTypes, type InstanceTypeFacts } from "../catalog/instanceTypes";
import type { Quantization } from "../catalog/modelShape";
import { fitCandidates } from "../sizing/fit";
import { resolveMemory, type EngineMemorySettings } from "../sizing/memory/memory";
import { resolveModel, type ResolvedModel } from "../sizing/model/modelConfig";
import { documentShape, resolveLayout, sensibleSplits } from "../sizing/layout/parallelism";
import { weightBytes } from "../sizing/model/parameters";
import { hasErrors, problem, type Problem } from "../sizing/problem";
import { throughputBounds } from "../sizing/costAndTime/throughput";
import { given } from "../sizing/givenKeys";
import { bytesPerGiB } from "../sizing/units";
import { documentModel } from "./documentModel";
import { explanation } from "./explanation";
import { fitDocument, priced, type FitCandidateDocument, type FitDocument } from "./fitDocument";

export interface FitRequest extends Omit<EngineMemorySettings, "vllmVersion" | "enableExpertParallel"> {
  /** Hugging Face id; with a config.json only a name. */
  model: string;
  modelConfigJson?: string;
  /** Read a config.json of an unknown architecture as a dense decoder. */
  assumeDense?: boolean;
  instanceType?: string;
  tensorParallelSize?: number;
  pipelineParallelSize?: number;
  enableExpertParallel?: boolean;
  dtype?: "bfloat16" | "float16" | "float32";
  /** Quantises the weights while loading. */
  quantization?: "fp8" | "bitsandbytes";
  vllmVersion?: string;
}

export function fit(request: FitRequest): FitDocument {
  const { model: found, problems } = resolveModel(request);
  if (!found) return fitDocument({ verdict: "refused", problems });
  const resolved = withFormat(found, request);
  const settings = memorySettings(request);
  const weightsGiB = weightBytes(resolved.shape) / bytesPerGiB;
  const model = documentModel({ id: request.model, revision: resolved.catalog?.revision, resolved, weightsGiB });
  if (request.instanceType === undefined) return fitDocument({ model, problems, ...ranked(resolved, settings, problems) });

  const type = findInstanceType(request.instanceType);
  const refusal = type ? unsupported(type) : unknownType(request.instanceType);
  if (!type || refusal) return fitDocument({ model, verdict: "refused", problems: [...problems, ...(refusal ? [refusal] : [])] });
  return fitDocument({ model, ...onType(resolved, type, request, settings, problems) });
}

/** The arithmetic of the group that `fit` computes, line by line; empty without an instance type or when nothing can be computed. */
export function explainFit(request: FitRequest): string[] {
  const { model: found } = resolveModel(request);
  const type = findInstanceType(request.instanceType ?? "");
  if (!found || !type || type.unsupportedReason !== undefined) return [];
  const { shape } = withFormat(found, request);
  const settings = memorySettings(request);
  const { enableExpertParallel } = settings;
  const { layout } = resolveLayout(shape, type, { ...splitOf({ ...found, shape }, type, request), replicas: 1, enableExpertParallel });
  const memory = layout && resolveMemory(shape, type, layout, settings).memory;
  return memory ? explanation({ shape, type, layout, settings, memory }) : [];
}

function ranked(model: ResolvedModel, settings: EngineMemorySettings, problems: Problem[]) {
  const candidates = fitCandidates(model, settings).map(
    ({ memory, hourlyUsd, throughput, missingGiBPerGpu, ...rest }): FitCandidateDocument => ({
      ...rest,
      memory: memory ?? null,
      hourlyUsd: hourlyUsd ?? null,
      hourlyUsdPerMillionKvTokens:
        hourlyUsd !== undefined && memory && memory.kvCacheTokens > 0 ? (hourlyUsd / memory.kvCacheTokens) * 1e6 : null,
      throughput: throughput ? priced(throughput, hourlyUsd) : null,
      missingGiBPerGpu: missingGiBPerGpu ?? null,
    }),
  );
  const fits = !hasErrors(problems) && candidates.some(({ verdict }) => verdict === "deployable");
  return { verdict: fits ? ("deployable" as const) : ("refused" as const), candidates };
}

function onType(model: ResolvedModel, type: InstanceTypeFacts, request: FitRequest, settings: EngineMemorySettings, before: Problem[]) {
  const { enableExpertParallel } = settings;
  const { layout, problems } = resolveLayout(model.shape, type, { ...splitOf(model, type, request), replicas: 1, enableExpertParallel });
  if (!layout) return { verdict: "refused" as const, problems: [...before, ...problems] };
  const { memory, problems: ofMemory } = resolveMemory(model.shape, type, layout, settings);
  const all = [...before, ...problems, ...ofMemory];
  const refused = hasErrors(all);
  const hourlyUsd = type.onDemandUsdPerHour === undefined ? undefined : layout.nodeCount * type.onDemandUsdPerHour;
  const throughput = memory && !refused ? throughputBounds(model.shape, type, layout, memory, settings) : undefined;
  return {
    verdict: refused ? ("refused" as const) : ("deployable" as const),
    problems: all,
    shape: documentShape(type, layout),
    memory: memory ?? null,
    hourlyUsd: hourlyUsd ?? null,
    throughput: throughput ? priced(throughput, hourlyUsd) : null,
  };
}

/** By default one whole node, with the widest tensor parallelism that divides the model. */
function splitOf(model: ResolvedModel, type: InstanceTypeFacts, request: FitRequest) {
  const { tensorParallelSize, pipelineParallelSize = 1, enableExpertParallel = false } = request;
  const divides = (size: number) =>
    !hasErrors(
      resolveLayout(model.shape, type, { tensorParallelSize: size, pipelineParallelSize, replicas: 1, enableExpertParallel }).problems,
    );
  const widest = sensibleSplits(type, 1)
    .map((split) => split.tensorParallelSize)
    .find(divides);
  return { tensorParallelSize: tensorParallelSize ?? widest ?? 1, pipelineParallelSize };
}

/** Applies vLLM's `--dtype` and the two quantisations that vLLM applies while loading. The checkpoint decides about all others. */
function withFormat(model: ResolvedModel, { dtype, quantization }: FitRequest): ResolvedModel {
  const weights = { ...model.shape.weights, ...(dtype && { dtype }) };
  const made: Record<NonNullable<FitRequest["quantization"]>, Quantization> = {
    fp8: { method: "fp8", bitsPerWeight: 8 },
    bitsandbytes: { method: "bitsandbytes", bitsPerWeight: 4 },
  };
  const format = quantization && weights.quantization?.method !== quantization ? { quantization: made[quantization] } : {};
  return { ...model, shape: { ...model.shape, weights: { ...weights, ...format } } };
}

function memorySettings(request: FitRequest): EngineMemorySettings {
  return {
    ...given(
      request,
      "gpuMemoryUtilization",
      "maxModelLen",
      "maxNumSeqs",
      "maxNumBatchedTokens",
      "kvCacheDtype",
      "enforceEager",
      "decodeContextParallelSize",
    ),
    vllmVersion: request.vllmVersion ?? defaultVllmImage.vllmVersion,
    enableExpertParallel: request.enableExpertParallel ?? false,
  };
}

const unknownType = (name: string): Problem =>
  problem({
    code: "instance-type-unknown",
    path: "instanceType",
    message: `"${name}" is not in the catalog: ${instanceTypes.map((type) => type.name).join(", ")}.`,
    fix: "Choose one of them, or leave the instance type out to see which fit.",
  });

const unsupported = (type: InstanceTypeFacts): Problem | undefined =>
  type.unsupportedReason === undefined
    ? undefined
    : problem({
        code: "instance-type-unsupported",
        path: "instanceType",
        message: `${type.name} is not supported: ${type.unsupportedReason}`,
        fix: "Leave the instance type out to see which types fit.",
      });
