/** Does not prove that a tag exists in a registry: nothing here reaches one. */
import assert from "node:assert/strict";
import { findDefaults } from "../../../catalog/defaults";
import { imageFactsOf, imageVersionsOf } from "../../../catalog/imageFacts";
import { defaultVllmImage, downloadImage, driverFloors, publicVllmImageUri, vllmImages, vllmImageUri } from "../../../catalog/images";
import { gpuNodeAmi } from "../../../catalog/versions";
import awsImageTags from "../../data/awsImageTags.json";

describe("catalog/images", () => {
  it("lists 23 Ubuntu images, on 24.04 from vLLM 0.28, and 10 Amazon Linux images, each tag once", () => {
    const onUbuntu = (release: string) => vllmImages.filter((image) => image.tag.endsWith(`-ubuntu${release}-ec2`));
    assert.deepEqual([onUbuntu("22.04").length, vllmImages.length], [22, 33]);
    assert.deepEqual(
      onUbuntu("24.04").map(({ tag }) => tag),
      ["0.28.0-gpu-py312-cu130-ubuntu24.04-ec2"],
    );
    assert.equal(new Set(vllmImages.map((image) => image.tag)).size, 33);
  });

  it("reads vLLM and CUDA from every tag that AWS's release data state", () => {
    let read = 0;
    for (const { repository, vllm, cuda, tags } of awsImageTags.images) {
      // The others move: 0.27-gpu-py312-ec2 from patch to patch, server-cuda-v1 from release to release.
      for (const tag of tags.filter((each) => /^\d+\.\d+\.\d|-v\d+\.\d+$/.test(each))) {
        const { vllmVersion, cudaVersion } = imageVersionsOf(`763104351884.dkr.ecr.us-west-2.amazonaws.com/${repository}:${tag}`);
        assert.deepEqual([vllmVersion, cudaVersion], [vllm.split("+")[0], `${cuda.slice(2, 4)}.${cuda.slice(4)}`], tag);
        read++;
      }
    }
    assert.equal(read, 101);
  });

  it("reads the tag of a release after the catalog's, with less confidence than a row", () => {
    const digest = `@sha256:${"0".repeat(64)}`;
    const facts = imageFactsOf(`mirror.internal/aws/vllm:0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker-v1.4${digest}`);
    assert.deepEqual(
      [facts?.vllmVersion, facts?.cudaVersion, facts?.minimumDriver, facts?.source.confidence, facts?.efaInstaller],
      [...["0.30.0", "13.0", 580, "medium"], undefined],
    );
    assert.equal(imageFactsOf("x/vllm:0.34.0-gpu-py312-cu132-ubuntu24.04-ec2")?.minimumDriver, 580);
    assert.equal(imageFactsOf("x/vllm:0.34.0-gpu-py312-cu140-ubuntu26.04-ec2"), undefined, "the driver of CUDA 14 is not known");
  });

  it("says of a tag without CUDA what the same release has, and for an unknown release only its vLLM", () => {
    assert.equal(imageFactsOf("x/vllm:0.19.1-gpu-py312-ec2")?.cudaVersion, "12.9");
    assert.deepEqual(imageVersionsOf("x/vllm:0.31.0-gpu-py312-ec2"), { vllmVersion: "0.31.0" });
  });

  it("finds a release of the Amazon Linux family under each of its names, and guesses none for a release that it does not have", () => {
    for (const tag of ["server-cuda-v2.3.0", "server-sagemaker-cuda-v2.3", "server-cuda-v2.3-2026-08-17-21-30-05"])
      assert.equal(imageFactsOf(`x/vllm:${tag}`)?.vllmVersion, "0.27.0", tag);
    for (const tag of ["server-cuda-v2.9", "server-cuda-v2", "server-cuda"]) assert.deepEqual(imageVersionsOf(`x/vllm:${tag}`), {}, tag);
  });

  it("builds on CUDA 12.9 up to vLLM 0.19 and on CUDA 13.0 from 0.20", () => {
    const cuda = (tag: string) => vllmImages.find((image) => image.tag === tag)?.cudaVersion;
    assert.equal(cuda("0.19.1-gpu-py312-cu129-ubuntu22.04-ec2"), "12.9");
    assert.equal(cuda("0.20.0-gpu-py312-cu130-ubuntu22.04-ec2"), "13.0");
    assert.equal(cuda("server-cuda-v2.3"), "13.0");
  });

  it("requires driver 580 for CUDA 13.0 and 575 for 12.9", () => {
    assert.deepEqual(Object.fromEntries(driverFloors.map((floor) => [floor.cudaVersion, floor.minimumDriver])), {
      "13.0": 580,
      "12.9": 575,
    });
    for (const image of vllmImages) assert.equal(image.minimumDriver, image.cudaVersion === "13.0" ? 580 : 575, image.tag);
  });

  it("defaults to the newest image of the family that AWS patches, while stacks of before keep theirs", () => {
    assert.equal(defaultVllmImage.tag, "server-cuda-v2.4");
    assert.equal(findDefaults("2026-08")?.vllmImageTag, "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2");
  });

  it("defaults to an image that runs on the driver of the default AMI", () => {
    assert.equal(defaultVllmImage.vllmVersion, "0.27.1");
    assert.ok(defaultVllmImage.minimumDriver <= Number.parseInt(gpuNodeAmi.nvidiaDriver, 10));
  });

  it("names the registry of the region, with its account and domain", () => {
    const tag = "server-cuda-v2.4";
    assert.equal(vllmImageUri("us-west-2"), `763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:${tag}`);
    assert.equal(vllmImageUri("eu-south-1"), `692866216735.dkr.ecr.eu-south-1.amazonaws.com/vllm:${tag}`);
    assert.equal(vllmImageUri("cn-north-1"), `727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/vllm:${tag}`);
    assert.equal(vllmImageUri("us-east-1", "server-cuda-v2.3"), "763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:server-cuda-v2.3");
  });

  it("uses the public image in a region without a registry", () => {
    assert.equal(vllmImageUri("us-gov-west-1"), publicVllmImageUri());
    assert.equal(publicVllmImageUri("server-cuda-v2.1"), "public.ecr.aws/deep-learning-containers/vllm:server-cuda-v2.1");
  });

  for (const uri of [
    vllmImageUri("us-west-2"),
    publicVllmImageUri(),
    `registry.example:5000/mirror/aws-vllm:${defaultVllmImage.tag}`,
    `registry.example/vllm/engine:${defaultVllmImage.tag}@sha256:${"0".repeat(64)}`,
  ]) {
    it(`recognises the default tag in ${uri.slice(0, 60)}`, () => assert.equal(imageFactsOf(uri), defaultVllmImage));
  }

  for (const uri of [
    "vllm/vllm-openai:v0.27.1",
    "public.ecr.aws/deep-learning-containers/sglang:server-cuda-v2.0",
    `registry.example/vllm@sha256:${"0".repeat(64)}`,
    "registry.example:5000/vllm",
    "",
  ]) {
    it(`knows nothing of "${uri.slice(0, 60)}"`, () => assert.equal(imageFactsOf(uri), undefined));
  }

  it("downloads weights in an image pinned to a full version and its digest", () => {
    assert.match(downloadImage.uri, /^public\.ecr\.aws\/docker\/library\/python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}$/);
  });
});
