/** Model, shape and memory as far as a configuration makes sense: one that is refused is understood by its numbers. */
import { findInstanceType, type InstanceTypeFacts } from "../catalog/instanceTypes";
import { planMemory, type MemoryPlan } from "../sizing/memory";
import { resolveModel } from "../sizing/modelConfig";
import { planParallelism, type ParallelLayout } from "../sizing/parallelism";
import { weightBytes } from "../sizing/parameters";
import { resolveEngine } from "../stacks/engineSettings";
import type { ConfigurationInput } from "../stacks/environment";
import { given } from "../stacks/givenKeys";
import { readSettings } from "../stacks/settings";
import type { NamedModel } from "./documentModel";

/** As far as the configuration makes sense. */
export interface Sized {
  model?: NamedModel | undefined;
  instance?: InstanceTypeFacts | undefined;
  layout?: ParallelLayout | undefined;
  memory?: MemoryPlan | undefined;
}

export function sizeWhatIsKnown(input: ConfigurationInput): Sized {
  const { settings } = readSettings(input.values);
  const { model: resolved } = resolveModel({ model: settings.model, ...given(input, "modelConfigJson") });
  if (!resolved) return {};
  const weightsGiB = weightBytes(resolved.shape) / 1024 ** 3;
  const model = { id: settings.model, revision: settings.modelRevision ?? resolved.catalog?.revision, resolved, weightsGiB };
  const instance = findInstanceType(settings.instanceType);
  if (!instance) return { model };

  const { engine } = resolveEngine(settings, instance.gpu ? "aws" : "kubernetes", input.region);
  const { enableExpertParallel, vllmVersion } = engine;
  const request = given(settings, "tensorParallelSize", "pipelineParallelSize", "nodeCount", "replicas");
  const { layout } = planParallelism(resolved.shape, instance, { ...request, enableExpertParallel });
  if (!layout) return { model, instance };
  const { memory } = planMemory(resolved.shape, instance, layout, {
    vllmVersion,
    enableExpertParallel,
    ...given(engine, "gpuMemoryUtilization", "maxModelLen", "maxNumSeqs", "maxNumBatchedTokens", "kvCacheDtype"),
  });
  return { model, instance, layout, ...(memory && { memory }) };
}
