/**
 * Digests of the images and charts that the package installs. `npm run digests` asks the registries and writes this table again; what no
 * trustworthy source gives is `undefined`, and then the tag decides.
 */
import type { Source } from "./source";

export interface DigestFacts {
  /** Of an image and of an OCI chart: the digest of the manifest or index. Of another chart: the SHA-256 of its archive. */
  digest: `sha256:${string}`;
  source: Source;
}

/** By `repository:tag`. Public ECR has the official images of Docker Hub with their digests. */
export const imageDigests: Readonly<Record<string, DigestFacts | undefined>> = {
  "public.ecr.aws/docker/library/python:3.13.7-slim-bookworm": {
    digest: "sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d",
    source: { url: "https://hub.docker.com/_/python (pinned so by ten public projects)", asOf: "2026-11-30", confidence: "medium" },
  },
  "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0": {
    digest: "sha256:298acdff5a571731276aaea3d5cc450a264e4ad710a5bddf3e518f68a3f9f6cb",
    source: {
      url: "https://gallery.ecr.aws/eks/aws-load-balancer-controller (pinned so by six public projects)",
      asOf: "2026-11-30",
      confidence: "medium",
    },
  },
  "nvcr.io/nvidia/k8s-device-plugin:v0.20.0": {
    digest: "sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312",
    source: {
      url: "https://catalog.ngc.nvidia.com/orgs/nvidia/containers/k8s-device-plugin (so in the bundle of gpu-operator v26.7.0)",
      asOf: "2026-11-30",
      confidence: "medium",
    },
  },
  "registry.k8s.io/lws/lws:v0.10.0": undefined,
  "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20": undefined,
  "public.ecr.aws/deep-learning-containers/vllm:0.27.1-gpu-py312-cu130-ubuntu22.04-ec2": undefined,
  "public.ecr.aws/deep-learning-containers/vllm:server-cuda-v2.4": undefined,
};

/** By `chart version`, as in `charts` of versions.ts. */
export const chartDigests: Readonly<Record<string, DigestFacts | undefined>> = {
  "oci://registry.k8s.io/lws/charts/lws 0.10.0": undefined,
  "nvidia-device-plugin 0.20.0": {
    digest: "sha256:9e5642bcdd3805c6e931f9d3ca542677d1f714d68c14c1364892011e67d9a606",
    source: {
      url: "https://github.com/NVIDIA/k8s-device-plugin/blob/bf584288ed8c31d6b63b1ec5bdc9c8ef8f0ded7c/index.yaml",
      asOf: "2026-08-20",
      confidence: "high",
    },
  },
  "aws-efa-k8s-device-plugin v0.5.30": {
    digest: "sha256:43b3d666f81a40b7f7ac88ee04a64954abaaa061b1e5f54dc7ce4beb3374e32a",
    source: {
      url: "https://github.com/aws/eks-charts/blob/c7f9ea56017831aa11ea7e81112f8cd6cc0fd2db/index.yaml",
      asOf: "2026-08-03",
      confidence: "high",
    },
  },
  "aws-load-balancer-controller 3.5.0": {
    digest: "sha256:45051f634b33e10baccb3354d0681b7de787c60445e599fa276e0c9aedd4ccd5",
    source: {
      url: "https://github.com/aws/eks-charts/blob/c7f9ea56017831aa11ea7e81112f8cd6cc0fd2db/index.yaml",
      asOf: "2026-08-03",
      confidence: "high",
    },
  },
};

/** The reference with its digest behind the tag, `repository:tag@sha256:…`: nodes pull by the digest, and people read the tag. */
export function pinned(image: string): string {
  const facts = imageDigests[image];
  return facts ? `${image}@${facts.digest}` : image;
}
