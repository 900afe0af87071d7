/** What is wrong with a split of a model over GPUs and nodes, each with the nearest split that works. */
import type { InstanceTypeFacts } from "../../catalog/instanceTypes";
import type { ModelShape } from "../../catalog/modelShape";
import { shardFaults, type ShardFault } from "./divisibility";
import { networkGBpsOfGpu, type ParallelRequest } from "./parallelLayout";
import { problem, type Change, type Problem } from "../problem";

/** Rules for the model, one group and one instance type. */
export function splitProblems(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest): Problem[] {
  const malformed = [...rangeProblems(request), ...typeProblems(type)];
  if (malformed.length > 0) return malformed;
  if (!type.gpu) return [...cpuProblems(request), ...stageProblems(shape, type, request)];
  const faults = shardFaults(shape, request.tensorParallelSize, request.enableExpertParallel);
  return [
    ...faults.map((fault) => shardProblem(shape, type, request, fault)),
    ...stageProblems(shape, type, request),
    ...worldSizeProblems(shape, type, type.gpu.count, request),
    ...fabricProblems(shape, type, type.gpu, request),
  ];
}

/** ⌈ranks ÷ GPUs per node⌉; ranks without GPUs share one node. */
export function nodesOfGroup(type: InstanceTypeFacts, ranks: number): number {
  return type.gpu ? Math.ceil(ranks / type.gpu.count) : 1;
}

function rangeProblems(request: ParallelRequest): Problem[] {
  const check = (path: "tensorParallelSize" | "pipelineParallelSize" | "nodeCount" | "replicas", least: number): Problem[] => {
    const value = request[path];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= mostOfAnything)) return [];
    const message = `${path} is ${String(value)}; it must be a whole number from ${least} to ${mostOfAnything}.`;
    return [problem({ code: "out-of-range", path, message, fix: `Set ${path} to ${least} or more.` })];
  };
  return [...check("tensorParallelSize", 1), ...check("pipelineParallelSize", 1), ...check("nodeCount", 0), ...check("replicas", 0)];
}

/** Keeps products exact; far above any real deployment. */
const mostOfAnything = 100_000;

function typeProblems(type: InstanceTypeFacts): Problem[] {
  if (type.unsupportedReason === undefined) return [];
  const message = `${type.name} is not supported: ${type.unsupportedReason}.`;
  return [problem({ code: "instance-type-unsupported", path: "instanceType", message, fix: "Choose another instance type." })];
}

function cpuProblems({ tensorParallelSize }: ParallelRequest): Problem[] {
  if (tensorParallelSize === 1) return [];
  const message = `tensorParallelSize is ${tensorParallelSize} on a node without GPUs; it must be 1 there.`;
  const changes = [{ path: "tensorParallelSize", value: 1 }];
  return [problem({ code: "world-size-mismatch", path: "tensorParallelSize", message, fix: "Set tensorParallelSize to 1.", changes })];
}

function shardProblem(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest, fault: ShardFault): Problem {
  const message = `vLLM refuses ${shape.id} at tensor parallel size ${request.tensorParallelSize}: ${fault.message}`;
  const withExperts = { ...request, enableExpertParallel: true };
  if (shape.moe && !request.enableExpertParallel && isSound(shape, type, withExperts)) {
    const fix = "Set engine.enableExpertParallel to true to keep experts whole on each rank, or lower tensorParallelSize.";
    return problem({
      code: fault.code,
      path: "tensorParallelSize",
      message,
      fix,
      changes: [{ path: "engine.enableExpertParallel", value: true }],
    });
  }
  return problem({ code: fault.code, path: "tensorParallelSize", message, ...nearestSplit(shape, type, request) });
}

function stageProblems(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest): Problem[] {
  const stages = request.pipelineParallelSize;
  if (stages <= shape.layers) return [];
  const message = `${stages} pipeline stages are more than the ${shape.layers} layers of ${shape.id}; every stage needs at least one.`;
  return [problem({ code: "more-stages-than-layers", path: "pipelineParallelSize", message, ...nearestSplit(shape, type, request) })];
}

function worldSizeProblems(shape: ModelShape, type: InstanceTypeFacts, gpus: number, request: ParallelRequest): Problem[] {
  const ranks = request.tensorParallelSize * request.pipelineParallelSize;
  if (ranks <= gpus || ranks % gpus === 0) return [];
  const message = `TP ${request.tensorParallelSize} × PP ${request.pipelineParallelSize} is ${ranks} ranks: beyond one node vLLM needs a multiple of the ${gpus} GPUs of ${type.name}.`;
  return [problem({ code: "world-size-mismatch", path: "tensorParallelSize", message, ...nearestSplit(shape, type, request) })];
}

function fabricProblems(
  shape: ModelShape,
  type: InstanceTypeFacts,
  gpu: NonNullable<InstanceTypeFacts["gpu"]>,
  request: ParallelRequest,
): Problem[] {
  const { tensorParallelSize: size, pipelineParallelSize: stages } = request;
  if (nodesOfGroup(type, size * stages) === 1) return [];
  const crosses = size > gpu.count || gpu.count % size !== 0;
  if (type.efaInterfaces === 0) {
    const traffic = crosses ? `TP ${size} would send every layer's all-reduces` : `PP ${stages} sends activations between stages`;
    const message = `${type.name} has no EFA, and ${traffic} over TCP between nodes.`;
    const fix = "Choose an instance type with EFA, or a split that fits one node.";
    return [problem({ code: "efa-missing", severity: crosses ? "error" : "warning", path: "instanceType", message, fix })];
  }
  // Ranks that do not fill whole nodes are a separate error: report that first.
  if (!crosses || (size * stages) % gpu.count !== 0) return [];
  const between = networkGBpsOfGpu(type, gpu);
  const within = gpu.linkGBps;
  const message =
    `TP ${size} over nodes of ${gpu.count} GPUs sends ${2 * shape.layers} all-reduces a token through EFA at ${decimal(between)} GB/s a GPU ` +
    `instead of ${within} GB/s inside a node: communication is about ${Math.max(1, Math.round(within / between))} times slower.`;
  return [
    problem({
      code: "tensor-parallel-crosses-nodes",
      severity: "warning",
      path: "tensorParallelSize",
      message,
      ...nearestSplit(shape, type, request),
    }),
  ];
}

/** The part of a problem that says what to do. */
type Advice = Pick<Problem, "fix" | "changes">;

/** The split that keeps most of the tensor parallelism without more nodes, as text and as settings. */
function nearestSplit(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest): Advice {
  const gpus = type.gpu?.count ?? 1;
  const asked = request.tensorParallelSize * request.pipelineParallelSize;
  // A split over more nodes than there are would only cause the next problem.
  const ranks = request.nodeCount ? Math.min(asked, request.nodeCount * gpus) : asked;
  const full = Math.ceil(ranks / gpus) * gpus;
  // You pay for a whole node: if the requested GPUs do not divide the model well, all GPUs of the node may.
  const totals = ranks < gpus ? [ranks, full] : [full];
  for (let size = Math.min(gpus, full); size >= 1; size--) {
    const total = totals.find((whole) => whole % size === 0 && (whole <= gpus || gpus % size === 0));
    if (total === undefined) continue;
    const split = { ...request, tensorParallelSize: size, pipelineParallelSize: total / size };
    if (!isSound(shape, type, split)) continue;
    const fix = `Set tensorParallelSize to ${size} and pipelineParallelSize to ${split.pipelineParallelSize}: ${total} GPUs, tensor parallelism inside a node.`;
    return { fix, changes: changed(request, split) };
  }
  return { fix: "Lower tensorParallelSize and pipelineParallelSize: no split of these nodes divides this model.", changes: [] };
}

function isSound(shape: ModelShape, type: InstanceTypeFacts, request: ParallelRequest): boolean {
  const { tensorParallelSize: size, pipelineParallelSize: stages, enableExpertParallel } = request;
  const gpus = type.gpu?.count ?? 1;
  const fills = size * stages <= gpus || (size * stages) % gpus === 0;
  return stages <= shape.layers && fills && shardFaults(shape, size, enableExpertParallel).length === 0;
}

const changed = (from: ParallelRequest, to: ParallelRequest): Change[] =>
  (["tensorParallelSize", "pipelineParallelSize"] as const)
    .filter((key) => from[key] !== to[key])
    .map((key) => ({ path: key, value: to[key] }));

const decimal = (value: number) => String(Math.round(value * 10) / 10);
