/** Known models, with the revision that the package deploys. Those of 2026 are in recentModels.ts. */
import {
  copiedConfig,
  cardOf,
  copiedQwqConfig,
  experts,
  fp8Blocks,
  glmSource,
  quantized,
  reasoning,
  renamed,
  shape,
  toolCalls,
  type CatalogModel,
} from "./modelRow";
import type { ModelShape, MultiHeadLatentAttention } from "./modelShape";
import { miniMaxM25, recentModels } from "./recentModels";

export type { CatalogModel, ModelName } from "./modelRow";

const llama8B = shape("LlamaForCausalLM", {
  id: "meta-llama/Llama-3.1-8B-Instruct",
  layers: 32,
  hiddenSize: 4096,
  attentionHeads: 32,
  kvHeads: 8,
  intermediateSize: 14336,
  vocabSize: 128256,
  maxPositionEmbeddings: 131072,
});
const llama70B = shape("LlamaForCausalLM", {
  id: "meta-llama/Llama-3.1-70B-Instruct",
  layers: 80,
  hiddenSize: 8192,
  attentionHeads: 64,
  kvHeads: 8,
  intermediateSize: 28672,
  vocabSize: 128256,
  maxPositionEmbeddings: 131072,
});
const llama405B = shape("LlamaForCausalLM", {
  id: "meta-llama/Llama-3.1-405B-Instruct",
  layers: 126,
  hiddenSize: 16384,
  attentionHeads: 128,
  kvHeads: 8,
  intermediateSize: 53248,
  vocabSize: 128256,
  maxPositionEmbeddings: 131072,
});

/** Three of four layers attend within chunks of 8192 tokens. */
const llama4Scout = shape("Llama4ForConditionalGeneration", {
  id: "meta-llama/Llama-4-Scout-17B-16E-Instruct",
  layers: 48,
  hiddenSize: 5120,
  attentionHeads: 40,
  kvHeads: 8,
  intermediateSize: 16384,
  vocabSize: 202048,
  maxPositionEmbeddings: 10485760,
  moe: experts(16, 1, 8192, { sharedExperts: 1, sharedExpertIntermediateSize: 8192 }),
  attention: { kind: "chunked", window: 8192, fullLayers: 12 },
  towers: { divided: 870_825_728, whole: 1_106_688, heads: 16 },
});
/** Layers with and without experts alternate. */
const llama4Maverick = renamed(llama4Scout, "meta-llama/Llama-4-Maverick-17B-128E-Instruct", {
  maxPositionEmbeddings: 1048576,
  moe: experts(128, 1, 8192, { sharedExperts: 1, sharedExpertIntermediateSize: 8192, every: 2 }),
});
const qwen25With32B = shape("Qwen2ForCausalLM", {
  id: "Qwen/Qwen2.5-32B-Instruct",
  layers: 64,
  hiddenSize: 5120,
  attentionHeads: 40,
  kvHeads: 8,
  intermediateSize: 27648,
  vocabSize: 152064,
  maxPositionEmbeddings: 32768,
  attentionBias: true,
});
const qwen25With72B = shape("Qwen2ForCausalLM", {
  id: "Qwen/Qwen2.5-72B-Instruct",
  layers: 80,
  hiddenSize: 8192,
  attentionHeads: 64,
  kvHeads: 8,
  intermediateSize: 29568,
  vocabSize: 152064,
  maxPositionEmbeddings: 32768,
  attentionBias: true,
});

const qwen3With8B = shape("Qwen3ForCausalLM", {
  id: "Qwen/Qwen3-8B",
  layers: 36,
  hiddenSize: 4096,
  attentionHeads: 32,
  kvHeads: 8,
  intermediateSize: 12288,
  vocabSize: 151936,
  maxPositionEmbeddings: 40960,
  queryKeyNorm: true,
});
const qwen3With06B = renamed(qwen3With8B, "Qwen/Qwen3-0.6B", {
  layers: 28,
  hiddenSize: 1024,
  attentionHeads: 16,
  intermediateSize: 3072,
  tiedEmbeddings: true,
});
const qwen3With32B = renamed(qwen3With8B, "Qwen/Qwen3-32B", {
  layers: 64,
  hiddenSize: 5120,
  attentionHeads: 64,
  intermediateSize: 25600,
});
const qwen3With30B = renamed(qwen3With8B, "Qwen/Qwen3-30B-A3B", {
  architecture: "Qwen3MoeForCausalLM",
  layers: 48,
  hiddenSize: 2048,
  attentionHeads: 32,
  kvHeads: 4,
  intermediateSize: 6144,
  moe: experts(128, 8, 768),
});
const qwen3With235B = renamed(qwen3With30B, "Qwen/Qwen3-235B-A22B", {
  layers: 94,
  hiddenSize: 4096,
  attentionHeads: 64,
  intermediateSize: 12288,
  moe: experts(128, 8, 1536),
});
const qwen3With235BInstruct = renamed(qwen3With235B, "Qwen/Qwen3-235B-A22B-Instruct-2507", { maxPositionEmbeddings: 262144 });
const qwen3Coder = renamed(qwen3With30B, "Qwen/Qwen3-Coder-480B-A35B-Instruct", {
  layers: 62,
  hiddenSize: 6144,
  attentionHeads: 96,
  kvHeads: 8,
  intermediateSize: 8192,
  maxPositionEmbeddings: 262144,
  moe: experts(160, 8, 2560),
});
/** 15 layers of attention; the other 45 keep a state of fixed size instead of keys and values. */
const qwen35Text = shape("Qwen3_5MoeForConditionalGeneration", {
  id: "Qwen/Qwen3.5-397B-A17B",
  layers: 60,
  hiddenSize: 4096,
  attentionHeads: 32,
  kvHeads: 2,
  headDim: 256,
  intermediateSize: 1024,
  vocabSize: 248320,
  maxPositionEmbeddings: 262144,
  queryKeyNorm: true,
  moe: experts(512, 10, 1024, { sharedExperts: 1, sharedExpertIntermediateSize: 1024 }),
  attention: { kind: "hybrid", fullLayers: 15 },
  state: { kind: "linearAttention", keyHeads: 16, valueHeads: 64, keyHeadDim: 128, valueHeadDim: 128, convolution: 4, fp32: true },
  rotaryShare: 0.25,
});
const qwen35 = renamed(qwen35Text, "Qwen/Qwen3.5-397B-A17B", { towers: { divided: 451_392_624, whole: 4_617_856, heads: 16 } });

/** 12 layers of attention, 36 of linear attention. */
const qwen3Next: ModelShape = renamed(qwen35Text, "Qwen/Qwen3-Next-80B-A3B-Instruct", {
  architecture: "Qwen3NextForCausalLM",
  layers: 48,
  hiddenSize: 2048,
  attentionHeads: 16,
  intermediateSize: 5120,
  vocabSize: 151936,
  moe: experts(512, 10, 512, { sharedExperts: 1, sharedExpertIntermediateSize: 512 }),
  attention: { kind: "hybrid", fullLayers: 12 },
  state: { kind: "linearAttention", keyHeads: 16, valueHeads: 32, keyHeadDim: 128, valueHeadDim: 128, convolution: 4 },
});

const deepSeekLatent: MultiHeadLatentAttention = { qLoraRank: 1536, kvLoraRank: 512, ropeHeadDim: 64, nopeHeadDim: 128, valueHeadDim: 128 };
const deepSeekV3 = shape("DeepseekV3ForCausalLM", {
  id: "deepseek-ai/DeepSeek-V3",
  layers: 61,
  hiddenSize: 7168,
  attentionHeads: 128,
  kvHeads: 128,
  headDim: 192,
  intermediateSize: 18432,
  vocabSize: 129280,
  maxPositionEmbeddings: 163840,
  mla: deepSeekLatent,
  moe: experts(256, 8, 2048, { sharedExperts: 1, sharedExpertIntermediateSize: 2048, denseLayers: 3 }),
  weights: { dtype: "bfloat16", quantization: fp8Blocks },
});
/** Attends to the 2048 tokens that an index picks. */
const deepSeekV32 = renamed(deepSeekV3, "deepseek-ai/DeepSeek-V3.2", {
  architecture: "DeepseekV32ForCausalLM",
  mla: { ...deepSeekLatent, indexer: { heads: 64, headDim: 128 } },
});
const kimiK2 = renamed(deepSeekV3, "moonshotai/Kimi-K2-Instruct", {
  attentionHeads: 64,
  kvHeads: 64,
  vocabSize: 163840,
  maxPositionEmbeddings: 131072,
  moe: experts(384, 8, 2048, { sharedExperts: 1, sharedExpertIntermediateSize: 2048, denseLayers: 1 }),
});
/** Integer experts with a bfloat16 scale for 32 weights; everything else stays bfloat16. */
const kimiK2Thinking = renamed(kimiK2, "moonshotai/Kimi-K2-Thinking", {
  maxPositionEmbeddings: 262144,
  weights: {
    dtype: "bfloat16",
    quantization: {
      method: "compressed-tensors",
      bitsPerWeight: 4.5,
      groupSize: 32,
      unquantized: ["attention", "sharedExperts", "denseLayers"],
    },
  },
});

const mixtral = shape("MixtralForCausalLM", {
  id: "mistralai/Mixtral-8x22B-v0.1",
  layers: 56,
  hiddenSize: 6144,
  attentionHeads: 48,
  kvHeads: 8,
  intermediateSize: 16384,
  vocabSize: 32000,
  maxPositionEmbeddings: 65536,
  moe: experts(8, 2, 16384),
});

const mistralSmall = shape("MistralForCausalLM", {
  id: "mistralai/Mistral-Small-24B-Instruct-2501",
  layers: 40,
  hiddenSize: 5120,
  attentionHeads: 32,
  kvHeads: 8,
  intermediateSize: 32768,
  vocabSize: 131072,
  maxPositionEmbeddings: 32768,
});

/** Every second layer sees only the last 128 tokens. Attention stays bfloat16; 4-bit experts with an 8-bit scale for 32 weights. */
const gptOss = (id: string, layers: number, count: number): ModelShape =>
  shape("GptOssForCausalLM", {
    id,
    layers,
    hiddenSize: 2880,
    attentionHeads: 64,
    kvHeads: 8,
    headDim: 64,
    intermediateSize: 2880,
    vocabSize: 201088,
    maxPositionEmbeddings: 131072,
    attentionBias: true,
    moe: experts(count, 4, 2880),
    attention: { kind: "sliding", window: 128, fullLayers: layers / 2 },
    weights: { dtype: "bfloat16", quantization: { method: "mxfp4", bitsPerWeight: 4.25, groupSize: 32, unquantized: ["attention"] } },
  });

const glm45 = shape("Glm4MoeForCausalLM", {
  id: "zai-org/GLM-4.5",
  layers: 92,
  hiddenSize: 5120,
  attentionHeads: 96,
  kvHeads: 8,
  intermediateSize: 12288,
  vocabSize: 151552,
  maxPositionEmbeddings: 131072,
  attentionBias: true,
  queryKeyNorm: true,
  moe: experts(160, 8, 1536, { sharedExperts: 1, sharedExpertIntermediateSize: 1536, denseLayers: 3 }),
});

const glm46 = renamed(glm45, "zai-org/GLM-4.6", { maxPositionEmbeddings: 202752 });

const miniMaxM2 = renamed(miniMaxM25, "MiniMaxAI/MiniMax-M2");

const gemma3 = shape("Gemma3ForConditionalGeneration", {
  id: "google/gemma-3-27b-it",
  layers: 62,
  hiddenSize: 5376,
  attentionHeads: 32,
  kvHeads: 16,
  intermediateSize: 21504,
  vocabSize: 262208,
  maxPositionEmbeddings: 131072,
  tiedEmbeddings: true,
  queryKeyNorm: true,
  attention: { kind: "sliding", window: 1024, fullLayers: 10 },
  towers: { divided: 411_279_984, whole: 11_780_352, heads: 16, alwaysDivided: true },
});

/** 688.6 GB: the checkpoint carries a layer for speculative decoding that is not loaded. */
const deepSeekDownloadGiB = 641.3;

/**
 * DeepSeek's tool calls need a parser and a chat template from the vLLM sources (`--chat-template`). Set the template in
 * `engine.extraArguments`: without it vLLM silently drops the tools of a request.
 * https://github.com/vllm-project/recipes/blob/8959cf6/models/deepseek-ai/DeepSeek-V3.1.yaml
 */
const deepSeekThinking = reasoning("deepseek_r1");

const qwen3Thinking = [...reasoning("qwen3"), ...toolCalls("hermes")];

export const models: readonly CatalogModel[] = [
  {
    shape: qwen3With06B,
    publishedParameters: 596_049_920,
    revision: "c1899de289a04d12100db370d81485cdf75e47ca",
    gated: false,
    engineArguments: qwen3Thinking,
    source: cardOf("Qwen/Qwen3-0.6B"),
  },
  {
    shape: qwen3With8B,
    revision: "b968826d9c46dd6066d109eabc6255188de91218",
    gated: false,
    engineArguments: qwen3Thinking,
    source: copiedConfig,
  },
  {
    shape: qwen3With32B,
    publishedParameters: 32_762_123_264,
    revision: "9216db5781bf21249d130ec9da846c4624c16137",
    gated: false,
    engineArguments: qwen3Thinking,
    source: copiedConfig,
  },
  {
    shape: quantized(qwen3With32B, "Qwen/Qwen3-32B-FP8", fp8Blocks),
    gated: false,
    engineArguments: qwen3Thinking,
    source: cardOf("Qwen/Qwen3-32B-FP8"),
  },
  { shape: qwen3With30B, gated: false, engineArguments: qwen3Thinking, source: copiedConfig },
  {
    shape: quantized(qwen3With30B, "Qwen/Qwen3-30B-A3B-FP8", fp8Blocks),
    gated: false,
    engineArguments: qwen3Thinking,
    source: cardOf("Qwen/Qwen3-30B-A3B-FP8"),
  },
  { shape: qwen3With235B, publishedParameters: 235_093_634_560, gated: false, engineArguments: qwen3Thinking, source: copiedConfig },
  {
    shape: quantized(qwen3With235B, "Qwen/Qwen3-235B-A22B-FP8", fp8Blocks),
    gated: false,
    engineArguments: qwen3Thinking,
    source: copiedConfig,
  },
  {
    // Never thinks, so no reasoning parser.
    shape: qwen3With235BInstruct,
    publishedParameters: 235_093_634_560,
    gated: false,
    engineArguments: toolCalls("hermes"),
    source: copiedConfig,
  },
  {
    shape: quantized(qwen3With235BInstruct, "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", fp8Blocks),
    gated: false,
    engineArguments: toolCalls("hermes"),
    source: copiedConfig,
  },
  {
    shape: qwen3Coder,
    publishedParameters: 480_154_875_392,
    gated: false,
    engineArguments: toolCalls("qwen3_coder"),
    source: copiedConfig,
  },
  {
    shape: quantized(qwen3Coder, "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", fp8Blocks),
    gated: false,
    engineArguments: toolCalls("qwen3_coder"),
    source: copiedConfig,
  },
  {
    shape: qwen35,
    gated: false,
    engineArguments: [...reasoning("qwen3"), ...toolCalls("qwen3_coder")],
    source: { ...copiedConfig, confidence: "medium" },
  },
  {
    shape: qwen25With32B,
    publishedParameters: 32_763_876_352,
    gated: false,
    engineArguments: toolCalls("hermes"),
    source: cardOf("Qwen/Qwen2.5-32B-Instruct"),
  },
  {
    shape: renamed(qwen25With32B, "Qwen/QwQ-32B", { maxPositionEmbeddings: 131072 }),
    publishedParameters: 32_763_876_352,
    gated: false,
    engineArguments: qwen3Thinking,
    source: copiedQwqConfig,
  },
  {
    // Trained from the same base as QwQ-32B, with the same dimensions.
    shape: renamed(qwen25With32B, "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", { maxPositionEmbeddings: 131072 }),
    publishedParameters: 32_763_876_352,
    revision: "711ad2ea6aa40cfca18895e8aca02ab92df1a746",
    gated: false,
    engineArguments: deepSeekThinking,
    source: copiedQwqConfig,
  },
  {
    shape: qwen25With72B,
    publishedParameters: 72_706_203_648,
    gated: false,
    engineArguments: toolCalls("hermes"),
    source: cardOf("Qwen/Qwen2.5-72B-Instruct"),
  },
  {
    shape: llama8B,
    publishedParameters: 8_030_261_248,
    gated: true,
    engineArguments: toolCalls("llama3_json"),
    source: copiedConfig,
  },
  {
    shape: llama70B,
    publishedParameters: 70_553_706_496,
    gated: true,
    engineArguments: toolCalls("llama3_json"),
    source: copiedConfig,
  },
  {
    shape: renamed(llama70B, "meta-llama/Llama-3.3-70B-Instruct"),
    publishedParameters: 70_553_706_496,
    gated: true,
    engineArguments: toolCalls("llama3_json"),
    source: cardOf("meta-llama/Llama-3.3-70B-Instruct"),
  },
  {
    // One scale for each output channel, so there is no block that a shard could cut.
    shape: quantized(llama70B, "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", { method: "compressed-tensors", bitsPerWeight: 8 }),
    gated: false,
    engineArguments: toolCalls("llama3_json"),
    source: {
      url: "https://github.com/llm-d-incubation/llm-d-planner (docs/empirical-vllm-memory-results.md)",
      asOf: "2026-08-21",
      confidence: "medium",
    },
  },
  {
    shape: renamed(llama70B, "deepseek-ai/DeepSeek-R1-Distill-Llama-70B"),
    publishedParameters: 70_553_706_496,
    gated: false,
    engineArguments: deepSeekThinking,
    source: cardOf("deepseek-ai/DeepSeek-R1-Distill-Llama-70B"),
  },
  {
    shape: llama405B,
    publishedParameters: 405_853_388_800,
    gated: true,
    engineArguments: toolCalls("llama3_json"),
    source: copiedConfig,
  },
  { shape: llama4Scout, gated: true, engineArguments: toolCalls("llama4_pythonic"), source: copiedConfig },
  { shape: llama4Maverick, gated: true, engineArguments: toolCalls("llama4_pythonic"), source: copiedConfig },
  {
    shape: deepSeekV3,
    publishedParameters: 671_026_419_200,
    downloadGiB: deepSeekDownloadGiB,
    gated: false,
    engineArguments: [],
    source: copiedConfig,
  },
  {
    shape: renamed(deepSeekV3, "deepseek-ai/DeepSeek-V3.1"),
    publishedParameters: 671_026_419_200,
    downloadGiB: deepSeekDownloadGiB,
    gated: false,
    engineArguments: reasoning("deepseek_v3"),
    minimumVllmVersion: "0.12.0",
    source: copiedConfig,
  },
  {
    shape: renamed(deepSeekV3, "deepseek-ai/DeepSeek-R1"),
    publishedParameters: 671_026_419_200,
    downloadGiB: deepSeekDownloadGiB,
    gated: false,
    engineArguments: deepSeekThinking,
    minimumVllmVersion: "0.12.0",
    source: copiedConfig,
  },
  {
    shape: renamed(deepSeekV3, "deepseek-ai/DeepSeek-R1-0528"),
    publishedParameters: 671_026_419_200,
    downloadGiB: deepSeekDownloadGiB,
    gated: false,
    engineArguments: deepSeekThinking,
    minimumVllmVersion: "0.12.0",
    source: copiedConfig,
  },
  {
    shape: kimiK2,
    gated: false,
    engineArguments: ["--trust-remote-code", ...toolCalls("kimi_k2")],
    minimumVllmVersion: "0.12.0",
    source: copiedConfig,
  },
  {
    shape: renamed(kimiK2, "moonshotai/Kimi-K2-Instruct-0905", { maxPositionEmbeddings: 262144 }),
    revision: "7152993552508c9f22042b3bb93b5e6acd06ce73",
    gated: false,
    engineArguments: ["--trust-remote-code", ...toolCalls("kimi_k2")],
    minimumVllmVersion: "0.12.0",
    source: cardOf("moonshotai/Kimi-K2-Instruct-0905"),
  },
  {
    shape: deepSeekV32,
    // Includes the layer for speculative decoding, which is not loaded.
    downloadGiB: 642.12,
    gated: false,
    engineArguments: ["--tokenizer-mode", "deepseek_v32", ...reasoning("deepseek_v3"), ...toolCalls("deepseek_v32")],
    source: copiedConfig,
  },
  {
    // Never thinks, so no reasoning parser.
    shape: qwen3Next,
    gated: false,
    engineArguments: toolCalls("hermes"),
    source: copiedConfig,
  },
  {
    shape: kimiK2Thinking,
    gated: false,
    engineArguments: ["--trust-remote-code", ...reasoning("kimi_k2"), ...toolCalls("kimi_k2")],
    minimumVllmVersion: "0.12.0",
    source: { ...copiedConfig, confidence: "medium" },
  },
  { shape: mistralSmall, gated: false, engineArguments: [], source: cardOf("mistralai/Mistral-Small-24B-Instruct-2501") },
  { shape: mixtral, gated: false, engineArguments: [], source: copiedConfig },
  {
    shape: gptOss("openai/gpt-oss-20b", 24, 32),
    gated: false,
    engineArguments: toolCalls("openai"),
    minimumVllmVersion: "0.10.0",
    source: copiedConfig,
  },
  {
    shape: gptOss("openai/gpt-oss-120b", 36, 128),
    gated: false,
    engineArguments: toolCalls("openai"),
    minimumVllmVersion: "0.10.0",
    source: copiedConfig,
  },
  {
    shape: glm45,
    gated: false,
    engineArguments: [...reasoning("glm45"), ...toolCalls("glm45")],
    source: glmSource("https://github.com/zyzshishui/slime (scripts/models/glm4.5-355B-A32B.sh)"),
  },
  {
    shape: glm46,
    gated: false,
    engineArguments: [...reasoning("glm45"), ...toolCalls("glm45")],
    source: glmSource("https://github.com/andreidhoang/stanford-ai"),
  },
  {
    // One scale for each output channel, so there is no block that a shard could cut.
    shape: quantized(glm46, "zai-org/GLM-4.6-FP8", {
      method: "compressed-tensors",
      bitsPerWeight: 8,
    }),
    gated: false,
    engineArguments: [...reasoning("glm45"), ...toolCalls("glm45")],
    source: cardOf("zai-org/GLM-4.6-FP8", "low"),
  },
  {
    shape: miniMaxM2,
    gated: false,
    engineArguments: ["--trust-remote-code", ...reasoning("minimax_m2"), ...toolCalls("minimax_m2")],
    minimumVllmVersion: "0.11.0",
    source: copiedConfig,
  },
  { shape: gemma3, gated: true, engineArguments: [], source: cardOf("google/gemma-3-27b-it", "low") },
  ...recentModels,
];

const byId = new Map(models.map((model) => [model.shape.id, model]));

/** The branch to download if no revision is given. It moves, so the download resolves it once and keeps that commit. */
export const defaultRevision = "main";

/** The row of a Hugging Face repository, or undefined if the catalog does not have it. */
export function findModel(id: string): CatalogModel | undefined {
  return byId.get(id);
}
