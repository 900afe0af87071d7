// Proves which image references the configuration takes, and that one with a digest goes through whole. It does not prove that a registry
// has the image: the preflight asks private ECR.
import assert from "node:assert/strict";
import { defaultVllmImage } from "../../catalog/images";
import { checkForm } from "../../environment";
import { environmentOf, recordEnvironment } from "../support/environments";
import { only } from "../support/record";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const tagged = `763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:${defaultVllmImage.tag}`;
const problems = (image: string) => checkForm({ engine: { image } }).map(({ path }) => path);

describe("an image of the engine", () => {
  for (const image of [
    `${tagged}@${digest}`,
    `registry.example:5000/a/b@${digest}`,
    "vllm/vllm-openai:v0.27.1",
    "registry.example:5000/team_a/llm.fast:7",
    "llm",
  ]) {
    it(`may be ${image.slice(0, 70)}`, () => assert.deepEqual(problems(image), []));
  }

  for (const image of [
    `${tagged}@sha256:00`,
    `${tagged}@${digest}0`,
    `${tagged}@sha512:${"0".repeat(64)}`,
    `${tagged}@${digest.toUpperCase()}`,
    `${tagged}@${digest}@${digest}`,
    `@${digest}`,
    "a:b:c",
    "a/b:c/d",
    "https://registry.example/llm:7",
    "a b",
    "a:$(id)",
  ]) {
    it(`is refused as ${image.slice(0, 90)}`, () => assert.deepEqual(problems(image), ["engine.image"]));
  }

  it("with tag and digest has the versions of its tag, and pods run it by both", async () => {
    const environment = environmentOf("dev", `engine.image=${tagged}@${digest}`);
    assert.equal(environment.engine.vllmVersion, defaultVllmImage.vllmVersion);
    assert.equal(environment.engine.cudaVersion, defaultVllmImage.cudaVersion);
    const set = only(await recordEnvironment(environment), "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet");
    const images = [...JSON.stringify(set.inputs).matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
    assert.ok(images.length >= 2);
    for (const image of images) assert.equal(image, `${tagged}@${digest}`);
  });
});
