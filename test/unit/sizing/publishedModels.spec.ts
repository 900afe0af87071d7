import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { configShape } from "../../calibration/models";
import { parameterCount, weightBytes } from "../../../sizing/model/parameters";

// Proves that config.json files of publishers give exact parameter counts.
// `published`: the publisher, or a person who counted the checkpoint, states the number;
// the others were computed by this package and are kept so that a change shows. Extra prediction layers are left out. Vision towers count
// in the size of the files, but not in these parameters.
interface PublishedModel {
  model: string;
  parameters: number;
  published?: true;
  /** Of the weight files, as counted; with what this package leaves out. */
  checkpointGiB?: number;
  /** The copy lacks fields, or was printed by the Hugging Face class. */
  partial?: true;
  source: string;
}
const file = path.join(__dirname, "../../data/models.json");
const models = JSON.parse(fs.readFileSync(file, "utf8")) as PublishedModel[];

describe("config.json files of public models", () => {
  it("cover the families that vLLM serves most, each with a source", () => {
    const architectures = new Set(models.map(({ model }) => configShape(model).architecture));
    assert.equal(models.length, 104);
    assert.equal(models.filter(({ published }) => published).length, 22);
    assert.equal(architectures.size, 44);
    for (const { model, source } of models) assert.match(source, /^https:\/\/github.com\/|^a copy of the file/, model);
  });

  for (const { model, parameters, published } of models) {
    const origin = published ? "published" : "computed";
    it(`give ${parameters.toLocaleString("en-US")} parameters of ${model} (${origin})`, () =>
      assert.equal(parameterCount(configShape(model)), parameters));
  }

  /** What the files hold beyond the served model, GiB. */
  const leftOut: Record<string, number> = {
    "Qwen/Qwen3-0.6B": 0.29, // the embedding a second time
    "deepseek-ai/DeepSeek-R1": 14.4, // one layer of multi-token prediction, as in the next four
    "deepseek-ai/DeepSeek-V3-0324": 14.4,
    "deepseek-ai/DeepSeek-V3.2": 14.4,
    "zai-org/GLM-4.5-FP8": 5.9,
    "zai-org/GLM-5.1": 18.5,
  };
  for (const { model, checkpointGiB } of models) {
    if (checkpointGiB === undefined) continue;
    it(`take ${checkpointGiB} GiB as stored, scales and unquantised parts included: ${model}`, () => {
      const computed = weightBytes(configShape(model)) / 2 ** 30 + (leftOut[model] ?? 0);
      assert.ok(Math.abs(computed / checkpointGiB - 1) < 0.002, `${computed}`);
    });
  }
});
