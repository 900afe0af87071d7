/** The engine's image and the versions in it: arguments and memory depend on the vLLM version, the driver on the CUDA version. */
import type { DefaultSet } from "../catalog/defaults";
import { imageFactsOf, imageVersionsOf } from "../catalog/imageFacts";
import { defaultVllmImage, vllmImageUri } from "../catalog/images";
import { gpuNodeAmi } from "../catalog/versions";
import { problem, type Problem } from "../sizing/problem";
import { checkDriver } from "../sizing/versions";
import type { Environment, EnvironmentEngine } from "./environment";
import { given } from "../sizing/givenKeys";
import type { Settings } from "./settingTypes";

/** Used for the address of the image while the configuration has no region. */
const exampleRegion = "us-west-2";

export function resolveEngine(
  settings: Settings,
  target: Environment["target"],
  region: string | undefined,
  { vllmImageTag }: DefaultSet,
): { engine: EnvironmentEngine; problems: Problem[] } {
  const { engine, availabilityZone } = settings;
  const image = engine.image ?? vllmImageUri(region ?? availabilityZone?.slice(0, -1) ?? exampleRegion, vllmImageTag);
  const facts = imageVersionsOf(image);
  const vllmVersion = engine.vllmVersion ?? facts.vllmVersion;
  const cudaVersion = engine.cudaVersion ?? facts.cudaVersion;
  const needsCuda = target === "aws";
  const problems = [
    ...(vllmVersion ? [] : [unknownInside("engine.vllmVersion", image, defaultVllmImage.vllmVersion)]),
    ...(cudaVersion || !needsCuda ? [] : [unknownInside("engine.cudaVersion", image, defaultVllmImage.cudaVersion)]),
    ...(cudaVersion && needsCuda ? checkDriver({ cudaVersion, driver: gpuNodeAmi.nvidiaDriver }) : []),
    ...checkPinned(image),
    ...checkUser(settings, target, image),
  ];
  return {
    engine: {
      image,
      vllmVersion: vllmVersion ?? defaultVllmImage.vllmVersion,
      cudaVersion: cudaVersion ?? defaultVllmImage.cudaVersion,
      ...given(
        engine,
        "maxModelLen",
        "gpuMemoryUtilization",
        "maxNumSeqs",
        "maxNumBatchedTokens",
        "kvCacheDtype",
        "stepTimeoutSeconds",
        "runAsUser",
      ),
      enableExpertParallel: engine.enableExpertParallel,
      runAsNonRoot: engine.runAsNonRoot,
      readOnlyRootFilesystem: engine.readOnlyRootFilesystem,
      extraArguments: engine.extraArguments ?? [],
    },
    problems,
  };
}

const unknownInside = (path: string, image: string, example: string): Problem =>
  problem({
    code: "missing-value",
    path,
    message: `The image ${image} is not in the catalog; arguments and memory depend on the versions inside it.`,
    fix: "Set the version that is inside the image, or remove engine.image to use the catalog's.",
    // AWS's image has a version that its release notes state; another one would give wrong flags and a wrong memory.
    changes: /\/vllm:server-(sagemaker-)?cuda/.test(image) ? [] : [{ path, value: example }],
  });

/** EFA must pin memory, and a capability that a pod adds has no effect for another user than root. */
function checkUser({ engine }: Settings, target: Environment["target"], image: string): Problem[] {
  if (!engine.runAsNonRoot) {
    if (engine.runAsUser === undefined) return [];
    const message = `engine.runAsUser is ${engine.runAsUser}, but engine.runAsNonRoot is not set, so the engine runs as root.`;
    const fix = "Set engine.runAsNonRoot to true, or remove engine.runAsUser.";
    const changes = [{ path: "engine.runAsNonRoot", value: true }];
    return [problem({ code: "setting-ignored", severity: "warning", path: "engine.runAsUser", message, fix, changes })];
  }
  if (target !== "aws" || imageFactsOf(image)?.runAsNonRoot) return [];
  const message =
    `There is no recorded run of ${image} as another user than root on GPUs with EFA: without IPC_LOCK, EFA can pin memory only if the ` +
    "node's container runtime does not limit it, and otherwise the engine fails after the GPU nodes are billed.";
  const fix = "Try it on one group first, or set engine.runAsNonRoot to false.";
  const changes = [{ path: "engine.runAsNonRoot", value: false }];
  return [problem({ code: "non-root-unproven", severity: "warning", path: "engine.runAsNonRoot", message, fix, changes })];
}

/** A tag can move: after a node failure, one node of a group would run another image than the rest. */
function checkPinned(image: string): Problem[] {
  if (image.includes("@sha256:")) return [];
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  if (tag && tag !== "latest") return [];
  return [
    problem({
      code: "out-of-range",
      path: "engine.image",
      message: `${image} ${tag ? "has the moving tag latest" : "has no tag"}: nodes of one group could run different versions.`,
      fix: "Name a version or a digest.",
    }),
  ];
}
