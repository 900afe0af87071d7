/**
 * A Qwen2 of half a million parameters that vLLM loads and that talks nonsense: config.json, weights and a tokenizer of single bytes.
 * The tokenizer knows <think> and </think>, without which vLLM refuses a reasoning parser.
 */
import fs from "node:fs";
import path from "node:path";

const special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"];
const bytes = 256;
const hiddenSize = 128;
const intermediateSize = 256;
const layers = 4;
const heads = 4;
const keyValueHeads = 2;
const keyValueSize = (hiddenSize / heads) * keyValueHeads;
/** A multiple of 64, as vLLM pads it. */
const vocabulary = 320;

export function writeTinyModel(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const json = (file: string, content: unknown) => fs.writeFileSync(path.join(folder, file), JSON.stringify(content));
  json("config.json", config);
  json("tokenizer.json", tokenizer());
  json("tokenizer_config.json", tokenizerConfig);
  fs.writeFileSync(path.join(folder, "model.safetensors"), safetensors(tensors()));
}

/** An adapter of rank 8 for the queries of each layer. */
export function writeTinyAdapter(folder: string): void {
  const rank = 8;
  const layer = (index: number): Tensor[] => {
    const name = `base_model.model.model.layers.${index}.self_attn.q_proj`;
    return [
      { name: `${name}.lora_A.weight`, shape: [rank, hiddenSize] },
      { name: `${name}.lora_B.weight`, shape: [hiddenSize, rank] },
    ];
  };
  fs.mkdirSync(folder, { recursive: true });
  const settings = { peft_type: "LORA", task_type: "CAUSAL_LM", r: rank, lora_alpha: rank, target_modules: ["q_proj"], bias: "none" };
  fs.writeFileSync(path.join(folder, "adapter_config.json"), JSON.stringify(settings));
  fs.writeFileSync(
    path.join(folder, "adapter_model.safetensors"),
    safetensors(Array.from({ length: layers }, (_, index) => layer(index)).flat()),
  );
}

const config = {
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  hidden_act: "silu",
  hidden_size: hiddenSize,
  intermediate_size: intermediateSize,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: keyValueHeads,
  max_position_embeddings: 32768,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
  eos_token_id: bytes + special.indexOf("<|im_end|>"),
  vocab_size: vocabulary,
};

const tokenizerConfig = {
  tokenizer_class: "PreTrainedTokenizerFast",
  eos_token: "<|im_end|>",
  pad_token: "<|endoftext|>",
  chat_template:
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
};

function tokenizer(): unknown {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const added = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: "1.0",
    added_tokens: special.map((content, index) => ({ id: bytes + index, content, ...added })),
    pre_tokenizer: byteLevel,
    decoder: byteLevel,
    model: { type: "BPE", vocab: Object.fromEntries(letters().map((letter, index) => [letter, index])), merges: [] },
  };
}

/** The visible letter that stands for each byte: https://github.com/openai/gpt-2/blob/master/src/encoder.py */
function letters(): string[] {
  const visible = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = bytes;
  return Array.from({ length: bytes }, (_, byte) => String.fromCodePoint(visible(byte) ? byte : next++));
}

interface Tensor {
  name: string;
  shape: number[];
}

function tensors(): Tensor[] {
  const linear = (name: string, outputs: number, inputs: number) => ({ name: `${name}.weight`, shape: [outputs, inputs] });
  const layer = (index: number): Tensor[] => {
    const part = (name: string) => `model.layers.${index}.${name}`;
    return [
      { name: part("input_layernorm.weight"), shape: [hiddenSize] },
      { name: part("post_attention_layernorm.weight"), shape: [hiddenSize] },
      ...(["q", "k", "v"] as const).flatMap((which) => {
        const outputs = which === "q" ? hiddenSize : keyValueSize;
        const name = part(`self_attn.${which}_proj`);
        return [linear(name, outputs, hiddenSize), { name: `${name}.bias`, shape: [outputs] }];
      }),
      linear(part("self_attn.o_proj"), hiddenSize, hiddenSize),
      linear(part("mlp.gate_proj"), intermediateSize, hiddenSize),
      linear(part("mlp.up_proj"), intermediateSize, hiddenSize),
      linear(part("mlp.down_proj"), hiddenSize, intermediateSize),
    ];
  };
  const embedding = linear("model.embed_tokens", vocabulary, hiddenSize);
  return [
    embedding,
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    { name: "model.norm.weight", shape: [hiddenSize] },
  ];
}

/** https://huggingface.co/docs/safetensors: the length of the header, the header, the numbers. */
function safetensors(all: Tensor[]): Buffer {
  const header: Record<string, unknown> = {};
  const numbers = all.map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: name.endsWith("norm.weight") ? ones(count) : randomNumbers(count) };
  });
  let offset = 0;
  for (const { name, shape, data } of numbers) {
    header[name] = { dtype: "BF16", shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...numbers.map(({ data }) => data)]);
}

const oneInBfloat16 = 0x3f80;
const ones = (count: number) => Buffer.from(new Uint16Array(count).fill(oneInBfloat16).buffer);

/** Between 1/32 and 1/16 of either sign, the same at each run: the sign and seven bits of mantissa of a linear congruential generator. */
function randomNumbers(count: number): Buffer {
  const smallExponent = 0x3d00;
  let state = count;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) & 0x807f) | smallExponent;
  };
  return Buffer.from(Uint16Array.from({ length: count }, next).buffer);
}
