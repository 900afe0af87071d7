/** The engine's image and the versions in it: arguments and memory depend on the vLLM version, the driver on the CUDA version. */
import { defaultVllmImage, imageFactsOf, vllmImageUri } from "../catalog/images";
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
): { engine: EnvironmentEngine; problems: Problem[] } {
  const { engine, availabilityZone } = settings;
  const image = engine.image ?? vllmImageUri(region ?? availabilityZone?.slice(0, -1) ?? exampleRegion);
  const facts = imageFactsOf(image);
  const vllmVersion = engine.vllmVersion ?? facts?.vllmVersion;
  const cudaVersion = engine.cudaVersion ?? facts?.cudaVersion;
  const needsCuda = target === "aws";
  const problems = [
    ...(vllmVersion ? [] : [unknownInside("engine.vllmVersion", image, defaultVllmImage.vllmVersion)]),
    ...(cudaVersion || !needsCuda ? [] : [unknownInside("engine.cudaVersion", image, defaultVllmImage.cudaVersion)]),
    ...(cudaVersion && needsCuda ? checkDriver({ cudaVersion, driver: gpuNodeAmi.nvidiaDriver }) : []),
    ...checkPinned(image),
  ];
  return {
    engine: {
      image,
      vllmVersion: vllmVersion ?? defaultVllmImage.vllmVersion,
      cudaVersion: cudaVersion ?? defaultVllmImage.cudaVersion,
      ...given(engine, "maxModelLen", "gpuMemoryUtilization", "maxNumSeqs", "maxNumBatchedTokens", "kvCacheDtype"),
      enableExpertParallel: engine.enableExpertParallel,
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
    changes: [{ path, value: example }],
  });

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
