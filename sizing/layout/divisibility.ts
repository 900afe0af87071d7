/** Whether every tensor of a model divides among the ranks of a tensor-parallel group, with the message that vLLM prints if not. */
import type { ModelShape } from "../../catalog/modelShape";
import { feedForwardTensors, mixerTensors } from "../model/layerTensors";
import { kindsOf, layersOf, mixersOf } from "../model/layers";
import { formatOf, shardOf } from "../model/parameters";
import type { ProblemCode } from "../problem";
import { paddedVocabulary, type WeightTensor } from "../model/weightTensor";

export interface ShardFault {
  code: Extract<ProblemCode, "heads-not-divisible" | "kv-heads-not-divisible" | "shard-not-divisible">;
  /** vLLM's text, so that a search for it finds this code. */
  message: string;
}

/** One fault for each kind of module that does not divide; an empty list for a size that vLLM accepts. */
export function shardFaults(shape: ModelShape, tensorParallelSize: number, enableExpertParallel: boolean): ShardFault[] {
  if (tensorParallelSize === 1) return [];
  const heads = headFaults(shape, tensorParallelSize);
  const kinds = kindsOf(layersOf(shape));
  const ofLayers = (isState: boolean) =>
    mixersOf(layersOf(shape))
      .filter(({ mixer }) => (mixer === "state") === isState)
      .flatMap((each) => mixerTensors(shape, each));
  const attention = heads.length > 0 ? [] : ofLayers(false);
  const state = ofLayers(true);
  const dense = kinds.dense > 0 ? feedForwardTensors(shape, "dense") : [];
  const sparse = kinds.experts > 0 ? feedForwardTensors(shape, "experts") : [];
  const faults = [attention, state, dense, sparse].flatMap((tensors) => {
    const place = { tensorParallelSize, enableExpertParallel };
    return firstOfEachModule(tensors.map((tensor) => ({ tensor, message: tensorFault(shape, tensor, place) })));
  });
  return [...heads, ...faults, ...vocabularyFaults(shape, tensorParallelSize)];
}

function headFaults(shape: ModelShape, size: number): ShardFault[] {
  const { attentionHeads, kvHeads } = shape;
  const faults: ShardFault[] = [];
  if (attentionHeads % size !== 0) {
    const message = `Total number of attention heads (${attentionHeads}) must be divisible by tensor parallel size (${size}).`;
    faults.push({ code: "heads-not-divisible", message });
  }
  // Latent attention has one latent head, which every rank keeps.
  const divides = kvHeads >= size ? kvHeads % size === 0 : size % kvHeads === 0;
  if (!shape.mla && !divides) {
    const rule = kvHeads >= size ? "be divisible by the tensor parallel size" : "divide the tensor parallel size";
    faults.push({ code: "kv-heads-not-divisible", message: `The number of key-value heads (${kvHeads}) must ${rule} (${size}).` });
  }
  const groups = shape.compressed?.outputGroups;
  if (groups !== undefined && groups % size !== 0) {
    faults.push({
      code: "heads-not-divisible",
      message: `${shape.id} has ${groups} output groups (o_groups), which do not divide by ${size}.`,
    });
  }
  return faults;
}

function vocabularyFaults(shape: ModelShape, size: number): ShardFault[] {
  const padded = paddedVocabulary(shape);
  return padded % size === 0
    ? []
    : [{ code: "shard-not-divisible", message: `${padded} is not divisible by ${size} (vocabulary, padded to 64).` }];
}

type Place = Parameters<typeof shardOf>[2];

function tensorFault(shape: ModelShape, tensor: WeightTensor, place: Place): string | undefined {
  const size = place.tensorParallelSize;
  const isWhole = tensor.split === "none" || (tensor.module === "experts" && place.enableExpertParallel);
  if (isWhole) return undefined;
  const dimension = tensor.split === "inputs" ? tensor.inputs : tensor.outputs;
  if (tensor.split !== "kvHeads" && dimension % size !== 0) return `${dimension} is not divisible by ${size} (${tensor.name}).`;
  const format = formatOf(shape.weights.quantization, tensor);
  if (!format) return undefined;
  const shard = shardOf(shape, tensor, place);
  return format.block ? blockFault(tensor, shard, format.block) : groupFault(tensor, shard.inputs, format);
}

type Block = { outputs: number; inputs: number };

/** vLLM `quantization/utils/fp8_utils.py` (`validate_fp8_block_shape`) and, for experts, `quantization/fp8.py`. */
function blockFault(tensor: WeightTensor, shard: Block, block: Block): string | undefined {
  const isExpert = tensor.module === "experts";
  if (tensor.split === "inputs") {
    if (shard.inputs % block.inputs === 0) return undefined;
    const subject = isExpert ? "The input_size of down's weight" : "Weight input_size_per_partition";
    return `${subject} = ${shard.inputs} is not divisible by weight quantization block_k = ${block.inputs}.`;
  }
  if (shard.outputs % block.outputs === 0) return undefined;
  const subject = isExpert ? "The output_size of gate's and up's weight" : "Weight output_partition_size";
  return `${subject} = ${shard.outputs} is not divisible by weight quantization block_n = ${block.outputs}.`;
}

/** vLLM pads gpt-oss's expert matrices itself; the other grouped formats need whole groups on each rank. */
function groupFault(
  tensor: WeightTensor,
  inputs: number,
  { method, groupSize }: { method: string; groupSize?: number },
): string | undefined {
  if (method === "mxfp4" || method === "bitsandbytes" || !groupSize || tensor.split !== "inputs" || inputs % groupSize === 0)
    return undefined;
  return `Weight input_size_per_partition = ${inputs} is not divisible by group_size = ${groupSize} (${tensor.name}).`;
}

function firstOfEachModule(found: { tensor: WeightTensor; message: string | undefined }[]): ShardFault[] {
  const messages = new Map<string, string>();
  for (const { tensor, message } of found) {
    if (message !== undefined && !messages.has(tensor.module)) messages.set(tensor.module, message);
  }
  return [...messages.values()].map((message) => ({ code: "shard-not-divisible", message }));
}
