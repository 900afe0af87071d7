/**
 * The grammar of the tags of AWS's vLLM images (https://github.com/aws/deep-learning-containers/tree/e0ecedea6a/docs/src/data). A tag
 * states the vLLM release and CUDA, or the release of the Amazon Linux family.
 */

export interface ImageTag {
  vllmVersion?: string;
  cudaVersion?: string;
  /** `2.4` of `server-cuda-v2.4`. The tags `server-cuda` and `server-cuda-v2` move from release to release and state none. */
  release?: string;
}

/** `0.28.0-gpu-py312-cu130-ubuntu24.04-ec2`, `0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker-v1.1`, `0.27.1-gpu-py312`. */
const byVersion =
  /^(\d+\.\d+\.\d+[a-z0-9.]*)(?:-transformers[\d.]+)?-gpu-py\d+(?:-cu(\d\d)(\d))?(?:-ubuntu\d\d\.\d\d)?(?:-(?:ec2|sagemaker))?(?:-v[\d.]+)?(?:-soci|-\d{4}(?:-\d\d){2,5})?$/;

/** `server-cuda-v2.4`, `server-sagemaker-cuda-v2.4.0`, and with the time of a build `server-cuda-v1.2-2026-07-20-21-30-05`. */
const byRelease = /^server-(?:sagemaker-)?cuda-v(\d+\.\d+)(?:\.\d+)?(?:-soci|-\d{4}(?:-\d\d){2,5})?$/;

export function readImageTag(tag: string): ImageTag {
  const [, vllmVersion, cudaMajor, cudaMinor] = byVersion.exec(tag) ?? [];
  if (vllmVersion !== undefined) return { vllmVersion, ...(cudaMajor !== undefined && { cudaVersion: `${cudaMajor}.${cudaMinor}` }) };
  const release = byRelease.exec(tag)?.[1];
  return release === undefined ? {} : { release };
}
