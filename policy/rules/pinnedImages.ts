/** Images and charts have a version, so that what runs is what was tested. */
import { isUnknown, valueAt, type CheckedResource } from "../checkedResource";
import { containers, podSpecs, type FoundContainer } from "../podSpecs";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  movingTags: string[];
  requireDigest: boolean;
}

export const pinnedImages = resourceRule<Settings>(
  {
    name: "pinned-images",
    description:
      "Images have a digest or a tag that does not move, and Helm charts have an exact version: otherwise a replaced node runs other software " +
      "than its neighbours, and the plan's memory and driver checks describe another engine.",
    source: "https://kubernetes.io/docs/concepts/containers/images/",
    settings: {
      movingTags: { type: "array", items: { type: "string" }, default: ["latest"], description: "Tags that move to newer images" },
      requireDigest: { type: "boolean", default: false, description: "Require a digest; a tag is not enough" },
    },
  },
  (resource, settings) => [
    ...podSpecs(resource).flatMap((pod) => containers(pod).flatMap((each) => checkImage(resource, each, settings))),
    ...checkChart(resource),
  ],
);

function checkImage(resource: CheckedResource, { path, container }: FoundContainer, { movingTags, requireDigest }: Settings): Finding[] {
  const value = valueAt(container, "image");
  if (typeof value !== "string" || isUnknown(value) || /@sha256:[0-9a-f]{64}$/.test(value)) return [];
  const setting = { resource, path: `${path}.image`, value };
  if (requireDigest) return [{ ...setting, rule: "an image must be named by its digest", fix: "Append @sha256: and the digest" }];
  const tag = tagOf(value);
  if (tag !== undefined && !movingTags.includes(tag)) return [];
  const rule = tag === undefined ? "an image without a tag means latest, which moves" : `the tag ${tag} moves`;
  return [{ ...setting, rule, fix: "Name a tag of one version, or a digest" }];
}

/** The text after a registry's port contains a slash, so it is not a tag. */
const tagOf = (reference: string): string | undefined => /:(\w[\w.-]*)$/.exec(reference)?.[1];

function checkChart(resource: CheckedResource): Finding[] {
  if (resource.type !== "kubernetes:helm.sh/v3:Release") return [];
  const value = resource.inputs.version;
  if (isUnknown(value) || /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(String(value))) return [];
  const rule = "a chart without an exact version may change at the next update";
  return [{ resource, path: "version", value, rule, fix: "Set version to one release of the chart" }];
}
