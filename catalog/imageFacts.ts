/** What is known of an image by its reference: a row of the catalog, or what the tag says. */
import { driverFloors, releasedTags, ubuntuPatchedUntil, vllmImages, type VllmImageFacts } from "./images";
import { readImageTag } from "./imageTags";

/**
 * The facts about an image on any host, with or without a digest: a row of the catalog, or for another image of AWS what its tag says,
 * with lower confidence.
 */
export function imageFactsOf(uri: string): VllmImageFacts | undefined {
  const tag = tagOfVllm(uri);
  const row = rowOfTag(tag);
  if (row || tag === undefined) return row;
  const { vllmVersion, cudaVersion } = versionsInTag(tag);
  // The minor versions of a CUDA series share a floor.
  const floor = driverFloors.find((row) => row.cudaVersion.split(".")[0] === cudaVersion?.split(".")[0]);
  if (vllmVersion === undefined || cudaVersion === undefined || !floor) return undefined;
  // Only the Ubuntu family has the version in its tags.
  const { minimumDriver } = floor;
  return {
    tag,
    vllmVersion,
    cudaVersion,
    minimumDriver,
    patchedUntil: ubuntuPatchedUntil,
    source: { ...releasedTags, confidence: "medium" },
  };
}

/** What is known of the versions in an image: of some images only one of the two. */
export function imageVersionsOf(uri: string): Partial<Pick<VllmImageFacts, "vllmVersion" | "cudaVersion">> {
  const tag = tagOfVllm(uri);
  return tag === undefined ? {} : (rowOfTag(tag) ?? versionsInTag(tag));
}

function tagOfVllm(uri: string): string | undefined {
  const [lastPart = "", ...folders] = (uri.split("@")[0] ?? "").split("/").reverse();
  const [repository = "", tag] = lastPart.split(":");
  // AWS uses the same tag grammar for images of other programs; a mirror keeps "vllm" somewhere in the path.
  return [repository, ...folders].some((part) => part.includes("vllm")) ? tag : undefined;
}

function rowOfTag(tag: string | undefined): VllmImageFacts | undefined {
  if (tag === undefined) return undefined;
  const { release } = readImageTag(tag);
  return vllmImages.find((image) => image.tag === tag || image.tag === `server-cuda-v${release}`);
}

/** A tag without CUDA, `0.28.0-gpu-py312-ec2`, is another name of the image of the same release. */
function versionsInTag(tag: string): { vllmVersion?: string; cudaVersion?: string } {
  const { release: _release, ...stated } = readImageTag(tag);
  const sameRelease = vllmImages.find(({ vllmVersion }) => vllmVersion === stated.vllmVersion);
  return sameRelease ? { cudaVersion: sameRelease.cudaVersion, ...stated } : stated;
}
