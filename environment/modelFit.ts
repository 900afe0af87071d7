/** How the model of an environment fits its GPUs: layout, memory, and whether fewer nodes would be enough. */
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import { engineMemorySettings } from "../components/vllmLeaderWorkerSet/engineMemory";
import { cheaperAlternative } from "../sizing/fit";
import { resolveMemory, type EngineMemorySettings, type GroupMemory } from "../sizing/memory/memory";
import { resolveLayout } from "../sizing/layout/parallelism";
import type { ParallelLayout } from "../sizing/layout/parallelLayout";
import { hasErrors, problem, type Problem } from "../sizing/problem";
import type { EnvironmentEngine, EnvironmentModel } from "./environment";
import type { Settings } from "./settingTypes";

export interface ModelFit {
  layout?: ParallelLayout;
  memory?: GroupMemory;
  problems: Problem[];
}

/** Computes how the model is split over the nodes, and how much memory is left for requests. */
export function fitModel(model: EnvironmentModel, instance: InstanceTypeFacts, settings: Settings, engine: EnvironmentEngine): ModelFit {
  const { tensorParallelSize, pipelineParallelSize, nodeCount, replicas } = settings;
  const { shape } = model.resolved;
  const { enableExpertParallel } = engine;
  const { layout, problems } = resolveLayout(shape, instance, {
    tensorParallelSize,
    pipelineParallelSize,
    nodeCount,
    enableExpertParallel,
    ...(replicas !== undefined && { replicas }),
  });
  if (!layout) return { problems };
  const settled = memorySettings(engine, model);
  const fit = resolveMemory(shape, instance, layout, settled);
  // If the counts contradict each other, this would compare with another number of nodes than the configuration has.
  const spare = fit.memory && !hasErrors(problems) ? checkSpareNodes(shape, instance, layout, settled) : [];
  return { layout, ...(fit.memory && { memory: fit.memory }), problems: [...problems, ...fit.problems, ...spare] };
}

/** More nodes than the model needs are allowed, but the user should know what they cost. */
function checkSpareNodes(shape: ModelShape, instance: InstanceTypeFacts, layout: ParallelLayout, engine: EngineMemorySettings): Problem[] {
  const smaller = cheaperAlternative(shape, instance, layout, engine);
  if (!smaller || layout.replicas === 0) return [];
  const { tensorParallelSize, pipelineParallelSize, nodesPerGroup } = smaller.layout;
  const nodeCount = nodesPerGroup * layout.replicas;
  const saved = smaller.usdSavedPerHour === undefined ? "" : `, which saves $${smaller.usdSavedPerHour.toFixed(2)} an hour`;
  const { kvCacheTokens, maxConcurrency, maxModelLen } = smaller.memory;
  return [
    problem({
      code: "fewer-nodes-suffice",
      severity: "warning",
      path: "nodeCount",
      message: `${nodesPerGroup} of ${layout.nodesPerGroup} nodes are enough for a group${saved}: ${kvCacheTokens.toLocaleString("en-US")} tokens of KV cache, ${maxConcurrency.toFixed(1)} requests of ${maxModelLen} tokens at once.`,
      fix: `Run tensor parallel ${tensorParallelSize} × pipeline parallel ${pipelineParallelSize} on ${nodeCount} ${nodeCount === 1 ? "node" : "nodes"}, unless you want the larger cache.`,
      changes: [
        { path: "tensorParallelSize", value: tensorParallelSize },
        { path: "pipelineParallelSize", value: pipelineParallelSize },
        { path: "nodeCount", value: nodeCount },
      ],
    }),
  ];
}

/** The same settings that the component computes, including the arguments of the model and the further arguments of the user. */
function memorySettings(engine: EnvironmentEngine, { resolved }: EnvironmentModel): EngineMemorySettings {
  return engineMemorySettings({ engine, vllmVersion: engine.vllmVersion, modelArguments: resolved.catalog?.engineArguments ?? [] });
}
