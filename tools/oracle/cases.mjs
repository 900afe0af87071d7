// The splits and settings for which the oracle is asked.
import fs from "node:fs";
import path from "node:path";

const splits = [
  { tp: 8, pp: 1 },
  { tp: 4, pp: 2 },
  { tp: 1, pp: 1 },
  { tp: 2, pp: 1 },
];
/** For models with experts, which are large. */
const wide = { tp: 16, pp: 1 };

/** Files whose weights or cache follow the GPU: fp4 formats, and the sparse attention of DeepSeek. */
const followsGpu = /nvfp4|mxfp4|mxfp8|index_n_heads|glm_moe_dsa/i;

/** Settings of towers, and of the cache of a model of each kind. */
const variants = [
  { only: /Qwen3\.5-9B|Devstral-Small|Kimi-K2\.6|GLM-4\.5V|gemma-3-4b/, arguments: { mm_encoder_tp_mode: "data" } },
  { only: /Qwen3\.5-9B|Llama-4-Scout|gemma-3-4b/, arguments: { language_model_only: true } },
  { only: /Qwen3-32B\.|DeepSeek-V3\.2|gemma-3-27b|Qwen3-Next/, arguments: { kv_cache_dtype: "fp8" } },
];

export function casesOf(folder) {
  const models = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
  const read = models.map((name) => {
    const config = path.join(folder, name);
    return { name, config, model: name.replace("--", "/").replace(/\.json$/, ""), text: fs.readFileSync(config, "utf8") };
  });
  const caseOf = ({ model, config }, rest) => ({ model, config, capability: 9, ...rest });
  return [
    ...splits.flatMap((split) => read.map((file) => caseOf(file, split))),
    ...read.filter(({ text }) => /experts/.test(text)).map((file) => caseOf(file, wide)),
    ...variants.flatMap(({ only, arguments: given }) =>
      read.filter(({ name }) => only.test(name)).map((file) => caseOf(file, { tp: 2, pp: 1, arguments: given })),
    ),
    ...read
      .filter(({ text }) => followsGpu.test(text))
      .flatMap((file) => splits.slice(0, 2).map((split) => caseOf(file, { ...split, capability: 10 }))),
  ];
}

/** Tells one case from all others, and puts them in order. */
export const keyOf = ({ model, capability, pp, tp, arguments: given = {} }) =>
  [model, capability.toFixed(1).padStart(4), pp, String(tp).padStart(2), JSON.stringify(given)].join(" ");

export const inOrder = (a, b) => (keyOf(a) < keyOf(b) ? -1 : 1);
