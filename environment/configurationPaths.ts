/** Maps the options of the components to their paths in a configuration, which have a section before the name. */
import type { Problem } from "../sizing/problem";
import { renamed, type SettingNames } from "../sizing/settingNames";

const under = (section: string, ...options: string[]): Record<string, string> =>
  Object.fromEntries(options.map((option) => [option, `${section}.${option}`]));

const store = under("modelStore", "deploymentType", "storageCapacityGiB", "throughputMBpsPerTiB", "rootSquash", "noSquashNids");

/** An option that is not listed has the same path in a configuration. */
const namesOf = {
  EfaGpuNodeGroup: { paths: under("gpuNodes", "rootVolumeGiB", "placementGroup", "hugePagesMiB", "releaseVersion") },
  InferenceIngress: {
    paths: under(
      "ingress",
      ...["mode", "scheme", "inboundCidrs", "idleTimeoutSeconds", "drainSeconds", "hostname", "hostedZoneId", "certificateArn"],
    ),
  },
  LustreModelStore: { paths: store, texts: store },
  VllmLeaderWorkerSet: {
    paths: { image: "engine.image" },
    texts: { "Set image to one": "Set engine.image to one", "with its revision pinned": "with modelRevision pinned" },
  },
} satisfies Record<string, SettingNames>;

/** Translates problems of a component's options to the paths of a configuration. */
export function inConfiguration(component: keyof typeof namesOf, problems: readonly Problem[]): Problem[] {
  return problems.map((found) => renamed(found, namesOf[component]));
}
