// Proves that the stack files of the programs under examples/ are deployable, and that the two programs of two-models fit each other. They
// are registered with a recorder; none of them ran on an engine or on AWS. snippets.spec.ts proves that they type-check.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { readConfiguration } from "../../plan/configuration";
import type { Recording } from "../../plan/recordingMonitor";
import { deploy, resolveEnvironment } from "../../stacks";
import { recordProgram } from "../support/record";
import { today } from "../support/environments";
import { filesBelow, root } from "./documents";

const files = filesBelow("examples");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const platformFolder = "examples/two-models/platform";
const modelFolder = "examples/two-models/model";

interface StackFile {
  file: string;
  directory: string;
  stack: string;
}

/** Stack files of programs that read the configuration of this package; examples in other languages have other keys. */
const stackFiles: StackFile[] = files.flatMap((file) => {
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(path.basename(file))?.[1];
  const ours = stack !== undefined && /^ {2}vllm-eks:/m.test(read(file)) && fs.existsSync(path.join(root, path.dirname(file), "index.ts"));
  return ours ? [{ file, directory: path.join(root, path.dirname(file)), stack }] : [];
});

/** The configuration of a stack file as the engine passes it to a program: every value is text. */
function engineConfiguration(file: string): Record<string, string> {
  const { config } = parse(read(file)) as { config: Record<string, unknown> };
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)]));
}

const count = ({ resources }: Recording, pattern: RegExp) => resources.filter(({ type }) => pattern.test(type)).length;

describe("the examples", () => {
  it("come with the stack files of two folders", () => {
    const names = stackFiles.map(({ file }) => file);
    for (const folder of ["examples/existing-cluster", modelFolder, platformFolder])
      assert.ok(
        names.some((name) => name.startsWith(`${folder}/`)),
        folder,
      );
  });

  for (const { file, directory, stack } of stackFiles) {
    it(`${file} is deployable once the user has set the values that only the user knows`, () => {
      const { environment, problems } = resolveEnvironment({ stack, today, ...readConfiguration({ directory, stack }) });
      assert.ok(environment, JSON.stringify(problems, null, 2));
      const open = problems.filter(({ severity }) => severity !== "warning").map(({ code }) => code);
      const usersOwn = ["api-key-unset", "placeholder-left", "api-access-unset", "hugging-face-token-unset"];
      assert.deepEqual(
        open.filter((code) => !usersOwn.includes(code)),
        [],
      );
    });
  }

  describe("two models on one cluster", () => {
    let platform: Recording;
    before(async () => {
      const config = engineConfiguration(`${platformFolder}/Pulumi.platform.yaml`);
      const cluster = JSON.stringify({ ...(JSON.parse(config["vllm-eks:cluster"]!) as object), publicAccessCidrs: ["8.8.8.8/32"] });
      const program = (await import("../../examples/two-models/platform/index")) as unknown as { default: () => Promise<unknown> };
      const started = () => program.default();
      platform = await recordProgram(started, { stack: "platform", config: { ...config, "vllm-eks:cluster": cluster } });
    });

    it("creates network, cluster, system nodes and every controller, and nothing for a model", () => {
      assert.equal(count(platform, /^awsx:ec2:Vpc$/), 1);
      assert.equal(count(platform, /^eks:index:Cluster$/), 1);
      assert.equal(count(platform, /^aws:eks\/nodeGroup/), 1);
      assert.equal(count(platform, /^aws:eks\/addon/), 7);
      assert.equal(count(platform, /^kubernetes:helm\.sh/), 4);
      assert.equal(count(platform, /^vllm-eks:|^aws:fsx|^aws:lb|LeaderWorkerSet$|Namespace$/), 0);
    });

    for (const stack of ["qwen", "deepseek"]) {
      it(`lets the stack ${stack} adopt all of it through its output`, async () => {
        const adopt = JSON.parse(platform.outputs.adopt as string) as Record<string, { value: string; objectValue?: object }>;
        const settings = Object.entries(adopt).map(([key, { value }]) => `${key.replace("vllm-eks:", "")}=${value}`);
        const configuration = readConfiguration({ directory: path.join(root, modelFolder), stack, settings });
        const { environment } = resolveEnvironment({ stack, today, ...configuration });
        assert.equal(environment?.aws?.cluster.name, "vllm-eks-platform");
        const model = await recordProgram(() => deploy(environment!, { apiKey: "key" }), { stack });
        assert.equal(count(model, /^awsx:|^eks:|^aws:eks\/addon|^kubernetes:helm/), 0);
        assert.equal(count(model, /^vllm-eks:/), 4);
      });
    }

    it("gives the models different instance types, because pods choose nodes only by type and zone", () => {
      const types = stackFiles
        .filter(({ file }) => file.startsWith(modelFolder))
        .map(({ file }) => engineConfiguration(file)["vllm-eks:instanceType"]);
      assert.equal(types.length, 2);
      assert.equal(new Set(types).size, 2);
    });
  });
});
