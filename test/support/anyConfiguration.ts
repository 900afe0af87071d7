/** Random configurations for property tests. They follow the schema, so that a new key is tested without being named here. */
import fc from "fast-check";
import { instanceTypes } from "../../catalog/instanceTypes";
import { models } from "../../catalog/models";
import { regions } from "../../catalog/regions";
import { kubernetesVersions } from "../../catalog/versions";
import { readConfiguration } from "../../plan/configuration";
import type { ConfigurationInput } from "../../stacks";
import { configSchema } from "../../environment/configSchema";
import type { ValueSchema } from "../../environment/valueSchema";
import { secretPlaceholder } from "../../environment/secrets";
import { adoptedSettings, repository } from "./environments";

type Values = Record<string, unknown>;

const anyText = fc.string({ unit: "grapheme", maxLength: 12 });
const strange = [
  null,
  true,
  "",
  " ",
  "[secret]",
  "<yours>",
  "NaN",
  "0x10",
  "1e9",
  "1\n2",
  "a".repeat(5000),
  1e308,
  -1e308,
  2 ** 53,
  1.5,
  -1,
];

/** JSON values that no key of the schema expects. */
const wild: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...strange),
  anyText,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(fc.oneof(anyText, fc.constantFrom("__proto__", "constructor", "0", "a.b", "a[0]")), fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 3,
  }),
);

const zones = regions.slice(0, 4).flatMap(({ name, zoneLetters = ["a"] }) => zoneLetters.map((letter) => `${name}${letter}`));
const cidrs = [
  "10.0.0.0/16",
  "10.1.0.0/20",
  "10.0.0.0/22",
  "10.0.1.0/24",
  "10.0.0.0/8",
  "10.0.0.1/16",
  "203.0.113.0/24",
  "0.0.0.0/0",
  "300.1.1.1/40",
];
const subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"];

/** Texts that the schema describes only by a pattern, or not at all: valid values and near misses. */
const texts: Readonly<Record<string, readonly string[]>> = {
  model: [...models.map(({ shape }) => shape.id), "Qwen/Qwen3-32b", "nobody/nothing", "../../etc", "a/b/c"],
  modelRevision: ["main", "0123456789abcdef0123456789abcdef01234567", "/x", "a..b", "v1/../../x"],
  instanceType: [...instanceTypes.map(({ name }) => name), "p4d.24xlarg", "m5.large"],
  availabilityZone: [...zones, "mars-north-1a"],
  apiKey: [secretPlaceholder, "hunter2"],
  huggingFaceToken: [secretPlaceholder],
  kmsKeyArn: ["us-west-2", "us-east-1"].map((region) => `arn:aws:kms:${region}:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab`),
  "capacity.reservationId": ["cr-0123456789abcdef0", "<reservation id>"],
  "capacity.reservationGroupArn": ["arn:aws:resource-groups:us-west-2:111122223333:group/gpus", "arn:aws:resource-groups:oops"],
  "capacity.startsAt": ["2026-12-01T11:30:00Z", "2026-12-01", "2020-01-01T00:00:00Z", "2026-99-99T00:00:00Z"],
  "gpuNodes.releaseVersion": ["1.35.0-20260714", "latest"],
  "engine.image": ["docker.io/vllm/vllm-openai:v0.27.1", "vllm/vllm-openai:latest", "no tag at all", "x@sha256:00", ":", "@"],
  "engine.vllmVersion": ["0.27.1", "0.9.2", "99.0"],
  "engine.cudaVersion": ["12.8", "13.0", "99.9"],
  "engine.extraArguments[]": [
    ...["--tool-call-parser", "hermes", "--port=1", "--api-key=x", "--max-model-len", "32", "--decode-context-parallel-size", "3"],
    ...["-dcp", "2", "--kv-cache-dtype", "fp8", "--enforce-eager", "--enable-expert-parallel", "--trust-remote-code", "--", "-", "🙂"],
    ...["--enable-lroa", "--enable-lora --max-loras 2", "-n1", "$(VLLM_API_KEY)", "", "--x.y"],
  ],
  "ingress.inboundCidrs[]": cidrs,
  "ingress.hostname": ["llm.example.com", "llm.acme.io"],
  "ingress.hostedZoneId": ["Z0123456789ABC", "<hosted zone id>"],
  "ingress.certificateArn": ["arn:aws:acm:us-west-2:111122223333:certificate/x"],
  "network.vpcId": ["vpc-0123456789abcdef0"],
  "network.nodeSubnetId": subnets,
  "network.loadBalancerSubnetIds[]": subnets,
  "network.loadBalancerCidrs[]": cidrs,
  "network.cidrBlock": cidrs,
  "network.availabilityZones[]": zones,
  "cluster.name": ["shared"],
  "cluster.version": [...kubernetesVersions.map(({ version }) => version), "1.99"],
  "cluster.publicAccessCidrs[]": cidrs,
  "cluster.administrators[]": ["arn:aws:iam::123456789012:role/ops", "arn:aws:iam::123456789012:role/deployer"],
  "cluster.accessRoleArn": ["arn:aws:iam::123456789012:role/deployer"],
  "cluster.systemInstanceType": ["m6i.large", "m6i.xlarge", "c9.unknown"],
  "platform.chartRepository": ["oci://charts.internal"],
};
const numbers = [1, 2, 3, 4, 8, 16, 64, 100, 1200, 2400, 4096, 4800, 32768];

/** A value of the right form, which may still contradict the other values. */
function sane(schema: ValueSchema, path: string): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1 } = schema;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer": {
      const usual = [minimum, maximum, ...numbers.filter((number) => number >= minimum && number <= maximum)];
      return fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...usual) },
        { weight: 1, arbitrary: fc.integer({ min: minimum, max: maximum }) },
      );
    }
    case "number":
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case "string":
      return texts[path] ? fc.constantFrom(...texts[path]) : anyText;
    case "array":
      return fc.array(sane(schema.items!, `${path}[]`), { maxLength: 4 });
    case "object":
      if (schema.properties) return object(schema.properties, `${path}.`, 30, 10);
      return fc.dictionary(fc.oneof(anyText, fc.constantFrom("owner", "aws:x", "0", "a.b", "vpc-cni")), anyText, { maxKeys: 3 });
  }
}

/** Of a hundred keys, `given` have a value of the right form and `garbage` have any other value; the rest are absent. */
function object(properties: Readonly<Record<string, ValueSchema>>, prefix: string, given: number, garbage: number): fc.Arbitrary<Values> {
  const entries = Object.entries(properties).map(([key, schema]) =>
    fc
      .oneof(
        { weight: 100 - given - garbage, arbitrary: fc.constant(undefined) },
        { weight: given, arbitrary: sane(schema, `${prefix}${key}`) },
        { weight: garbage, arbitrary: wild },
      )
      .map((value): [string, unknown] => [key, value]),
  );
  return fc.tuple(...entries).map((pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== undefined)));
}

const anyDay = fc
  .date({ min: new Date("2019-01-01"), max: new Date("2031-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
/** Days on which the default Kubernetes version may be created: on other days almost no environment is deployable. */
const dayOfSupport = fc
  .date({ min: new Date("2026-06-05"), max: new Date("2027-03-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const anyRegion = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...regions.map(({ name }) => name)) },
  { weight: 1, arbitrary: anyText },
);

const fields = [
  "architectures",
  "hidden_size",
  "num_hidden_layers",
  "num_attention_heads",
  "num_key_value_heads",
  "head_dim",
  "vocab_size",
];
const moreFields = [
  "intermediate_size",
  "max_position_embeddings",
  "sliding_window",
  "layer_types",
  "rope_scaling",
  "text_config",
  "torch_dtype",
];
const expertFields = ["num_experts", "num_experts_per_tok", "moe_intermediate_size", "kv_lora_rank", "first_k_dense_replace"];

const methods = ["fp8", "awq", "gptq", "compressed-tensors", "mxfp4", "modelopt", "bitsandbytes", "nobody"];
const anyQuantization = fc.record(
  {
    quant_method: fc.constantFrom(...methods),
    bits: fc.oneof(fc.constantFrom<unknown>(4, 8), wild),
    group_size: fc.oneof(fc.constantFrom<unknown>(128), wild),
    weight_block_size: fc.oneof(fc.constantFrom<unknown>([128, 128]), wild),
    config_groups: fc.oneof(fc.constantFrom<unknown>({ group_0: { weights: { num_bits: 4, type: "float" } } }), wild),
    ignore: fc.oneof(fc.constantFrom<unknown>(["lm_head", "re:.*self_attn.*"]), wild),
  },
  { requiredKeys: ["quant_method"] },
);

/** A config.json: often of a known architecture with one wrong field, otherwise any JSON, otherwise text that is not JSON. */
export const anyModelConfig: fc.Arbitrary<string> = fc.oneof(
  anyText,
  fc.json({ maxDepth: 4 }),
  fc
    .tuple(
      fc.constantFrom("LlamaForCausalLM", "Qwen3MoeForCausalLM", "DeepseekV3ForCausalLM", "GptOssForCausalLM", "Nobody"),
      fc.dictionary(fc.constantFrom(...fields, ...moreFields, ...expertFields, "quantization_config"), fc.oneof(wild, fc.nat(8192)), {
        maxKeys: 3,
      }),
      fc.option(anyQuantization, { nil: undefined }),
    )
    .map(([architecture, spoilt, quantization]) =>
      JSON.stringify({ ...soundConfig(architecture), quantization_config: quantization, ...spoilt }),
    ),
);

const soundConfig = (architecture: string) => ({
  ...{ architectures: [architecture], hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8 },
  ...{ intermediate_size: 14336, vocab_size: 128256, max_position_embeddings: 131072, torch_dtype: "bfloat16" },
  ...{ num_experts: 64, n_routed_experts: 64, num_local_experts: 64, num_experts_per_tok: 8, moe_intermediate_size: 768 },
  ...{ kv_lora_rank: 512, q_lora_rank: 1536, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128 },
});

/** Each key is present, absent or wrong; some keys are unknown. */
export const anyConfiguration: fc.Arbitrary<ConfigurationInput> = fc
  .record(
    {
      stack: fc.oneof({ weight: 3, arbitrary: fc.constantFrom("dev", "prod", "any-other") }, { weight: 1, arbitrary: anyText }),
      today: anyDay,
      known: object(configSchema, "", 30, 8),
      unknown: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.dictionary(anyText, wild, { maxKeys: 2 }) }),
      region: anyRegion,
      modelConfigJson: anyModelConfig,
    },
    { requiredKeys: ["stack", "today", "known", "unknown"] },
  )
  .map(({ known, unknown, ...input }) => asJson({ ...input, values: { ...unknown, ...known } }));

/** The value as a file gives it: nothing is undefined, and every object has a prototype. */
const asJson = (input: ConfigurationInput) => JSON.parse(JSON.stringify(input)) as ConfigurationInput;

type Leaf = [path: string[], schema: ValueSchema];
const leavesOf = (properties: Readonly<Record<string, ValueSchema>>, before: string[]): Leaf[] =>
  Object.entries(properties).flatMap(([key, schema]): Leaf[] =>
    schema.properties ? leavesOf(schema.properties, [...before, key]) : [[[...before, key], schema]],
  );
const leaves = leavesOf(configSchema, []);

/** An environment of the repository with up to four values replaced by others of the right form: often deployable. */
export function likelyDeployable(stack: string, ...settings: string[]): fc.Arbitrary<ConfigurationInput> {
  const { values, region } = readConfiguration({ directory: repository, stack, settings });
  const change = fc.constantFrom(...leaves).chain(([path, schema]) => sane(schema, path.join(".")).map((value) => ({ path, value })));
  return fc.record({ today: dayOfSupport, changes: fc.array(change, { maxLength: 4 }) }).map(({ today, changes }) =>
    asJson({
      ...{ stack, today, ...(region !== undefined && { region }) },
      values: changes.reduce<Values>((changed, { path, value }) => replaced(changed, path, value), values),
    }),
  );
}

export const adopted = (...settings: string[]) => likelyDeployable("dev", ...adoptedSettings, ...settings);

function replaced(values: Values, [key = "", ...rest]: string[], value: unknown): Values {
  return { ...values, [key]: rest.length === 0 ? value : replaced((values[key] as Values | undefined) ?? {}, rest, value) };
}
