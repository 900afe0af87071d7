/** What the arithmetic needs to know about a model: the numbers of its Hugging Face `config.json`, with one meaning each. */

export interface ModelShape {
  /** Hugging Face repository, for example `Qwen/Qwen3-32B`. */
  id: string;
  /** vLLM's name of the implementation, the first of `architectures` in config.json. */
  architecture: string;
  layers: number;
  hiddenSize: number;
  attentionHeads: number;
  /** Key and value heads; equal to `attentionHeads` without grouped-query attention. Ignored where `mla` is given. */
  kvHeads: number;
  headDim: number;
  /** Width of a value head, if it differs from a key head (MiMo-V2). @default headDim */
  valueHeadDim?: number;
  /** Heads of the layers with a window, if they differ from those of the other layers (Gemma 4, MiMo-V2). */
  windowHeads?: AttentionHeads;
  /** Width of a dense feed-forward layer. */
  intermediateSize: number;
  vocabSize: number;
  /** Longest context that the model supports, in tokens. */
  maxPositionEmbeddings: number;
  /** The output head is the embedding matrix, stored once. */
  tiedEmbeddings: boolean;
  /** Query, key and value projections carry a bias (Qwen2 does). */
  attentionBias: boolean;
  /** Query and key are normalised per head (Qwen3, GLM-4.5): two vectors of `headDim` per layer. */
  queryKeyNorm?: boolean;
  /** Share of a head that rotary embedding rotates; 0 without rotary embedding (Kimi-Linear). @default 1 */
  rotaryShare?: number;
  /** Rotary embedding counts text, height and width apart (Qwen-VL, Qwen3.5). */
  multimodalRotary?: boolean;
  mla?: MultiHeadLatentAttention;
  compressed?: CompressedAttention;
  blockIndex?: BlockIndex;
  moe?: MixtureOfExperts;
  attention: AttentionPattern;
  /**
   * One letter per layer, for a model whose layers are not evenly spread: `F` full attention, `W` window or chunk, `S` state, `C` and `H`
   * compressed 4 : 1 and 128 : 1. @default spread evenly, each period ending with full attention
   */
  mixers?: string;
  /** What the layers without attention keep instead of keys and values; given if and only if `attention` is `hybrid`. */
  state?: LinearAttention | DeltaAttention | Mamba2;
  /** Residual streams that every layer mixes (hyper-connections of DeepSeek-V4). @default 1 */
  residualStreams?: number;
  /** Blocks of Nemotron-H, which do one thing each, one letter per block: `M` Mamba-2, `*` attention, `-` feed-forward, `E` experts. */
  blockPattern?: string;
  weights: WeightFormat;
  /** Absent for a model that only reads text. */
  towers?: Towers;
}

/** What turns images into embeddings, with the projectors to the language model: counts of parameters, in the model's dtype. */
export interface Towers {
  /** Parameters that tensor parallelism divides. */
  divided: number;
  /** Parameters that every rank holds. */
  whole: number;
  /** Attention heads, which the ranks must share evenly; absent if nothing is divided. */
  heads?: number;
  /** `--mm-encoder-tp-mode data` has no effect: vLLM's class does not support it. */
  alwaysDivided?: boolean;
  /** Versions of vLLM before this one divide nothing. */
  wholeBefore?: string;
}

/** Multi-head latent attention (DeepSeek, Kimi): one latent vector per token instead of key and value heads. */
export interface MultiHeadLatentAttention {
  /** Absent if the query is projected directly (DeepSeek-V2-Lite). */
  qLoraRank?: number;
  kvLoraRank: number;
  ropeHeadDim: number;
  nopeHeadDim: number;
  valueHeadDim: number;
  /** Picks the tokens that attention reads (DeepSeek-V3.2, GLM-5). It has a separate cache. */
  indexer?: Indexer;
  /** A gate for attention's output, as wide as the values of all heads (Kimi-K3). */
  outputGate?: boolean;
}

export interface Indexer {
  heads: number;
  headDim: number;
  /** Indexes of the layers that have one; the layers between share its choice (GLM-5.2). @default all */
  layers?: number[];
}

/** Picks blocks of keys and values in layers of grouped-query attention (MiniMax-M3). */
export interface BlockIndex extends Indexer {
  layers: number[];
}

export interface AttentionHeads {
  attentionHeads: number;
  kvHeads: number;
  headDim: number;
  valueHeadDim?: number;
}

/**
 * DeepSeek-V4: keys and values are one vector of `headDim` for all heads. Every layer has a window; layers `C` and `H` keep one vector for
 * 4 or 128 tokens besides.
 */
export interface CompressedAttention {
  qLoraRank: number;
  oLoraRank: number;
  outputGroups: number;
  ropeHeadDim: number;
  window: number;
  /** Of the layers compressed 4 : 1. */
  indexer: { heads: number; headDim: number };
}

/** Gated delta net (Qwen3-Next, Qwen3.5): a matrix per value head, and the last inputs of a convolution. */
export interface LinearAttention {
  kind: "linearAttention";
  keyHeads: number;
  valueHeads: number;
  keyHeadDim: number;
  valueHeadDim: number;
  convolution: number;
  /** The checkpoint asks for its state in fp32. @default false, in the model's dtype */
  fp32?: boolean;
}

/** Kimi delta attention: as a gated delta net, with a decay for every channel. */
export interface DeltaAttention {
  kind: "deltaAttention";
  heads: number;
  headDim: number;
  convolution: number;
  /** The gate of the output is a projection of full rank (Kimi-K3), not a product of two (Kimi-Linear). */
  fullRankGate: boolean;
  fp32?: boolean;
}

export interface Mamba2 {
  kind: "mamba2";
  heads: number;
  headDim: number;
  groups: number;
  stateSize: number;
  convolution: number;
  fp32?: boolean;
}

export interface MixtureOfExperts {
  experts: number;
  activeExperts: number;
  expertIntermediateSize: number;
  sharedExperts: number;
  /** Width of all shared experts of a layer together; 0 without shared experts. */
  sharedExpertIntermediateSize: number;
  /** Leading layers that keep a dense feed-forward. */
  denseLayers: number;
  /** Of the layers after those, every n-th has experts (Llama-4-Maverick: 2). @default 1 */
  every?: number;
  /** Input and output of an expert, between two projections of each layer (Nemotron-3-Super, Kimi-K3). @default the hidden size */
  latentSize?: number;
}

export type AttentionPattern =
  { kind: "full" } | { kind: "sliding" | "chunked"; window: number; fullLayers: number } | { kind: "hybrid"; fullLayers: number };

export interface WeightFormat {
  dtype: "bfloat16" | "float16" | "float32";
  quantization?: Quantization;
  /** Type of the KV cache that the checkpoint asks for, with scales for it; `auto` takes it. @default `dtype` */
  kvCacheDtype?: "fp8" | "nvfp4";
}

/** How a linear layer is stored. */
export interface QuantizationFormat {
  method: "fp8" | "int8" | "awq" | "gptq" | "compressed-tensors" | "mxfp4" | "mxfp8" | "nvfp4" | "bitsandbytes";
  bitsPerWeight: number;
  /** Weights that share a scale; vLLM refuses a tensor-parallel shard that is not a multiple of the block. */
  block?: { outputs: number; inputs: number };
  /** Weights that share a scale along the input dimension. */
  groupSize?: number;
}

/** Modules that a checkpoint may store in their own format. */
export type QuantizedModule = "attention" | "state" | "experts" | "sharedExperts" | "denseLayers";

/** How linear layers are stored. Embeddings, output head, norms and routers stay in `dtype`. */
export interface Quantization extends QuantizationFormat {
  /** Modules that stay in `dtype`. */
  unquantized?: QuantizedModule[];
  /** Modules in another format than the one above. */
  others?: Partial<Record<QuantizedModule, QuantizationFormat>>;
}
