/** Cases about the model, its split over GPUs, and its memory. */
import { shown, type Provoked } from "./provoked";

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;
const split = (tensor: number, pipeline: number, nodes: number) => [
  `tensorParallelSize=${tensor}`,
  `pipelineParallelSize=${pipeline}`,
  `nodeCount=${nodes}`,
];
const qwen32 = "model=Qwen/Qwen3-32B";
const tiny = "tensorParallelSize: 1\nvllm-eks:pipelineParallelSize: 1\nvllm-eks:nodeCount: 1";
const fromConfig = (json: object) => ({
  "config.json": JSON.stringify(json),
  "Pulumi.dev.yaml": shown(`vllm-eks:model: org/own\nvllm-eks:modelConfigFile: config.json\nvllm-eks:${tiny}`),
});
const llama = {
  ...{ architectures: ["LlamaForCausalLM"], hidden_size: 2048, num_hidden_layers: 16, num_attention_heads: 32, num_key_value_heads: 8 },
  ...{ intermediate_size: 8192, vocab_size: 128256, max_position_embeddings: 32768, torch_dtype: "bfloat16" },
};

export const modelCases: Provoked[] = [
  {
    ...{ severity: "setBeforeUp", code: "hugging-face-token-unset", path: "huggingFaceToken" },
    ...{ settings: ["model=meta-llama/Llama-3.3-70B-Instruct"], says: ["meta-llama/Llama-3.3-70B-Instruct", "gated", "401"] },
  },
  {
    ...{ ...error, code: "model-unknown", path: "model", settings: ["model=Qwen/Qwen3-32b"] },
    ...{ says: ['"Qwen/Qwen3-32b"', '"Qwen/Qwen3-32B"'], proposes: [qwen32] },
  },
  { ...error, code: "model-unknown", path: "model", settings: ["model=nobody/nothing-like-it"], says: ['"nobody/nothing-like-it"'] },
  {
    ...{ ...error, code: "model-config-unsupported", path: "modelConfigFile", files: fromConfig({ architectures: ["BertModel"] }) },
    says: ["BertModel", "docs/sizing.md"],
  },
  {
    ...{
      ...error,
      code: "model-config-unsupported",
      path: "modelConfigFile",
      files: fromConfig({ ...llama, hidden_size: -1, vocab_size: "x" }),
    },
    says: ["hidden_size", "vocab_size", "a whole number above 0"],
  },
  {
    ...{ ...warning, code: "model-config-unsupported", path: "modelConfigFile" },
    ...{ files: fromConfig({ text_config: llama, vision_config: {} }), says: ["text_config", "model_type null"] },
  },
  {
    ...{ ...error, code: "max-model-len-beyond-model", path: "engine.maxModelLen", settings: ["engine.maxModelLen=200000"] },
    ...{ says: ["200000", "131072"], proposes: ["engine.maxModelLen=131072"] },
  },
  {
    ...{ ...error, code: "heads-not-divisible", path: "tensorParallelSize", settings: split(16, 1, 2) },
    ...{ says: ["(40)", "(16)"], proposes: ["tensorParallelSize=8", "pipelineParallelSize=2"] },
  },
  {
    ...{ ...error, code: "kv-heads-not-divisible", path: "tensorParallelSize", settings: split(5, 1, 1) },
    ...{ says: ["(8)", "(5)"], proposes: ["tensorParallelSize=8"] },
  },
  {
    ...{ ...error, code: "shard-not-divisible", path: "tensorParallelSize" },
    settings: ["model=Qwen/Qwen3-30B-A3B-FP8", "instanceType=p5.48xlarge", ...split(4, 1, 1)],
    ...{ says: ["192", "128", "4"], proposes: ["engine.enableExpertParallel=true"] },
  },
  {
    ...{ ...warning, code: "tensor-parallel-crosses-nodes", path: "tensorParallelSize", settings: [qwen32, ...split(16, 1, 2)] },
    ...{ says: ["TP 16", "8 GPUs", "48 times"], proposes: ["tensorParallelSize=8", "pipelineParallelSize=2"] },
  },
  {
    ...{ ...error, code: "world-size-mismatch", path: "tensorParallelSize", settings: split(4, 3, 2) },
    ...{ says: ["TP 4 × PP 3", "12", "8 GPUs of p4d.24xlarge"], proposes: ["tensorParallelSize=8", "pipelineParallelSize=2"] },
  },
  {
    ...{ ...error, code: "world-size-mismatch", path: "tensorParallelSize", stack: "local", settings: ["tensorParallelSize=2"] },
    ...{ says: ["2", "1"], proposes: ["tensorParallelSize=1"] },
  },
  { ...error, code: "more-stages-than-layers", path: "pipelineParallelSize", settings: split(8, 65, 65), says: ["65", "64"] },
  {
    ...{ ...error, code: "model-does-not-fit", path: "model", settings: [qwen32, "instanceType=g5.12xlarge", ...split(1, 1, 1)] },
    ...{ says: ["61.03 GiB", "22.10 GiB"], proposes: ["tensorParallelSize=4"] },
  },
  {
    ...{ ...error, code: "no-kv-cache", path: "model" },
    settings: ["model=Qwen/Qwen3.5-397B-A17B", "instanceType=g7e.48xlarge", "modelStore.storageCapacityGiB=2400", ...split(8, 1, 1)],
    ...{ says: ["0.92 × 94.97 GiB", "92.68 weights", "-16.00 GiB"], proposes: ["pipelineParallelSize=2", "nodeCount=2"] },
  },
  {
    ...{ ...error, code: "context-does-not-fit", path: "engine.maxModelLen" },
    settings: ["model=Qwen/Qwen3-8B", "instanceType=g5.8xlarge", ...split(1, 1, 1)],
    ...{ says: ["32768", "30864", "4.50 GiB", "4.24 GiB"], proposes: ["engine.maxModelLen=29312"] },
  },
  {
    ...{ ...warning, code: "context-does-not-fit", path: "engine.maxModelLen" },
    settings: [qwen32, "instanceType=g5.12xlarge", "engine.gpuMemoryUtilization=0.828", ...split(4, 1, 1)],
    ...{ says: ["32768", "34480", "10 %"], proposes: ["engine.maxModelLen=31024"] },
  },
  {
    ...{ ...warning, code: "dtype-unsupported-by-gpu", path: "engine.kvCacheDtype", settings: ["engine.kvCacheDtype=fp8"] },
    ...{ says: ["fp8", "8.0"], proposes: ["engine.kvCacheDtype=auto"] },
  },
  {
    ...{ ...warning, code: "dtype-unsupported-by-gpu", path: "instanceType", settings: ["model=Qwen/Qwen3-32B-FP8", ...split(8, 1, 1)] },
    says: ["8.9", "8.0", "A100"],
  },
  {
    ...{ ...error, code: "attention-unsupported-by-gpu", path: "instanceType" },
    settings: ["model=deepseek-ai/DeepSeek-V3.2", "instanceType=p4de.24xlarge", "modelStore.storageCapacityGiB=2400", ...split(8, 2, 2)],
    says: ["9.x", "8.0", "A100-80"],
  },
  {
    ...{ ...error, code: "out-of-range", path: "engine.extraArguments" },
    settings: [qwen32, 'engine.extraArguments=["--decode-context-parallel-size=3"]', ...split(8, 1, 1)],
    says: ["--decode-context-parallel-size is 3", "a divisor of 1"],
  },
];
