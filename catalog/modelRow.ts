/** The form of a row of the catalog of models, and short ways to write one. */
import type { AttentionPattern, MixtureOfExperts, ModelShape, Quantization } from "./modelShape";
import type { Source } from "./source";

/** Hugging Face id of a model. */
export type ModelName = string;

export interface CatalogModel {
  shape: ModelShape;
  /** Parameter count that the model's publisher states; a test compares it with the one computed from the shape. */
  publishedParameters?: number;
  /** Commit on Hugging Face that the package deploys by default; absent if none was verified. */
  revision?: string;
  /** Size of the download if the checkpoint holds more than the served weights (extra prediction layers, other formats), GiB. */
  downloadGiB?: number;
  /** The download needs a Hugging Face token. */
  gated: boolean;
  /** vLLM arguments that the model's publisher or the vLLM recipes recommend, as an argument list. */
  engineArguments: string[];
  minimumVllmVersion?: string;
  source: Source;
}

/** Copies of the publishers' config.json files. */
export const copiedConfig: Source = {
  url: "https://github.com/ai-dynamo/aiconfigurator/tree/095f58a51/aic-core/src/aiconfigurator_core/model_configs",
  asOf: "2026-08-21",
  confidence: "high",
};

export const copiedQwqConfig: Source = {
  url: "https://github.com/Retruth/deontic (nlp_models/qwq/README.md)",
  asOf: "2026-11-22",
  confidence: "medium",
};
export const glmSource = (url: string): Source => ({ url, asOf: "2026-11-22", confidence: "medium" });

/** Written down from memory of the file; if the publisher states a parameter count, the shape reproduces it exactly. */
export const cardOf = (id: string, confidence: Source["confidence"] = "medium"): Source => ({
  url: `https://huggingface.co/${id} (config.json)`,
  asOf: "2026-11-22",
  confidence,
});

export const toolCalls = (parser: string): string[] => ["--enable-auto-tool-choice", "--tool-call-parser", parser];
export const reasoning = (parser: string): string[] => ["--reasoning-parser", parser];

const full: AttentionPattern = { kind: "full" };
export const fp8Blocks: Quantization = { method: "fp8", bitsPerWeight: 8, block: { outputs: 128, inputs: 128 } };

type Dense = Pick<
  ModelShape,
  "id" | "layers" | "hiddenSize" | "attentionHeads" | "kvHeads" | "intermediateSize" | "vocabSize" | "maxPositionEmbeddings"
> &
  Partial<ModelShape>;

/** The shape that most publishers use: heads of 128, full attention, bfloat16, a separate output head, no biases. */
export const shape = (architecture: string, values: Dense): ModelShape => ({
  architecture,
  headDim: 128,
  tiedEmbeddings: false,
  attentionBias: false,
  attention: full,
  weights: { dtype: "bfloat16" },
  ...values,
});

export const renamed = (base: ModelShape, id: string, changes: Partial<ModelShape> = {}): ModelShape => ({ ...base, ...changes, id });
export const quantized = (base: ModelShape, id: string, quantization: Quantization): ModelShape =>
  renamed(base, id, { weights: { dtype: base.weights.dtype, quantization } });

export const experts = (count: number, active: number, width: number, rest: Partial<MixtureOfExperts> = {}): MixtureOfExperts => ({
  experts: count,
  activeExperts: active,
  expertIntermediateSize: width,
  sharedExperts: 0,
  sharedExpertIntermediateSize: 0,
  denseLayers: 0,
  ...rest,
});
