// Proves which images the check looks up, how, and when they are missing. It does not prove that a node, another principal, may pull them.
import assert from "node:assert/strict";
import { image } from "../../../preflight/account/checks/image";
import { image as found } from "./answers";
import { arises, awsError, brief, preflight, resultOf, type Answers, type Settings } from "./recordedAccount";

const account = "763104351884";
const tag = "server-cuda-v2.4";
const uri = `${account}.dkr.ecr.us-west-2.amazonaws.com/vllm:${tag}`;
const custom = (engineImage: string): Settings => [
  "dev",
  `engine.image=${engineImage}`,
  "engine.vllmVersion=0.27.1",
  "engine.cudaVersion=13.0",
];
const digest = `sha256:${"01".repeat(32)}`;
const answers: Answers = { "ecr:DescribeImages": found };
const missing = [{ code: "image-missing", severity: "error", path: "engine.image", changes: [] }];

describe("the question about the image", () => {
  it("asks the region's registry for the tag", async () => {
    const { account: asked, report } = await preflight([image], ["dev"], answers);
    assert.equal(report.checks[0]!.question, `Does the registry have ${uri}?`);
    assert.deepEqual(asked.calls, [
      { name: "ecr:DescribeImages", input: { registryId: account, repositoryName: "vllm", imageIds: [{ imageTag: tag }] } },
    ]);
  });

  for (const [words, engineImage, repositoryName, id] of [
    ["by digest alone", `123456789012.dkr.ecr.us-west-2.amazonaws.com/ml/vllm@${digest}`, "ml/vllm", { imageDigest: digest }],
    ["by digest, if there is a tag too", `123456789012.dkr.ecr.us-west-2.amazonaws.com/vllm:1@${digest}`, "vllm", { imageDigest: digest }],
    ["at the dual-stack host", "123456789012.dkr-ecr.us-west-2.on.aws/vllm:1", "vllm", { imageTag: "1" }],
    ["at the FIPS host", "123456789012.dkr.ecr-fips.us-west-2.amazonaws.com/vllm:1", "vllm", { imageTag: "1" }],
  ] as const) {
    it(`asks for an image ${words}`, async () => {
      const { account: asked } = await preflight([image], custom(engineImage), answers);
      assert.deepEqual(asked.calls[0]?.input, { registryId: "123456789012", repositoryName, imageIds: [id] });
    });
  }

  for (const [code, answer] of [
    ["ImageNotFoundException", "no such tag or digest in vllm"],
    ["RepositoryNotFoundException", "no repository vllm"],
  ] as const) {
    it(`accepts ${code} as AWS's answer`, async () => {
      const result = await resultOf(image, ["dev"], { "ecr:DescribeImages": awsError(code, "not found") });
      assert.deepEqual(brief(result), { outcome: "bad", answer, problems: missing });
      assert.equal(result.problems[0]!.message, `${uri} does not exist: ${answer}.`);
      assert.equal(
        result.problems[0]!.fix,
        `Choose an image that the registry has: aws ecr describe-images --registry-id ${account} --repository-name vllm --region us-west-2`,
      );
    });
  }

  it("refuses an image that was archived", async () => {
    const archived = { imageDetails: [{ ...found.imageDetails![0], imageStatus: "ARCHIVED" as const }] };
    const result = await resultOf(image, ["dev"], { "ecr:DescribeImages": archived });
    assert.deepEqual(brief(result).problems, missing);
    assert.equal(result.problems[0]!.message, `${uri} is archived and cannot be pulled.`);
  });

  it("is not asked if the registry is in another region", async () => {
    const result = await resultOf(image, custom("123456789012.dkr.ecr.eu-west-1.amazonaws.com/vllm:1"), answers);
    assert.deepEqual(
      [result.outcome, result.answer],
      ["notAsked", "the registry is in eu-west-1, and the preflight asks only us-west-2; nodes would pull the image across regions"],
    );
  });

  it("does not arise for registries outside private ECR", async () => {
    for (const engineImage of ["public.ecr.aws/deep-learning-containers/vllm:1", "docker.io/vllm/vllm-openai:v0.27.1", "vllm:1"])
      assert.equal(await arises(image, custom(engineImage)), false, engineImage);
  });
});
