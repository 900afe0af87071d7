/** Writes model, shape and memory; `plan` and `fit` show them in the same words. */
import { defaultRevision } from "../catalog/models";
import type { GroupMemory } from "../sizing/memory/memory";
import type { DocumentShape } from "../sizing/layout/parallelism";
import type { DocumentModel } from "./documentModel";
import { table } from "./table";
import { count, gib, number, paragraph, parameters, type Paint } from "./text";

export function modelLines({ model, shape }: { model: DocumentModel | null; shape: DocumentShape | null }): string[] {
  const lines: string[] = [];
  if (model) {
    const format = model.quantization ? `, ${model.quantization}` : "";
    lines.push(`${model.id}: ${parameters(model.parameters)} parameters, ${gib(model.weightsGiB)} of weights${format}.`);
    lines.push(
      `${model.architecture}, from ${model.source === "catalog" ? "the catalog" : "its config.json"}, revision ${model.revision ?? defaultRevision}.`,
    );
  }
  if (shape) lines.push(...shapeLines(shape));
  return lines.map((line) => paragraph(line, "  "));
}

function shapeLines(shape: DocumentShape): string[] {
  const { tensorParallelSize, pipelineParallelSize, nodesPerGroup, replicas, nodeCount, gpus, idleGpus } = shape;
  const group = `tensor parallel ${tensorParallelSize} × pipeline parallel ${pipelineParallelSize} on ${count(nodesPerGroup, "node")}`;
  const fabric =
    shape.efaInterfacesPerNode > 0
      ? `, ${count(shape.efaInterfacesPerNode, "EFA interface")} (${number(shape.efaGbpsPerNode)} Gbit/s) a node`
      : "";
  if (replicas === 0) return [`Paused: no GPU runs. Each group would be ${group}${fabric}.`];
  return [
    `${count(replicas, "group")} of ${group}.`,
    `${nodeCount} × ${shape.instanceType}: ${count(gpus, "GPU")}, ${idleGpus} idle${fabric}.`,
  ];
}

/** Nodes without GPUs serve from node memory. */
export const memoryTitle = (shape: DocumentShape | null): string =>
  `Memory of one ${shape?.gpusPerNode === 0 ? "node" : "GPU"}, by pipeline stage`;

export function memoryLines(memory: GroupMemory | null, paint: Paint): string[] {
  if (!memory) return [];
  const rows = memory.ranks.map((rank) => [
    String(rank.stage),
    ...[rank.weightsGiB, rank.activationGiB, rank.nonTorchGiB, rank.cudaGraphGiB, rank.kvCacheGiB].map((value) => number(value, 2)),
  ]);
  const head = ["stage", "weights", "activation", "libraries", "CUDA graphs", "KV cache GiB"];
  const used = `vLLM uses ${number(memory.gpuMemoryUtilization * 100)}% of ${gib(memory.gpuMemoryGiB)}`;
  return [
    table(rows, { head, right: [0, 1, 2, 3, 4, 5], paint }),
    paragraph(
      `${used}. One token takes ${number(memory.kvBytesPerToken)} bytes of KV cache; a group holds ${number(memory.kvCacheTokens)} tokens (±${memory.uncertaintyPercent}%).`,
      "  ",
    ),
    paragraph(
      `${number(memory.maxConcurrency, 1)} requests of ${number(memory.maxModelLen)} tokens at once; at most ${number(memory.maxNumSeqs)} in a batch of ${number(memory.maxNumBatchedTokens)} tokens.`,
      "  ",
    ),
  ];
}
