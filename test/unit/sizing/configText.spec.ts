import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfigText } from "../../../sizing/model/configText";
import { findJsonFault } from "../../../sizing/model/jsonFault";
import { modelShapeFromConfig } from "../../../sizing/model/modelConfig";

// Proves that a file which is not a model's config.json is named for what it is. Does not read such files.
const qwen = { architectures: ["Qwen3ForCausalLM"], hidden_size: 4096, num_hidden_layers: 36 };
const complaintOf = (text: string) => {
  const read = readConfigText(text);
  return "complaint" in read ? read.complaint : "none";
};

describe("a file given as config.json", () => {
  const cases: [what: string, text: string, complaint: RegExp][] = [
    ["an empty file", " \n", /empty/],
    ["a file with a byte order mark", "\uFEFF{}", /line 1, column 1: .*byte order mark/],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", /Git LFS pointer/],
    ["a web page", "<!DOCTYPE html>\n<html></html>", /web page/],
    ["a comment", '{\n  "a": 1, // one\n  "b": 2\n}', /line 2, column 11: JSON has no comments/],
    ["a comment of Python", '{"a": 1}\n# end', /line 2, column 1: JSON has no comments/],
    ["a trailing comma in an object", '{\n  "a": 1,\n}', /line 2, column 9: .*no comma after the last/],
    ["a trailing comma in a list", '{"a": [1, 2,]}', /line 1, column 12: .*no comma after the last/],
    ["single quotes", "{'a': 1}", /line 1, column 2: .*double quotes/],
    ["a file cut short", '{"a": [1, 2', /ends too early/],
    ["two objects", '{"a": 1}\n{"b": 2}', /line 2, column 1: .*after the end/],
    ["a list", "[1]", /a list/],
    ["a text", '"Qwen"', /a string/],
    ["a zip file", "PK\u0003\u0004rest", /binary/],
    ["hf_quant_config.json", '{"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8"}}', /hf_quant_config\.json/],
    ["hf_quant_config.json without a producer", '{"quantization": {"quant_algo": "FP8"}}', /hf_quant_config\.json/],
    ["params.json", '{"dim": 4096, "n_layers": 32, "n_heads": 32}', /params\.json/],
    ["the index of the weights", '{"metadata": {}, "weight_map": {"a": "b"}}', /index of the weights/],
    ["a LoRA adapter", '{"peft_type": "LORA", "r": 16}', /LoRA adapter/],
    ["tokenizer_config.json", '{"tokenizer_class": "Qwen2Tokenizer"}', /tokenizer_config\.json/],
  ];
  for (const [what, text, complaint] of cases)
    it(`is refused by name if it is ${what}`, () => {
      assert.match(complaintOf(text), complaint);
      const [found] = modelShapeFromConfig(text, "a/b").problems;
      assert.equal(found?.code, "model-config-unsupported");
      assert.match(found.message, complaint);
    });

  it("names the column of a mistake after Python's Infinity", () => {
    const read = readConfigText('{"n": -Infinity, "m": NaN, "a": 1,}');
    assert.match("complaint" in read ? read.complaint : "", /^line 1, column 34: JSON allows no comma after the last entry/);
  });

  it("may hold Python's Infinity and NaN", () => {
    assert.deepEqual(readConfigText('{"model_type": "x", "limit": [0.0, Infinity], "n": NaN}'), {
      config: { model_type: "x", limit: [0, null], n: null },
    });
  });

  it("has no fault for any JSON, and a fault inside the text for any other text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(findJsonFault(JSON.stringify(value, null, 1)), undefined);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.constantFrom("", ",", "}", "'", "//", "\u0000"), (value, where, inserted) => {
        const whole = JSON.stringify(value, null, 1);
        const text = whole.slice(0, where % whole.length) + inserted + whole.slice((where % whole.length) + 1);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const fault = findJsonFault(text);
        assert.equal(fault === undefined, valid, text);
        if (fault) assert.ok(fault.line <= text.split("\n").length);
      }),
      { numRuns: 500 },
    );
    assert.match(findJsonFault("[".repeat(600))?.what ?? "", /deep/);
    assert.equal(complaintOf(JSON.stringify(qwen)), "none");
  });
});
