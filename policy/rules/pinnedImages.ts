/** Images and charts have a version, so that what runs is what was tested. */
import { isTrue, isUnknown, valueAt, type CheckedResource } from "../checkedResource";
import { containersIn, objectsIn, type FoundContainer } from "../podSpecs";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  movingTags: string[];
  requireDigest: boolean;
}

/** Words of tags that projects move: as the whole tag, or as one of its words (`latest-gpu`, `main-cu130`). */
const movingTags = [
  "latest",
  "nightly",
  "main",
  "master",
  "trunk",
  "head",
  "dev",
  "develop",
  "edge",
  "canary",
  "stable",
  "rolling",
  "current",
];

export const pinnedImages = resourceRule<Settings>(
  {
    name: "pinned-images",
    description:
      "Images have a digest or a tag that does not move, and Helm charts have an exact version and come by TLS: " +
      "otherwise a replaced node runs " +
      "other software than its neighbours, and the plan's memory and driver checks describe another engine.",
    source: "https://kubernetes.io/docs/concepts/containers/images/",
    settings: {
      movingTags: { type: "array", items: { type: "string" }, default: movingTags, description: "Words of tags that move to newer images" },
      requireDigest: { type: "boolean", default: false, description: "Require a digest; a tag is not enough" },
    },
  },
  (resource, settings) => [
    ...containersIn(resource).flatMap((each) => checkImage(resource, each, settings)),
    ...checkChart(resource, settings),
  ],
);

const digest = /@sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

function checkImage(resource: CheckedResource, { path, container }: FoundContainer, { movingTags, requireDigest }: Settings): Finding[] {
  const isVolume = typeof valueAt(container, "image", "reference") === "string";
  const value = isVolume ? valueAt(container, "image", "reference") : valueAt(container, "image");
  if (typeof value !== "string" || isUnknown(value) || digest.test(value)) return [];
  const setting = { resource, path: `${path}.image${isVolume ? ".reference" : ""}`, value };
  if (requireDigest) return [{ ...setting, rule: "an image must be named by its digest", fix: "Append @sha256: and the digest" }];
  const tag = tagOf(value);
  if (tag !== undefined && !isMoving(tag, movingTags)) return [];
  const rule = tag === undefined ? "an image without a tag means latest, which moves" : `the tag ${tag} moves`;
  return [{ ...setting, rule, fix: "Name a tag of one version, or a digest" }];
}

/** The text after a registry's port contains a slash, so it is not a tag. */
const tagOf = (reference: string): string | undefined => /:(\w[\w.-]*)$/.exec(reference)?.[1];

/**
 * A tag with a moving word moves, unless it also has a commit or a day. So does a tag without any digit (`alpine`), or with only a major
 * version (`v3`): publishers move both at each release.
 */
function isMoving(tag: string, moving: readonly string[]): boolean {
  if (moving.includes(tag) || !/\d/.test(tag) || /^v?\d{1,3}$/.test(tag)) return true;
  const words = tag.toLowerCase().split(/[-._]/);
  return words.some((word) => moving.includes(word)) && !words.some((word) => /^(?=.*\d)[0-9a-f]{7,40}$/.test(word));
}

const chartType = /^kubernetes:helm\.sh\/v\d+:(Release|Chart)$/;
const exactVersion = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

function checkChart(resource: CheckedResource, settings: Settings): Finding[] {
  if (!chartType.test(resource.type) || Object.keys(resource.inputs).length === 0) return [];
  return [...checkVersion(resource), ...checkTransport(resource), ...checkValues(resource, settings)];
}

function checkVersion(resource: CheckedResource): Finding[] {
  const { version: value, chart } = resource.inputs;
  const known = typeof chart === "string" ? chart : "";
  // A folder of the program, or one archive by its name, is what it is.
  const isFixed = /^\.{0,2}\//.test(known) || /-\d+\.\d+\.\d+[\w.+-]*\.tgz$/.test(known) || digest.test(known);
  if (isUnknown(value) || exactVersion.test(String(value)) || (value === undefined && isFixed)) return [];
  const rule = "a chart without an exact version may change at the next update";
  return [{ resource, path: "version", value, rule, fix: "Set version to one release of the chart" }];
}

/** Anyone on the way can replace a chart that comes without TLS, and it makes whatever it says on the cluster. */
function checkTransport(resource: CheckedResource): Finding[] {
  const { inputs } = resource;
  const places = { chart: inputs.chart, "repositoryOpts.repo": valueAt(inputs, "repositoryOpts", "repo"), repo: inputs.repo };
  const rule = "a chart must come by TLS";
  return [
    ...Object.entries(places)
      .filter(([, value]) => typeof value === "string" && /^http:/i.test(value))
      .map(([path, value]) => ({ resource, path, value, rule, fix: "Name an https:// or oci:// address" })),
    ...objectsIn({ ...inputs, values: undefined })
      .flatMap(({ path, value }) =>
        Object.entries(value).map(([key, setting]) => ({ path: path === "" ? key : `${path}.${key}`, key, setting })),
      )
      .filter(({ key, setting }) => /^(plainHttp|insecureSkipTlsVerify|skipTlsVerify)$/i.test(key) && isTrue(setting))
      .map(({ path, key, setting }) => ({ resource, path, value: setting, rule, fix: `Remove ${key}` })),
  ];
}

/** Charts take an image as a repository and a tag, by convention. */
function checkValues(resource: CheckedResource, { movingTags, requireDigest }: Settings): Finding[] {
  return objectsIn(resource.inputs.values, "values")
    .filter(({ value }) => typeof value.tag === "string" && ["repository", "registry", "image", "name"].some((key) => key in value))
    .filter(({ value: { tag } }) => !isUnknown(tag) && tag !== "")
    .flatMap(({ path, value: { tag, digest: given } }): Finding[] => {
      const setting = { resource, path: `${path}.tag`, value: tag };
      if (digest.test(String(tag)) || digest.test(`@${String(given)}`) || isUnknown(given)) return [];
      if (requireDigest) return [{ ...setting, rule: "an image must be named by its digest", fix: "Append @sha256: and the digest" }];
      if (!isMoving(String(tag), movingTags)) return [];
      return [{ ...setting, rule: `the tag ${String(tag)} moves`, fix: "Name a tag of one version" }];
    });
}
