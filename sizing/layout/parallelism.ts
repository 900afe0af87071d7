/** Tensor parallel × pipeline parallel × replicas, laid out over the GPUs and nodes of one instance type. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { countProblems } from "./groupCounts";
import type { ParallelLayout, ParallelRequest } from "./parallelLayout";
import { nodesOfGroup, splitProblems } from "./parallelismProblems";
import { given } from "../givenKeys";
import { hasErrors, type Problem } from "../problem";

/** The shape, with the field names of the JSON that `plan` and `fit` print. */
export interface DocumentShape {
  instanceType: string;
  gpusPerNode: number;
  tensorParallelSize: number;
  pipelineParallelSize: number;
  nodesPerGroup: number;
  replicas: number;
  nodeCount: number;
  gpus: number;
  idleGpus: number;
  efaInterfacesPerNode: number;
  efaGbpsPerNode: number;
}

/** Returns no layout if the model cannot be split as requested. Wrong node or replica counts still give one, to size the memory. */
export function resolveLayout(
  shape: ModelShape,
  type: InstanceTypeFacts,
  request: ParallelRequest,
): { layout?: ParallelLayout; problems: Problem[] } {
  const problems = splitProblems(shape, type, request);
  if (hasErrors(problems)) return { problems };
  const layout = layOut(shape, type, request);
  return { layout, problems: [...problems, ...countProblems(type, layout, request)] };
}

function layOut(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest): ParallelLayout {
  const { tensorParallelSize, pipelineParallelSize } = request;
  const gpusPerNode = type.gpu?.count ?? 0;
  const nodesPerGroup = nodesOfGroup(type, tensorParallelSize * pipelineParallelSize);
  const nodeCount = request.nodeCount ?? nodesPerGroup * (request.replicas ?? 1);
  const replicas = request.replicas ?? Math.floor(nodeCount / nodesPerGroup);
  const gpusPerGroup = type.gpu ? tensorParallelSize * pipelineParallelSize : 0;
  const gpus = nodeCount * gpusPerNode;
  return {
    tensorParallelSize,
    pipelineParallelSize,
    gpusPerNode,
    nodesPerGroup,
    gpusPerGroup,
    replicas,
    nodeCount,
    gpus,
    idleGpus: Math.max(0, gpus - replicas * gpusPerGroup),
    idleNodes: Math.max(0, nodeCount - replicas * nodesPerGroup),
    layersPerStage: layersPerStage(shape.layers, pipelineParallelSize),
    ...given(request, "nodesFollowReplicas"),
  };
}

/**
 * vLLM's `get_pp_indices` (`distributed/utils.py`): an even share each, and one of the remaining layers for each stage from the
 * second-last backwards, because the last stage also carries the output head.
 */
export function layersPerStage(layers: number, stages: number): number[] {
  const share = Math.floor(layers / stages);
  const remainder = layers % stages;
  return Array.from({ length: stages }, (_, stage) => {
    const fromEnd = stages - stage;
    return share + (fromEnd >= 2 && fromEnd < 2 + remainder ? 1 : 0);
  });
}

export function documentShape(type: InstanceTypeFacts, layout: ParallelLayout): DocumentShape {
  return {
    instanceType: type.name,
    gpusPerNode: layout.gpusPerNode,
    tensorParallelSize: layout.tensorParallelSize,
    pipelineParallelSize: layout.pipelineParallelSize,
    nodesPerGroup: layout.nodesPerGroup,
    replicas: layout.replicas,
    nodeCount: layout.nodeCount,
    gpus: layout.gpus,
    idleGpus: layout.idleGpus,
    efaInterfacesPerNode: type.efaInterfaces,
    efaGbpsPerNode: type.efaInterfaces > 0 ? type.networkGbps : 0,
  };
}

/**
 * Ways to run one group on `nodes` whole nodes, best first:
 * tensor parallelism inside a node in powers of two, and up to two pipeline stages per node (deeper pipelines are mostly idle);
 * on one node, also splits that leave GPUs unused.
 */
export function sensibleSplits(type: InstanceTypeFacts, nodes: number): { tensorParallelSize: number; pipelineParallelSize: number }[] {
  const gpus = type.gpu?.count ?? 1;
  const powers = [64, 32, 16, 8, 4, 2, 1].filter((power) => power <= gpus && gpus % power === 0);
  const filling = powers.map((power) => ({ tensorParallelSize: power, pipelineParallelSize: (nodes * gpus) / power }));
  const partial =
    nodes > 1 ? [] : powers.filter((power) => power < gpus).map((power) => ({ tensorParallelSize: power, pipelineParallelSize: 1 }));
  return [...filling.filter(({ pipelineParallelSize }) => pipelineParallelSize <= 2 * nodes), ...partial];
}
