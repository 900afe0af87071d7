/** Checks that versions work together: Kubernetes, support dates and the node's kernel; add-ons and what uses them; CUDA and the driver. */
import { closest } from "fastest-levenshtein";
import { driverFloors, vllmImages } from "../catalog/images";
import { priceOf, priceRegion } from "../catalog/prices";
import {
  addons,
  type AddonFacts,
  defaultKubernetesVersion,
  findKubernetesVersion,
  KubernetesSupport,
  kubernetesSupportOn,
  kubernetesVersions,
  type KubernetesVersionFacts,
} from "../catalog/versions";
import { problem, type Problem } from "./problem";
import { shellCommand } from "./shellCommand";
import { kubernetesEndsSoon } from "./supportEnds";

/**
 * Negative, zero or positive as `a` is older than, equal to or newer than `b`. A leading `v` is ignored, a missing part counts as 0, and
 * what follows the first part without a number (`rc1`, `dev580`) does not count.
 */
export function compareVersions(a: string, b: string): number {
  const left = versionParts(a);
  const right = versionParts(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const versionParts = (version: string) => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "").split(".").map(Number);

/** `today` as `YYYY-MM-DD`. `creating`: this program creates the cluster. An existing cluster may be older and gets only warnings. */
export function checkKubernetesVersion(version: string, today: string, creating: boolean): Problem[] {
  const row = findKubernetesVersion(version);
  if (!row)
    return [
      unsupported(
        version,
        creating ? today : undefined,
        `this package only knows ${kubernetesVersions.map((known) => known.version).join(", ")}`,
      ),
    ];
  const reason = supportProblem(row, today);
  return [
    ...(reason ? [unsupported(version, creating ? today : undefined, reason)] : kubernetesEndsSoon(row, today, creating)),
    ...checkKernel(row, creating),
  ];
}

function supportProblem(row: KubernetesVersionFacts, today: string): string | undefined {
  const support = kubernetesSupportOn(row, today);
  switch (support) {
    case KubernetesSupport.Standard:
      return undefined;
    case KubernetesSupport.NotReleased:
      return `EKS releases it on ${row.releasedOn}, after ${today}`;
    case KubernetesSupport.Extended:
      return `standard support ended on ${row.standardSupportEndsOn}; until ${row.extendedSupportEndsOn} the control plane costs ${hourly("controlPlaneExtended")} instead of ${hourly("controlPlaneStandard")}`;
    case KubernetesSupport.Ended:
      return `extended support ended on ${row.extendedSupportEndsOn}, and EKS upgrades such clusters automatically`;
  }
}

const hourly = (item: "controlPlaneExtended" | "controlPlaneStandard") => `$${priceOf(item, priceRegion).usd.toFixed(2)}/h`;

/** `creatingOn`: the day of creation; undefined for a cluster that exists. */
function unsupported(version: string, creatingOn: string | undefined, reason: string): Problem {
  const successor = creatingOn === undefined ? undefined : versionToCreate(creatingOn);
  return problem({
    code: "kubernetes-unsupported",
    severity: creatingOn === undefined ? "warning" : "error",
    path: "cluster.version",
    message: `Kubernetes ${version}: ${reason}.`,
    fix: fixOf(creatingOn, successor),
    changes: successor === undefined ? [] : [{ path: "cluster.version", value: successor }],
  });
}

function fixOf(creatingOn: string | undefined, successor: string | undefined): string {
  if (creatingOn === undefined) return `Upgrade the cluster one minor version at a time, towards ${defaultKubernetesVersion}.`;
  if (successor !== undefined) return `Create the cluster with ${successor}.`;
  return `Use a newer release of this package: this one knows no version that has standard support on ${creatingOn}.`;
}

/** The default version while it is supported, then the next one that is: EKS upgrades one minor version at a time. */
function versionToCreate(today: string): string | undefined {
  const supported = kubernetesVersions.filter((row) => kubernetesSupportOn(row, today) === KubernetesSupport.Standard);
  return (supported.find(({ version }) => version === defaultKubernetesVersion) ?? supported[0])?.version;
}

function checkKernel(row: KubernetesVersionFacts, creating: boolean): Problem[] {
  if (row.lustreProven) return [];
  return [
    problem({
      code: "kernel-unproven",
      severity: "warning",
      path: "cluster.version",
      message: `Nodes of Kubernetes ${row.version} run kernel ${row.amiKernel}, and there is no record of FSx for Lustre mounted with it.`,
      fix: creating
        ? `Use ${defaultKubernetesVersion}, or mount the file system on one node before you rely on it.`
        : "Mount the file system on one node before you rely on it.",
      changes: creating ? [{ path: "cluster.version", value: defaultKubernetesVersion }] : [],
    }),
  ];
}

/**
 * `versions`: by the add-on's name, as EKS writes them (`v1.19.2-eksbuild.1`). EKS chooses a version for the others. `installed`: the
 * add-ons that the stack installs; a version for any other would have no effect.
 */
export function checkAddonVersions(versions: Readonly<Record<string, string>>, installed: readonly string[]): Problem[] {
  return [...checkAddonNames(Object.keys(versions), installed), ...checkMinimumVersions(versions)];
}

function checkAddonNames(names: readonly string[], installed: readonly string[]): Problem[] {
  return names
    .filter((name) => !installed.includes(name))
    .map((name) => {
      const near = closest(name, [...installed]);
      return problem({
        code: "unknown-key",
        path: `cluster.addonVersions["${name}"]`,
        message: `"${name}" is not an add-on that this stack installs, so its version would have no effect; it installs ${installed.join(", ")}.`,
        fix: `Did you mean ${near}? Otherwise remove it.`,
      });
    });
}

function checkMinimumVersions(versions: Readonly<Record<string, string>>): Problem[] {
  return Object.values<AddonFacts>(addons).flatMap(({ name, minimumVersion }) => {
    const version = versions[name];
    if (version === undefined || minimumVersion === undefined || compareVersions(version, minimumVersion) >= 0) return [];
    const path = `cluster.addonVersions["${name}"]`;
    return [
      problem({
        code: "out-of-range",
        path,
        message: `${path} is ${version}; it must be ${minimumVersion} or newer.`,
        fix: `Remove it to get the EKS default, or set a version that ${shellCommand("aws", "eks", "describe-addon-versions", "--addon-name", name)} lists.`,
        changes: [{ path, value: `v${minimumVersion}-eksbuild.1` }],
      }),
    ];
  });
}

/** `driver` is the driver of the node image, for example `580.159.03`. A CUDA older than every known floor passes. */
export function checkDriver(request: { cudaVersion: string; driver: string }): Problem[] {
  const { cudaVersion, driver } = request;
  const minimum = minimumDriver(cudaVersion);
  const unknown = isNewerSeries(cudaVersion);
  if (!unknown && (minimum === undefined || compareVersions(driver, String(minimum)) >= 0)) return [];
  const fitting = newestReleaseFor(driver);
  const rule = unknown
    ? `is newer than CUDA ${newestCuda}, the newest whose driver this package knows`
    : `needs NVIDIA driver ${minimum} or newer`;
  return [
    problem({
      code: "driver-too-old",
      path: "engine.image",
      message: `The image's CUDA ${cudaVersion} ${rule}; the node image has driver ${driver}.`,
      fix: `Use a newer node image (gpuNodes.releaseVersion)${fitting ? `, or a vLLM image with an older CUDA: ${fitting} is the newest for this driver` : ""}.`,
    }),
  ];
}

const newestCuda =
  driverFloors
    .map(({ cudaVersion }) => cudaVersion)
    .sort(compareVersions)
    .at(-1) ?? "";

/** Every CUDA series so far needs a newer driver than the series before. */
const isNewerSeries = (cudaVersion: string) => (versionParts(cudaVersion)[0] ?? 0) > (versionParts(newestCuda)[0] ?? 0);

/** Does not propose builds from commits between releases. */
function newestReleaseFor(driver: string): string | undefined {
  return vllmImages
    .filter(({ minimumDriver, vllmVersion }) => compareVersions(driver, String(minimumDriver)) >= 0 && /^[\d.]+$/.test(vllmVersion))
    .map(({ vllmVersion }) => vllmVersion)
    .sort(compareVersions)
    .at(-1);
}

/** Minor versions of one CUDA series share their driver floor: takes the newest floor that is not newer than `cudaVersion`. */
function minimumDriver(cudaVersion: string): number | undefined {
  return driverFloors
    .filter((floor) => compareVersions(floor.cudaVersion, cudaVersion) <= 0)
    .reduce<number | undefined>((highest, floor) => Math.max(highest ?? 0, floor.minimumDriver), undefined);
}
