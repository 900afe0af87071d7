/** Does not prove that a tag exists in a registry: nothing here reaches one. */
import assert from "node:assert/strict";
import {
  defaultVllmImage,
  downloadImage,
  driverFloors,
  imageFactsOf,
  publicVllmImageUri,
  vllmImages,
  vllmImageUri,
} from "../../../catalog/images";
import { gpuNodeAmi } from "../../../catalog/versions";

describe("catalog/images", () => {
  it("lists 22 Ubuntu and 9 Amazon Linux images, each tag once", () => {
    const ubuntu = vllmImages.filter((image) => image.tag.includes("ubuntu22.04-ec2"));
    assert.deepEqual([ubuntu.length, vllmImages.length], [22, 31]);
    assert.equal(new Set(vllmImages.map((image) => image.tag)).size, 31);
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

  it("defaults to an image that runs on the driver of the default AMI", () => {
    assert.equal(defaultVllmImage.vllmVersion, "0.27.1");
    assert.ok(defaultVllmImage.minimumDriver <= Number.parseInt(gpuNodeAmi.nvidiaDriver, 10));
  });

  it("names the registry of the region, with its account and domain", () => {
    const tag = "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2";
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
