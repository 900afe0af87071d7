import assert from "node:assert/strict";
import fs from "node:fs";
import { apiKey } from "../support/environments";
import { deleted } from "./support/controller";
import { VllmGroup } from "./support/group";
import { skipIfNotStarted } from "./support/sharedGroup";
import { writeTinyAdapter } from "./support/tinyModel";
import { versions } from "./versions.json";

// Proves that a group of one pod starts and serves as another user than root: `local`, whose image is vLLM's for processors, with every
// argument of its manifest unchanged, and with an adapter. It compiles nothing, to start sooner.

const user = 1000;
const adapter = "/models/adapters/tiny";

describe("a group of one pod, as another user than root, with an adapter", () => {
  let group: VllmGroup;
  before(async () => {
    const words = ["--enforce-eager", "--enable-lora", "--lora-modules", `tiny=${adapter}`];
    const settings = ["engine.runAsNonRoot=true", `engine.runAsUser=${user}`, `engine.extraArguments=${JSON.stringify(words)}`];
    group = await VllmGroup.of({ stack: "local", settings, vllmVersion: versions[0]!, tensorParallelSize: 1, pipelineParallelSize: 1 });
    writeTinyAdapter(group.modelStore + adapter.replace("/models", ""));
  });
  after(() => group?.end());
  skipIfNotStarted(() => group);

  it("serves its model and the adapter under their names", async () => {
    await group.serve();
    const { text } = await group.ask({ path: "/v1/models", key: apiKey });
    const models = (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id);
    assert.deepEqual(models, ["Qwen/Qwen3-0.6B", "tiny"]);
    for (const model of models) {
      const answer = await group.ask({
        path: "/v1/completions",
        method: "POST",
        key: apiKey,
        body: { model, prompt: "a b", max_tokens: 2, ignore_eos: true },
      });
      assert.equal(answer.status, 200, `${model}: ${answer.text}`);
    }
  });

  it("has no capability, and every process of it belongs to its user", () => {
    for (const pid of group.leader.processes()) {
      const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
      assert.match(status, new RegExp(`^Uid:\\t${user}\\t${user}\\t${user}\\t${user}$`, "m"));
      assert.match(status, /^CapBnd:\t0{16}$/m);
    }
  });

  it("ends by itself, within the hook and some seconds, when it has nothing to finish", async () => {
    const seconds = await deleted(group);
    console.log(`      the pod ended ${seconds.toFixed(0)} s after its deletion`);
    assert.equal(group.leader.end?.code, 0, group.logs);
    assert.ok(seconds < 60, `${seconds} s`);
  });
});
