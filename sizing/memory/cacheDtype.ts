/** The type of the KV cache, and the bytes of one token in one layer that follow from it (vLLM `v1/kv_cache_interface.py`). */
import type { ModelShape } from "../../catalog/modelShape";
import { isAtLeast, isDataCenterBlackwell } from "./engineDefaults";
import { headsOf } from "../model/attentionTensors";
import type { Layer } from "../model/layers";
import { dtypeBytes } from "../model/parameters";

export interface CacheDtypeRequest {
  tensorParallelSize: number;
  /** `--kv-cache-dtype`. @default auto */
  kvCacheDtype?: string;
  vllmVersion: string;
  /** Of the GPU; undefined on a node without GPUs. */
  computeCapability: number | undefined;
}

/** The indexer of sparse attention keeps a vector of fp8 and its fp32 scale. */
export const indexerScaleBytes = 4;

/** One vector of DeepSeek-V4: 448 bytes of fp8, 64 numbers of rotary key in bfloat16, eight scales (`DeepseekV4SWACache`). */
export const compressedStateBytes = 584;

/** One token of `fp8_ds_mla`: 512 bytes of fp8, four fp32 scales, and 64 numbers of rotary key in bfloat16. */
const packedLatentBytes = 656;

/** Bytes of one token in one layer of full attention on one rank, with the index if the model has one. */
export const attentionBytesPerToken = (shape: ModelShape, request: CacheDtypeRequest): number =>
  layerBytesPerToken(shape, request, { mixer: "full", indexed: true });

/**
 * Bytes of one token in one layer of attention on one rank. Heads are split until each rank has one, then copied.
 * MLA has one latent vector for all heads, so every rank keeps it, and so does an index with its key.
 */
export function layerBytesPerToken(
  shape: ModelShape,
  request: CacheDtypeRequest,
  { mixer, indexed }: Pick<Layer, "mixer" | "indexed">,
): number {
  if (shape.compressed) return compressedStateBytes;
  const dtype = cacheDtype(shape, request);
  if (!shape.mla) {
    const { kvHeads, headDim, valueHeadDim } = headsOf(shape, mixer);
    const heads = Math.max(1, kvHeads / request.tensorParallelSize);
    // MiniMax-M3 keeps the keys of its index in the model's dtype.
    const index = shape.blockIndex && indexed ? shape.blockIndex.headDim * dtypeBytes(shape.weights) : 0;
    return heads * (headDim + valueHeadDim) * elementBytes(shape, dtype) + index;
  }
  const { kvLoraRank, ropeHeadDim, indexer } = shape.mla;
  const isPacked = dtype === "fp8_ds_mla" || (indexer !== undefined && isFp8(dtype) && !isDataCenterBlackwell(request.computeCapability));
  const latent = isPacked ? packedLatentBytes : (kvLoraRank + ropeHeadDim) * elementBytes(shape, dtype);
  return latent + (indexer && indexed ? indexer.headDim + indexerScaleBytes : 0);
}

/** What vLLM makes of `auto`: the type that the checkpoint asks for, else that of the weights. */
function cacheDtype(shape: ModelShape, request: CacheDtypeRequest): string {
  const { kvCacheDtype = "auto", vllmVersion } = request;
  if (kvCacheDtype !== "auto") return kvCacheDtype;
  // `GlmMoeDsaForCausalLM.verify_and_update_config`. DeepSeek-V3.2 has no such rule: its cache keeps sixteen bits.
  if (shape.architecture === "GlmMoeDsaForCausalLM" && isAtLeast(vllmVersion, "0.32") && isDataCenterBlackwell(request.computeCapability))
    return "fp8_e4m3";
  // `resolve_kv_cache_dtype_string` exists since 0.14.
  return (isAtLeast(vllmVersion, "0.14") ? shape.weights.kvCacheDtype : undefined) ?? "auto";
}

const isFp8 = (dtype: string) => dtype.startsWith("fp8");

function elementBytes({ weights }: ModelShape, dtype: string): number {
  if (isFp8(dtype) || dtype.startsWith("int8")) return 1;
  // Each number takes four bits, and sixteen numbers share an fp8 scale.
  if (dtype === "nvfp4") return 0.5625;
  return dtype === "auto" ? dtypeBytes(weights) : 2;
}
