/**
 * What a stack takes where its configuration names nothing, in dated sets: image of the engine and charts. A stack keeps the set that it
 * was made with until its configuration names another one, so a row is never changed: what is newer becomes a new row.
 *
 * The AMI release of the GPU nodes is in no set: EKS chooses the newest when it makes the group, the program names none, and so no update
 * of this package moves it.
 */
import { defaultVllmImageTag, downloadTag, publicVllmReference } from "./images";
import { charts, type ChartFacts } from "./versions";

export type ChartName = keyof typeof charts;

/** Year and month, oldest first. */
export const defaultSetNames = ["2026-08", "2026-11"] as const;

export interface DefaultSet {
  /** What the key `defaults` and the stack output `defaults` say. */
  name: (typeof defaultSetNames)[number];
  vllmImageTag: string;
  charts: Readonly<Record<ChartName, ChartFacts>>;
}

/** Stacks of the time before the sets had names have this one. */
export const oldestDefaults: DefaultSet = { name: "2026-08", vllmImageTag: "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2", charts };

/** For new stacks. */
export const newestDefaults: DefaultSet = { name: "2026-11", vllmImageTag: defaultVllmImageTag, charts };

/** Oldest first. */
export const defaultSets: readonly DefaultSet[] = [oldestDefaults, newestDefaults];

export const findDefaults = (name: string): DefaultSet | undefined => defaultSets.find((set) => set.name === name);

/** The charts and images that the package installs unless the configuration names others: the ones that need a digest. */
export const installedCharts: readonly ChartFacts[] = [...new Set(defaultSets.flatMap((set) => Object.values(set.charts)))];
export const installedImages: readonly string[] = [
  ...new Set([
    downloadTag,
    ...installedCharts.map(({ image }) => image),
    ...defaultSets.map(({ vllmImageTag }) => publicVllmReference(vllmImageTag)),
  ]),
];
