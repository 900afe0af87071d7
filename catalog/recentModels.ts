/** Models of 2026. A test compares each shape with the model's config.json in test/data/models. */
import type { Indexer, LinearAttention, MixtureOfExperts } from "./modelShape";
import { copiedConfig, experts, fp8Blocks, quantized, reasoning, renamed, shape, toolCalls, type CatalogModel } from "./modelRow";
import type { Source } from "./source";

/** Defaults of the class for a model's config.json, which are those of the checkpoint that it names. */
const transformersClass = (file: string): Source => ({
  url: `https://github.com/huggingface/transformers/blob/v5.19.0/src/transformers/models/${file}`,
  asOf: "2026-11-30",
  confidence: "medium",
});

const sharedExpert = (width: number, rest: Partial<MixtureOfExperts> = {}): Partial<MixtureOfExperts> => ({
  sharedExperts: 1,
  sharedExpertIntermediateSize: width,
  ...rest,
});

/** Experts in four bits, everything else in eight. */
const fp4Experts = { ...fp8Blocks, others: { experts: { method: "mxfp4", bitsPerWeight: 4.25, groupSize: 32 } } } as const;

const deepSeekV4Flash = shape("DeepseekV4ForCausalLM", {
  id: "deepseek-ai/DeepSeek-V4-Flash",
  layers: 43,
  hiddenSize: 4096,
  attentionHeads: 64,
  kvHeads: 1,
  headDim: 512,
  intermediateSize: 2048,
  vocabSize: 129280,
  maxPositionEmbeddings: 1048576,
  compressed: { qLoraRank: 1024, oLoraRank: 1024, outputGroups: 8, ropeHeadDim: 64, window: 128, indexer: { heads: 64, headDim: 128 } },
  residualStreams: 4,
  moe: experts(256, 6, 2048, sharedExpert(2048)),
  attention: { kind: "sliding", window: 128, fullLayers: 0 },
  mixers: `WWC${"HC".repeat(20)}`,
  weights: { dtype: "bfloat16", quantization: fp4Experts },
});
const deepSeekV4Pro = renamed(deepSeekV4Flash, "deepseek-ai/DeepSeek-V4-Pro", {
  layers: 61,
  hiddenSize: 7168,
  attentionHeads: 128,
  intermediateSize: 3072,
  compressed: { qLoraRank: 1536, oLoraRank: 1024, outputGroups: 16, ropeHeadDim: 64, window: 128, indexer: { heads: 64, headDim: 128 } },
  moe: experts(384, 6, 3072, sharedExpert(3072)),
  mixers: `HHC${"HC".repeat(29)}`,
});

const deltaNet: LinearAttention = {
  kind: "linearAttention",
  keyHeads: 16,
  valueHeads: 64,
  keyHeadDim: 128,
  valueHeadDim: 128,
  convolution: 4,
  fp32: true,
};
const qwen35With122B = shape("Qwen3_5MoeForConditionalGeneration", {
  id: "Qwen/Qwen3.5-122B-A10B",
  layers: 48,
  hiddenSize: 3072,
  attentionHeads: 32,
  kvHeads: 2,
  headDim: 256,
  intermediateSize: 1024,
  vocabSize: 248320,
  maxPositionEmbeddings: 262144,
  queryKeyNorm: true,
  rotaryShare: 0.25,
  multimodalRotary: true,
  moe: experts(256, 8, 1024, sharedExpert(1024)),
  attention: { kind: "hybrid", fullLayers: 12 },
  state: deltaNet,
  towers: { divided: 446_674_032, whole: 4_616_832, heads: 16 },
});
const qwen36With35B = renamed(qwen35With122B, "Qwen/Qwen3.6-35B-A3B", {
  layers: 40,
  hiddenSize: 2048,
  attentionHeads: 16,
  intermediateSize: 512,
  moe: experts(256, 8, 512, sharedExpert(512)),
  attention: { kind: "hybrid", fullLayers: 10 },
  state: { ...deltaNet, valueHeads: 32 },
  towers: { divided: 441_955_440, whole: 4_615_808, heads: 16 },
});
const { moe: _experts, ...qwen35Dense } = qwen35With122B;
const qwen36With27B = renamed(qwen35Dense, "Qwen/Qwen3.6-27B", {
  architecture: "Qwen3_5ForConditionalGeneration",
  layers: 64,
  hiddenSize: 5120,
  attentionHeads: 24,
  kvHeads: 4,
  intermediateSize: 17408,
  attention: { kind: "hybrid", fullLayers: 16 },
  state: { ...deltaNet, valueHeads: 48 },
  towers: { divided: 456_111_216, whole: 4_618_880, heads: 16 },
});

const glmIndexer: Indexer = { heads: 32, headDim: 128 };
const glmLatent = { qLoraRank: 2048, kvLoraRank: 512, ropeHeadDim: 64, nopeHeadDim: 192, valueHeadDim: 256 };
const glm51 = shape("GlmMoeDsaForCausalLM", {
  id: "zai-org/GLM-5.1",
  layers: 78,
  hiddenSize: 6144,
  attentionHeads: 64,
  kvHeads: 64,
  headDim: 256,
  intermediateSize: 12288,
  vocabSize: 154880,
  maxPositionEmbeddings: 202752,
  mla: { ...glmLatent, indexer: glmIndexer },
  moe: experts(256, 8, 2048, sharedExpert(2048, { denseLayers: 3 })),
});
/** Every fourth layer has an index, which the three layers after it share. */
const glm52 = renamed(glm51, "zai-org/GLM-5.2", {
  maxPositionEmbeddings: 1048576,
  mla: { ...glmLatent, indexer: { ...glmIndexer, layers: [0, 1, ...Array.from({ length: 19 }, (_, index) => 2 + 4 * index)] } },
});

const kimiK26 = shape("KimiK25ForConditionalGeneration", {
  id: "moonshotai/Kimi-K2.6",
  layers: 61,
  hiddenSize: 7168,
  attentionHeads: 64,
  kvHeads: 64,
  headDim: 192,
  intermediateSize: 18432,
  vocabSize: 163840,
  maxPositionEmbeddings: 262144,
  mla: { qLoraRank: 1536, kvLoraRank: 512, ropeHeadDim: 64, nopeHeadDim: 128, valueHeadDim: 128 },
  moe: experts(384, 8, 2048, sharedExpert(2048, { denseLayers: 1 })),
  towers: { divided: 411_279_984, whole: 59_863_936, heads: 16 },
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
/** Three of four layers keep a state; routed experts work between two projections. */
const kimiK3 = renamed(kimiK26, "moonshotai/Kimi-K3", {
  architecture: "KimiK3ForConditionalGeneration",
  layers: 93,
  attentionHeads: 96,
  kvHeads: 96,
  intermediateSize: 33792,
  maxPositionEmbeddings: 1048576,
  rotaryShare: 0,
  mla: { qLoraRank: 1536, kvLoraRank: 512, ropeHeadDim: 64, nopeHeadDim: 128, valueHeadDim: 128, outputGate: true },
  moe: experts(896, 16, 3072, { sharedExperts: 2, sharedExpertIntermediateSize: 6144, denseLayers: 1, latentSize: 3584 }),
  attention: { kind: "hybrid", fullLayers: 24 },
  mixers: `${"SSSF".repeat(23)}F`,
  state: { kind: "deltaAttention", heads: 96, headDim: 128, convolution: 4, fullRankGate: true, fp32: true },
  // What vLLM's class makes of the file's vision_config, on every rank.
  towers: { divided: 0, whole: 447_358_976 },
  weights: {
    dtype: "bfloat16",
    quantization: {
      method: "mxfp4",
      bitsPerWeight: 4.25,
      groupSize: 32,
      unquantized: ["attention", "sharedExperts", "denseLayers", "state"],
    },
  },
});

export const miniMaxM25 = shape("MiniMaxM2ForCausalLM", {
  id: "MiniMaxAI/MiniMax-M2.5",
  layers: 62,
  hiddenSize: 3072,
  attentionHeads: 48,
  kvHeads: 8,
  intermediateSize: 1536,
  vocabSize: 200064,
  maxPositionEmbeddings: 196608,
  queryKeyNorm: true,
  moe: experts(256, 8, 1536),
  weights: { dtype: "bfloat16", quantization: fp8Blocks },
});
/** All layers but the first three pick the blocks that they attend to. */
const miniMaxM3 = shape("MiniMaxM3SparseForConditionalGeneration", {
  id: "MiniMaxAI/MiniMax-M3",
  layers: 60,
  hiddenSize: 6144,
  attentionHeads: 64,
  kvHeads: 4,
  intermediateSize: 12288,
  vocabSize: 200064,
  maxPositionEmbeddings: 1048576,
  queryKeyNorm: true,
  rotaryShare: 0.5,
  blockIndex: { heads: 4, headDim: 128, layers: Array.from({ length: 57 }, (_, index) => 3 + index) },
  towers: { divided: 863_801_344, whole: 1_765_888, heads: 16 },
  moe: experts(128, 4, 3072, sharedExpert(3072, { denseLayers: 3 })),
});

/** Five of six layers have a window, and more and narrower heads than the others. */
const gemma4With26B = shape("Gemma4ForConditionalGeneration", {
  id: "google/gemma-4-26B-A4B-it",
  layers: 30,
  hiddenSize: 2816,
  attentionHeads: 16,
  kvHeads: 2,
  headDim: 512,
  windowHeads: { attentionHeads: 16, kvHeads: 8, headDim: 256 },
  intermediateSize: 2112,
  vocabSize: 262144,
  maxPositionEmbeddings: 262144,
  tiedEmbeddings: true,
  queryKeyNorm: true,
  moe: experts(128, 8, 704, sharedExpert(2112)),
  attention: { kind: "sliding", window: 1024, fullLayers: 5 },
  towers: { divided: 0, whole: 572_792_112 },
});
const { moe: _gemmaExperts, ...gemma4Dense } = gemma4With26B;
const gemma4With31B = renamed(gemma4Dense, "google/gemma-4-31B-it", {
  layers: 60,
  hiddenSize: 5376,
  attentionHeads: 32,
  kvHeads: 4,
  windowHeads: { attentionHeads: 32, kvHeads: 16, headDim: 256 },
  intermediateSize: 21504,
  attention: { kind: "sliding", window: 1024, fullLayers: 10 },
  towers: { divided: 0, whole: 575_741_232 },
});

const mistralSmall4 = shape("MistralLarge3ForCausalLM", {
  id: "mistralai/Mistral-Small-4-119B-2603",
  layers: 36,
  hiddenSize: 4096,
  attentionHeads: 32,
  kvHeads: 32,
  intermediateSize: 12288,
  vocabSize: 131072,
  maxPositionEmbeddings: 1048576,
  rotaryShare: 0.5,
  mla: { qLoraRank: 1024, kvLoraRank: 256, ropeHeadDim: 64, nopeHeadDim: 64, valueHeadDim: 128 },
  moe: experts(128, 4, 2048, sharedExpert(2048)),
});

const nemotronSuperPattern = `${"MEMEMEM*E"}${"MEMEMEM*E".repeat(2)}${"MEMEMEMEM*E".repeat(4)}MEMEMEM*EMEMEMEME`;
const nemotronSuper = shape("NemotronHForCausalLM", {
  id: "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16",
  layers: 88,
  hiddenSize: 4096,
  attentionHeads: 32,
  kvHeads: 2,
  intermediateSize: 2688,
  vocabSize: 131072,
  maxPositionEmbeddings: 262144,
  moe: experts(512, 22, 2688, sharedExpert(5376, { latentSize: 1024 })),
  attention: { kind: "hybrid", fullLayers: 8 },
  state: { kind: "mamba2", heads: 128, headDim: 64, groups: 8, stateSize: 128, convolution: 4, fp32: true },
  blockPattern: nemotronSuperPattern,
});

const mimoV2Flash = shape("MiMoV2FlashForCausalLM", {
  id: "XiaomiMiMo/MiMo-V2-Flash",
  layers: 48,
  hiddenSize: 4096,
  attentionHeads: 64,
  kvHeads: 4,
  headDim: 192,
  valueHeadDim: 128,
  windowHeads: { attentionHeads: 64, kvHeads: 8, headDim: 192, valueHeadDim: 128 },
  intermediateSize: 16384,
  vocabSize: 152576,
  maxPositionEmbeddings: 262144,
  rotaryShare: 0.334,
  moe: experts(256, 8, 2048, { denseLayers: 1 }),
  attention: { kind: "sliding", window: 128, fullLayers: 9 },
  mixers: `FWWWWF${"WWWWWF".repeat(7)}`,
  weights: { dtype: "bfloat16", quantization: fp8Blocks },
});

const remoteCode = "--trust-remote-code";
const qwenArguments = [...reasoning("qwen3"), ...toolCalls("qwen3_coder")];
const deepSeekArguments = ["--tokenizer-mode", "deepseek_v4", ...reasoning("deepseek_v4"), ...toolCalls("deepseek_v4")];
const glmArguments = [...reasoning("glm45"), ...toolCalls("glm47")];
const gemmaArguments = [...reasoning("gemma4"), ...toolCalls("gemma4")];
const mistralFormats = ["--tokenizer-mode", "mistral", "--config-format", "mistral", "--load-format", "mistral"];

const row = (
  of: CatalogModel["shape"],
  minimumVllmVersion: string,
  engineArguments: string[],
  rest: Partial<CatalogModel> = {},
): CatalogModel => ({ shape: of, gated: false, engineArguments, minimumVllmVersion, source: copiedConfig, ...rest });

/** `minimumVllmVersion`: the first of the versions whose sources were read that registers the architecture, or its index. */
export const recentModels: readonly CatalogModel[] = [
  row(deepSeekV4Flash, "0.20.0", deepSeekArguments),
  row(deepSeekV4Pro, "0.20.0", deepSeekArguments),
  row(qwen35With122B, "0.17.0", qwenArguments),
  row(renamed(qwen36With35B, "Qwen/Qwen3.5-35B-A3B"), "0.17.0", qwenArguments),
  row(renamed(qwen36With27B, "Qwen/Qwen3.5-27B"), "0.17.0", qwenArguments),
  row(qwen36With35B, "0.17.0", qwenArguments, { source: { ...copiedConfig, confidence: "medium" } }),
  row(qwen36With27B, "0.17.0", qwenArguments, { source: { ...copiedConfig, confidence: "medium" } }),
  row(renamed(glm51, "zai-org/GLM-5"), "0.16.0", glmArguments),
  row(glm51, "0.16.0", glmArguments),
  row(glm52, "0.21.0", glmArguments),
  row(quantized(glm52, "zai-org/GLM-5.2-FP8", fp8Blocks), "0.21.0", glmArguments),
  row(renamed(kimiK26, "moonshotai/Kimi-K2.5"), "0.15.1", [remoteCode, ...reasoning("kimi_k2"), ...toolCalls("kimi_k2")]),
  row(kimiK26, "0.15.1", [remoteCode, ...reasoning("kimi_k2"), ...toolCalls("kimi_k2")]),
  row(kimiK3, "0.27.0", [remoteCode, ...reasoning("kimi_k3"), ...toolCalls("kimi_k3")]),
  row(miniMaxM25, "0.11.0", [remoteCode, ...reasoning("minimax_m2"), ...toolCalls("minimax_m2")]),
  row(miniMaxM3, "0.24.0", [...reasoning("minimax_m3"), ...toolCalls("minimax_m3")], { source: { ...copiedConfig, confidence: "medium" } }),
  row(gemma4With26B, "0.19.0", gemmaArguments, { gated: true }),
  row(gemma4With31B, "0.19.0", gemmaArguments, { gated: true, source: { ...copiedConfig, confidence: "medium" } }),
  row(mistralSmall4, "0.18.0", [...mistralFormats, ...reasoning("mistral"), ...toolCalls("mistral")], {
    source: { ...transformersClass("mistral4/configuration_mistral4.py"), confidence: "low" },
  }),
  row(nemotronSuper, "0.18.0", [...reasoning("nemotron_v3"), ...toolCalls("qwen3_coder")]),
  row(mimoV2Flash, "0.14.0", [remoteCode, ...reasoning("qwen3"), ...toolCalls("qwen3_xml")]),
];
