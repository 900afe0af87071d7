/** Container images, each pinned: vLLM from AWS Deep Learning Containers, and the small image that downloads weights. */
import { pinned } from "./digests";
import { findRegion } from "./regions";
import type { Source } from "./source";

export interface VllmImageFacts {
  tag: string;
  vllmVersion: string;
  cudaVersion: string;
  /** Lowest NVIDIA driver that runs this CUDA. */
  minimumDriver: number;
  /** Absent where only the tag is known. */
  efaInstaller?: string;
  /** Last day on which AWS promises security patches. Absent: it still does, as for the newest release of the Amazon Linux family. */
  patchedUntil?: string;
  /**
   * A run as another user than root, on GPUs and over EFA between nodes, that we can point to. Absent: none is recorded, and the engine
   * runs as root.
   */
  runAsNonRoot?: Source;
  source: Source;
}

/** Lowest driver branch for a CUDA version. */
interface DriverFloor {
  cudaVersion: string;
  minimumDriver: number;
  source: Source;
}

export const driverFloors: readonly DriverFloor[] = [
  {
    // Changelog of `server-cuda` v2.0: "needs NVIDIA driver ≥ 580".
    cudaVersion: "13.0",
    minimumDriver: 580,
    source: {
      url: "https://github.com/aws/deep-learning-containers/tree/e0ecedea6a/docs/src/data/vllm",
      asOf: "2026-08-21",
      confidence: "high",
    },
  },
  {
    // CUDA 12 runs on any driver of the 12 series by minor-version compatibility; 575 is the branch 12.9 was released with.
    cudaVersion: "12.9",
    minimumDriver: 575,
    source: { url: "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/index.html", asOf: "2026-11-22", confidence: "medium" },
  },
];

export const releasedTags: Source = {
  url: "https://github.com/aws/deep-learning-containers/tree/e0ecedea6a/docs/src/data/vllm",
  asOf: "2026-08-21",
  confidence: "high",
};

const driverOf = (cudaVersion: string): number => {
  const floor = driverFloors.find((entry) => entry.cudaVersion === cudaVersion);
  if (!floor) throw new Error(`No driver floor for CUDA ${cudaVersion}.`);
  return floor.minimumDriver;
};

/** "We cannot guarantee security patching on Ubuntu-based vLLM and SGLang images" (README of the repository, on this day). */
export const ubuntuPatchedUntil = "2026-04-28";

/** Thin layer over `vllm/vllm-openai`: CUDA 12.9 up to vLLM 0.19, 13.0 from 0.20; Ubuntu 22.04 up to 0.27, 24.04 from 0.28. */
function ubuntu(vllmVersion: string, cudaVersion: string, efaInstaller: string, source = releasedTags, os = "22.04"): VllmImageFacts {
  const tag = `${vllmVersion}-gpu-py312-cu${cudaVersion.replace(".", "")}-ubuntu${os}-ec2`;
  return { tag, vllmVersion, cudaVersion, minimumDriver: driverOf(cudaVersion), efaInstaller, patchedUntil: ubuntuPatchedUntil, source };
}

/**
 * Days on which the releases of the Amazon Linux family came out: "only the latest released versions are supported", so each is patched
 * until the next one (https://github.com/aws/deep-learning-containers/blob/e0ecedea6a/docs/src/templates/reference/support_policy.template.md).
 */
const releaseDays: Readonly<Record<string, string>> = {
  "2.0": "2026-06-05",
  "2.1": "2026-07-02",
  "2.2": "2026-08-03",
  "2.3": "2026-08-17",
  "2.4": "2026-08-25",
};

/** Amazon Linux 2023, vLLM built from source; `vllmVersion` is the version that the release notes name. */
function amazonLinux(release: string, vllmVersion: string, cudaVersion: string, source: Partial<Source> = {}): VllmImageFacts {
  return {
    tag: `server-cuda-v${release}`,
    vllmVersion,
    cudaVersion,
    minimumDriver: driverOf(cudaVersion),
    efaInstaller: "1.47.0",
    ...patched(release),
    source: { ...releasedTags, ...source },
  };
}

/** No source gives the days of the 1.x releases before the last. */
function patched(release: string): { patchedUntil?: string } {
  const next = Object.keys(releaseDays).find((each) => each > release);
  return next === undefined ? {} : { patchedUntil: releaseDays[next]! };
}

const medium = { confidence: "medium" } as const;

export const vllmImages: readonly VllmImageFacts[] = [
  ...["0.13.0", "0.14.0"].map((version) => ubuntu(version, "12.9", "1.46.0")),
  // Rebuilt with 1.47.0 on 2026-02-13.
  ubuntu("0.15.1", "12.9", "1.47.0"),
  ...["0.16.0", "0.17.0", "0.17.1", "0.18.0", "0.18.1", "0.19.0", "0.19.1"].map((version) => ubuntu(version, "12.9", "1.47.0")),
  ...["0.20.0", "0.20.1", "0.20.2", "0.21.0", "0.22.0", "0.22.1", "0.23.0", "0.24.0", "0.25.0", "0.25.1", "0.26.0", "0.27.1"].map(
    (version) => ubuntu(version, "13.0", "1.47.0"),
  ),
  // The newest whose tag for EC2 a source states. 0.30.0 was seen for SageMaker only; imageFacts.ts reads such a tag.
  ubuntu(
    "0.28.0",
    "13.0",
    "1.47.0", // the installer of the release before; no source names another one
    { url: "https://github.com/aws/deep-learning-containers/pull/6667", asOf: "2026-08-27", confidence: "medium" },
    "24.04",
  ),
  // We did not read the EFA installer version of the 1.x images.
  amazonLinux("1.0", "0.19.1", "12.9", medium),
  amazonLinux("1.1", "0.19.1", "12.9", medium),
  // Built from commits before the release: the version rules of 0.20.0 may not apply.
  amazonLinux("1.2", "0.20.0.dev60", "12.9", medium),
  amazonLinux("1.3", "0.20.0.dev361", "12.9", medium),
  amazonLinux("1.4", "0.20.0.dev361", "12.9", medium),
  amazonLinux("2.0", "0.22.1rc0", "13.0"),
  amazonLinux("2.1", "0.24.0", "13.0"),
  amazonLinux("2.2", "0.26.0", "13.0"),
  amazonLinux("2.3", "0.27.0", "13.0"),
  amazonLinux("2.4", "0.27.1", "13.0", { url: "https://github.com/aws/deep-learning-containers#-whats-new", asOf: "2026-08-27" }),
];

/**
 * For new stacks (catalog/defaults.ts): the newest image of the family that AWS patches. "We cannot guarantee security patching on
 * Ubuntu-based vLLM and SGLang images … We recommend migrating to our Amazon Linux-based images" (README, 2026-04-28), so the Ubuntu
 * image of vLLM 0.28.0, one day younger, is only selectable.
 *
 * Both have EFA installer 1.47.0 with aws-ofi-nccl 1.18.0, in which large broadcasts between nodes can hang; 1.20.0 of installer 1.49.0
 * fixes it (https://github.com/aws/deep-learning-containers/pull/6668). No vLLM image with a newer installer is known to be released:
 * `server-cuda-v2.5` with 1.50.0 was a draft on 2026-09-10 (pull 6730). Once one is, the default moves to it: an image with 1.18.0 is
 * the default only while there is no other.
 */
export const defaultVllmImageTag = "server-cuda-v2.4";

export const defaultVllmImage: VllmImageFacts = imageOfTag(defaultVllmImageTag);

/**
 * Image in the region's registry: nothing is transferred between regions, and the layers come through the S3 gateway endpoint. A region
 * for which AWS lists no registry gets the public image.
 */
export function vllmImageUri(region: string, tag: string = defaultVllmImageTag): string {
  const account = findRegion(region)?.deepLearningContainersAccount;
  if (account === undefined) return publicVllmImageUri(tag);
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${account}.dkr.ecr.${region}.${suffix}/vllm:${tag}`;
}

/** The same image without a login, for clusters outside AWS and regions without a registry. */
export function publicVllmImageUri(tag: string = defaultVllmImageTag): string {
  return pinned(publicVllmReference(tag));
}

/** Without the digest: the name of its row in `imageDigests`. */
export const publicVllmReference = (tag: string) => `public.ecr.aws/deep-learning-containers/vllm:${tag}`;

interface DownloadImageFacts {
  uri: string;
  source: Source;
}

export const downloadTag = "public.ecr.aws/docker/library/python:3.13.7-slim-bookworm";

/** Runs the download script, which needs only Python's standard library. */
export const downloadImage: DownloadImageFacts = {
  uri: pinned(downloadTag),
  source: { url: "https://gallery.ecr.aws/docker/library/python", asOf: "2026-11-22", confidence: "medium" },
};

function imageOfTag(tag: string): VllmImageFacts {
  const image = vllmImages.find((entry) => entry.tag === tag);
  if (!image) throw new Error(`The catalog has no image with the tag ${tag}.`);
  return image;
}
