/** Writes the arithmetic of memory line by line, with each formula and its source, so that a reader can check it by hand. */
import type { InstanceTypeFacts } from "../catalog/instanceTypes";
import type { ModelShape } from "../catalog/modelShape";
import { additionalBytes } from "../sizing/memory/additions";
import { forwardBytes, samplerBytes } from "../sizing/memory/engineOverheads";
import { expertWorkspaceBytes, keepsExpertWorkspace } from "../sizing/memory/expertWorkspace";
import { blocksOfRequest, cachePool, cacheRequest, type CachePool } from "../sizing/memory/kvCache";
import { feedForwardTensors, mixerTensors, normTensors } from "../sizing/model/layerTensors";
import { kindsOf, layersOf, mixersOf, type Layer } from "../sizing/model/layers";
import type { EngineMemorySettings, GroupMemory, RankMemory } from "../sizing/memory/memory";
import type { ParallelLayout } from "../sizing/layout/parallelLayout";
import {
  absorbedBytes,
  dtypeBytes,
  endsOf,
  headBytes,
  rankTensorBytes,
  rotaryTableBytes,
  type RankPlace,
} from "../sizing/model/parameters";
import { towerBytes, towerRanks } from "../sizing/memory/towerMemory";
import { uncertaintyGiB } from "../sizing/memory/uncertainty";
import { paddedVocabulary, type WeightTensor } from "../sizing/model/weightTensor";
import { headsFormula } from "./headsFormula";
import { number } from "./text";

interface Explained {
  shape: ModelShape;
  type: InstanceTypeFacts;
  layout: ParallelLayout;
  settings: EngineMemorySettings;
  memory: GroupMemory;
}

const inGiB = (bytes: number) => `${number(bytes / 2 ** 30, 3)} GiB`;
const source = (text: string) => `    from ${text}`;

/** Explains the stage with the least room. The other stages differ only in their layers, embedding and output head. */
export function explanation(explained: Explained): string[] {
  const { memory, layout } = explained;
  const rank = memory.ranks.reduce((least, each) => (each.kvCacheGiB < least.kvCacheGiB ? each : least));
  const firstLayer = layout.layersPerStage.slice(0, rank.stage).reduce((sum, layers) => sum + layers, 0);
  const place = {
    tensorParallelSize: layout.tensorParallelSize,
    enableExpertParallel: explained.settings.enableExpertParallel,
    firstLayer,
    layers: layout.layersPerStage[rank.stage] ?? 0,
  };
  return [
    `  ${explained.type.gpu ? "One GPU" : "The node"}, stage ${rank.stage}, layers ${firstLayer} to ${firstLayer + place.layers - 1}:`,
    ...weightLines(explained, place, rank),
    ...overheadLines(explained, rank),
    ...budgetLines(explained, rank),
    ...cacheLines(explained, place, rank),
  ];
}

function weightLines(explained: Explained, place: RankPlace, rank: RankMemory): string[] {
  const { shape } = explained;
  const stage = layersOf(shape).slice(place.firstLayer, place.firstLayer + place.layers);
  const kinds = kindsOf(stage);
  const of = (layers: number, tensors: WeightTensor[]) =>
    layers > 0 ? tensors.map((tensor) => tensorLine(shape, tensor, layers, place)) : [];
  const ends = endsOf(shape, place);
  return [
    "  weights: outputs × inputs of each tensor, divided by the ranks that share it, for all layers of the stage",
    ...(ends.length > 0
      ? [
          `    ${ends.join(" and ")}: ${ends.length} × ${number(paddedVocabulary(shape))} ÷ ${place.tensorParallelSize} × ${number(shape.hiddenSize)} × ${dtypeBytes(shape.weights)} bytes = ${inGiB(ends.length * headBytes(shape, place))}`,
        ]
      : []),
    ...mixersByWeights(shape, stage).flatMap(({ layers, tensors }) => of(layers, tensors)),
    ...of(kinds.dense, feedForwardTensors(shape, "dense")),
    ...of(kinds.experts, feedForwardTensors(shape, "experts")),
    ...of(place.layers, normTensors(shape)),
    ...(shape.mla ? [`    projections absorbed for decoding: ${inGiB(absorbedBytes(shape, place))}`] : []),
    ...towerLines(explained, place),
    ...additionLines(explained, place),
    `    sines and cosines of ${number(shape.maxPositionEmbeddings)} positions: ${inGiB(rotaryTableBytes(shape))}`,
    `    together ${number(rank.weightsGiB, 3)} GiB`,
    source("config.json; vllm/model_executor/models, layers/linear.py, layers/vocab_parallel_embedding.py"),
  ];
}

/** Layers with a window hold what layers with full attention hold, unless they have other heads. Layers with a state come last. */
function mixersByWeights(shape: ModelShape, stage: readonly Layer[]): { layers: number; tensors: WeightTensor[] }[] {
  const alike = !shape.windowHeads && !shape.compressed;
  const found = mixersOf(stage.map((layer) => (alike && layer.mixer === "window" ? { ...layer, mixer: "full" as const } : layer)));
  const isState = ({ mixer }: { mixer: string }) => Number(mixer === "state");
  return found.sort((a, b) => isState(a) - isState(b)).map((each) => ({ layers: each.layers, tensors: mixerTensors(shape, each) }));
}

function towerLines({ shape, settings }: Explained, place: RankPlace): string[] {
  const bytes = towerBytes(shape, place, settings);
  if (!shape.towers || bytes === 0) return [];
  const { divided, whole } = shape.towers;
  const ranks = towerRanks(shape.towers, place.tensorParallelSize, settings);
  const parameters = `${number(divided)}${ranks > 1 ? ` ÷ ${ranks}` : ""} + ${number(whole)} that every rank holds`;
  return [`    vision tower and projector: ${parameters}, × ${dtypeBytes(shape.weights)} bytes = ${inGiB(bytes)}`];
}

function additionLines({ shape, settings: { lora, draftTokens } }: Explained, place: RankPlace): string[] {
  const adapters = lora
    ? [`    ${lora.maxLoras} LoRA slots of rank ${lora.maxLoraRank}: ${inGiB(additionalBytes(shape, place, { lora }))}`]
    : [];
  const drafted = draftTokens === undefined ? 0 : additionalBytes(shape, place, { draftTokens });
  return [...adapters, ...(drafted > 0 ? [`    the layer that drafts ${number(draftTokens ?? 0)} tokens: ${inGiB(drafted)}`] : [])];
}

function tensorLine(shape: ModelShape, tensor: WeightTensor, layers: number, place: RankPlace): string {
  const { name, outputs, inputs, copies, split } = tensor;
  const size =
    split === "none"
      ? 1
      : split === "kvHeads"
        ? Math.min(place.tensorParallelSize, tensor.kvHeads ?? shape.kvHeads)
        : place.tensorParallelSize;
  const numbers = [
    ...(layers > 1 ? [`${layers} layers`] : []),
    ...(copies > 1 ? [number(copies)] : []),
    number(outputs),
    ...(inputs > 1 ? [number(inputs)] : []),
  ].join(" × ");
  const bytes = rankTensorBytes(shape, tensor, place);
  const held = size > 1 ? ` ÷ ${size}` : "";
  const perWeight = (bytes * size) / (outputs * inputs * copies);
  return `    ${name}: ${numbers}${held} × ${number(perWeight, 3)} bytes = ${inGiB(layers * bytes)}`;
}

function overheadLines({ shape, type, layout, settings, memory }: Explained, rank: RankMemory): string[] {
  if (!type.gpu) return [];
  const { maxNumSeqs, maxNumBatchedTokens } = memory;
  const { tensorParallelSize } = layout;
  const run = { ...memory, enableExpertParallel: settings.enableExpertParallel, vllmVersion: settings.vllmVersion };
  const workspace = expertWorkspaceBytes(shape, type.gpu, { ...run, tensorParallelSize });
  const experts = workspace > 0 ? [`    workspace of the experts: ${inGiB(workspace)}, added to ${added(settings.vllmVersion)}`] : [];
  const sampler = samplerBytes(shape.vocabSize, type.gpu, run);
  const entries = maxNumSeqs * shape.vocabSize;
  const samples = rank.stage === layout.pipelineParallelSize - 1;
  return [
    "  peak activation: the larger of",
    `    a forward pass of ${number(maxNumBatchedTokens)} tokens: ${inGiB(forwardBytes(shape, tensorParallelSize, run))}`,
    samples
      ? `    the sampler: ${number(maxNumSeqs)} requests × ${number(shape.vocabSize)} words × ${number(sampler / entries, 1)} bytes = ${inGiB(sampler)}`
      : "    the sampler: on the last stage only",
    ...experts,
    source("logs, docs/sizing.md; vllm/v1/sample/sampler.py, https://github.com/vllm-project/vllm/pull/33538"),
    `  CUDA context and NCCL: ${number(rank.nonTorchGiB, 2)} GiB`,
    source("logs, docs/sizing.md"),
    `  CUDA graphs: ${number(rank.cudaGraphGiB, 2)} GiB${rank.cudaGraphGiB === 0 ? " (not taken from the cache here)" : ""}`,
    source("logs, docs/sizing.md; https://github.com/vllm-project/vllm/pull/30515"),
  ];
}

const added = (vllmVersion: string) => (keepsExpertWorkspace(vllmVersion) ? "both" : "the forward pass");

function budgetLines({ memory, type }: Explained, rank: RankMemory): string[] {
  if (!type.gpu) return [`  KV cache: ${number(rank.kvCacheGiB, 2)} GiB, what the pod requests`, source("VLLM_CPU_KVCACHE_SPACE")];
  const { weightsGiB, activationGiB, nonTorchGiB, cudaGraphGiB, kvCacheGiB } = rank;
  const taken = [weightsGiB, activationGiB, nonTorchGiB, cudaGraphGiB].map((value) => `− ${number(value, 2)}`).join(" ");
  return [
    `  KV cache: ${memory.gpuMemoryUtilization} × ${number(memory.gpuMemoryGiB, 2)} ${taken} = ${number(kvCacheGiB, 2)} GiB`,
    source("vllm/v1/worker/gpu_worker.py (determine_available_memory)"),
  ];
}

function cacheLines(explained: Explained, place: RankPlace, rank: RankMemory): string[] {
  const { shape, type, layout, settings, memory } = explained;
  const request = cacheRequest(shape, type.gpu, layout, settings, memory.maxNumBatchedTokens);
  const pool = cachePool(shape, request, place.firstLayer, place.layers);
  if (pool.bytesPerBlock === 0) return [];
  return [
    ...perTokenLines(explained, pool, place),
    `  ${number(rank.kvCacheGiB, 2)} GiB = ${number(Math.max(0, Math.floor((rank.kvCacheGiB * 2 ** 30) / pool.bytesPerBlock)))} blocks; ` +
      `a request of ${number(memory.maxModelLen)} tokens takes ${number(blocksOfRequest(pool, memory.maxModelLen))}: ` +
      `${number(memory.maxConcurrency, 2)} at once, ${number(memory.kvCacheTokens)} tokens`,
    source("vllm/v1/core/kv_cache_utils.py"),
    `  ± ${number(uncertaintyGiB(shape, type, layout, rank), 2)} GiB of it: ${memory.uncertaintyPercent} %`,
    source("the spread of the logs in docs/sizing.md"),
  ];
}

function perTokenLines({ shape, settings }: Explained, pool: CachePool, { tensorParallelSize, layers }: RankPlace): string[] {
  const layout = pool.groups.length > 1 ? `, in ${pool.groups.length} groups of layers that share the blocks` : ` for ${layers} layers`;
  const dtype = settings.kvCacheDtype ?? "auto";
  const formula = shape.mla ? `${shape.mla.kvLoraRank} + ${shape.mla.ropeHeadDim} latent numbers` : headsFormula(shape, tensorParallelSize);
  return [
    `  a block: ${pool.blockTokens} tokens × ${formula} (${dtype})${layout} = ${number(pool.bytesPerBlock)} bytes`,
    source("vllm/v1/kv_cache_interface.py"),
  ];
}
