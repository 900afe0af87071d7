import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { models } from "../../catalog/models";
import { compareVersions } from "../../sizing/versions";
import { repository } from "../support/environments";
import { versions } from "./versions.json";

// Proves that vLLM's own parser takes the arguments that the catalog gives each model, and that it has the parsers of answers that they
// name. It starts no engine: what a model needs beyond its arguments is not proved.

const script = path.join(__dirname, "support/refused_arguments.py");
const printed = /^\{.*\}$/m;

describe("the arguments of the catalog's models", () => {
  for (const version of versions)
    it(`are taken by vLLM ${version}, where it is new enough for the model`, () => {
      const known = models.filter(({ minimumVllmVersion = "0" }) => compareVersions(version, minimumVllmVersion) >= 0);
      assert.ok(known.length > models.length / 2);
      const lists = {
        ...Object.fromEntries(known.map((model) => [model.shape.id, model.engineArguments])),
        "none/such": ["--no-such-flag"],
      };
      const python = path.join(fs.realpathSync(path.join(repository, ".vllm", version)), "bin/python");
      const { stdout, stderr } = spawnSync(python, [script], { input: JSON.stringify(lists), encoding: "utf8" });
      const refused = JSON.parse(printed.exec(stdout)?.[0] ?? assert.fail(stderr)) as Record<string, string>;
      assert.deepEqual(refused, { "none/such": "vllm serve: error: unrecognized arguments: --no-such-flag" });
    });
});
