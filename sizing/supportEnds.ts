/** Support that ends soon, or has ended: what happens on that day, and what to take before. */
import { newestDefaults } from "../catalog/defaults";
import { imageFactsOf } from "../catalog/imageFacts";
import { defaultKubernetesVersion, kubernetesVersions, type KubernetesVersionFacts } from "../catalog/versions";
import { problem, type Problem } from "./problem";

/** A warning from this many days before: time to test a successor. */
const warnDays = 90;

const millisecondsPerDay = 86_400_000;

/** Days from `today` to `day`, both `YYYY-MM-DD`; negative for a day that has passed. */
const daysUntil = (day: string, today: string) => Math.round((Date.parse(day) - Date.parse(today)) / millisecondsPerDay);

/** A version in standard support. `creating`: this program owns the cluster, with the upgrade policy `STANDARD`. */
export function kubernetesEndsSoon(row: KubernetesVersionFacts, today: string, creating: boolean): Problem[] {
  const days = daysUntil(row.standardSupportEndsOn, today);
  if (days > warnDays || days < 0) return [];
  const then = creating
    ? "Then EKS upgrades the control plane by itself, and the nodes stay behind"
    : "Then EKS upgrades the control plane by itself or charges for extended support, as the cluster's upgrade policy says";
  const when = days === 0 ? "today" : `in ${days} ${days === 1 ? "day" : "days"}`;
  const target = successorOf(row);
  return [
    problem({
      code: "support-ends",
      severity: "warning",
      path: "cluster.version",
      message: `Standard support of Kubernetes ${row.version} ends on ${row.standardSupportEndsOn}, ${when}. ${then}.`,
      fix: target
        ? `Create a new cluster with ${target}; upgrade one that exists one minor version at a time, towards ${target}, before that day (docs/operations.md).`
        : "Use a newer release of this package: this one knows no later version.",
      changes: creating && target !== undefined ? [{ path: "cluster.version", value: target }] : [],
    }),
  ];
}

/** The default version, or what comes after it. */
function successorOf({ version }: KubernetesVersionFacts): string | undefined {
  const later = kubernetesVersions.slice(kubernetesVersions.findIndex((row) => row.version === version) + 1).map((row) => row.version);
  return later.includes(defaultKubernetesVersion) ? defaultKubernetesVersion : later[0];
}

/** `fromDefaults`: no key names the image. Nothing is known of images that are not AWS's. */
export function imagePatchesEnd(image: string, today: string, fromDefaults: boolean): Problem[] {
  const facts = imageFactsOf(image);
  if (facts?.patchedUntil === undefined || daysUntil(facts.patchedUntil, today) > warnDays) return [];
  const past = facts.patchedUntil <= today;
  return [
    problem({
      code: "support-ends",
      severity: "warning",
      path: fromDefaults ? "defaults" : "engine.image",
      message: `AWS ${past ? "has promised" : "promises"} no security patches for ${facts.tag} ${past ? "since" : "from"} ${facts.patchedUntil}.`,
      fix: `Take the newest image of the Amazon Linux family, ${newestDefaults.vllmImageTag}${fromDefaults ? "" : " or a newer one: set engine.image, and test it"}; the groups roll.`,
      changes: fromDefaults ? [{ path: "defaults", value: newestDefaults.name }] : [],
    }),
  ];
}
