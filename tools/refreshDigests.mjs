// `npm run digests`: asks the registries for the digests of the catalog's images and charts and writes catalog/digests.ts.
// `npm run digests -- --check` writes nothing and ends with status 1 if a registry gives another digest than the table has.
import crypto from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, URL } from "node:url";
import { parse } from "yaml";
import { buildDirectory, root, transpile } from "./transpile.mjs";

const table = path.join(root, "catalog/digests.ts");

/** Indexes first: one digest then names the image for every processor. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const sha256 = (bytes) => `sha256:${crypto.createHash("sha256").update(bytes).digest("hex")}`;

/** A registry that wants a login has no answer for a script without an account; nothing is guessed then. */
export class NeedsLogin extends Error {}

/** Digest of `host/repository:tag`. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export async function imageDigest(reference, fetch) {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  if (!host) throw new Error(`${reference} is not registry/repository:tag.`);
  const address = `https://${host}/v2/${repository}/manifests/${tag}`;
  const ask = (authorization) => fetch(address, { headers: { accept: manifestTypes, ...(authorization && { authorization }) } });
  let answer = await ask();
  if (answer.status === 401) answer = await ask(await anonymousToken(answer.headers.get("www-authenticate") ?? "", reference, fetch));
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}.`);
  const computed = sha256(Buffer.from(await answer.arrayBuffer()));
  const stated = answer.headers.get("docker-content-digest");
  if (stated && stated !== computed) throw new Error(`${address} states ${stated}, but its manifest has ${computed}.`);
  return computed;
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
async function anonymousToken(challenge, reference, fetch) {
  const value = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = value("realm");
  if (!/^Bearer /i.test(challenge) || !realm) throw new NeedsLogin(`${reference}: its registry wants a login.`);
  const address = new URL(realm);
  for (const name of ["service", "scope"]) if (value(name)) address.searchParams.set(name, value(name));
  const answer = await fetch(address.href, {});
  if (!answer.ok) throw new NeedsLogin(`${reference}: its registry gives no token without an account (${answer.status}).`);
  const { token, access_token: accessToken } = await answer.json();
  return `Bearer ${token ?? accessToken}`;
}

/** Digest of a chart: of the manifest if it is in an OCI registry, else of the archive, which the repository's index must confirm. */
export async function chartDigest({ chart, version, repository }, fetch) {
  if (!repository) return imageDigest(`${chart.replace(/^oci:\/\//, "")}:${version}`, fetch);
  const page = indexOf(repository);
  const index = parse(await (await answered(fetch, page)).text());
  const entry = index?.entries?.[chart]?.find((each) => each.version === version);
  if (!entry) throw new Error(`${page} has no ${chart} ${version}.`);
  const address = new URL(entry.urls[0], page).href;
  const computed = sha256(Buffer.from(await (await answered(fetch, address)).arrayBuffer()));
  if (computed !== `sha256:${entry.digest}`) throw new Error(`${address} has ${computed}, but the index states ${entry.digest}.`);
  return computed;
}

const indexOf = (repository) => `${repository.replace(/\/$/, "")}/index.yaml`;

/** The address that states the digest: the source of a row. */
export const imagePage = (reference) => `https://${reference.replace(/:[^:/]*$/, "")}`;
export const chartPage = ({ chart, repository }) => (repository ? indexOf(repository) : `https://${chart.replace(/^oci:\/\//, "")}`);

async function answered(fetch, address) {
  const answer = await fetch(address, {});
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}.`);
  return answer;
}

/**
 * Compares the table with the registries. A row that the registry confirms keeps its source; what needs an account keeps its row. `moved`
 * is a tag that had another digest: read why before you commit it.
 */
export async function compare(known, wanted, day) {
  const rows = {};
  const lines = [];
  for (const [reference, { ask, url }] of Object.entries(wanted)) {
    const before = known[reference];
    rows[reference] = before;
    try {
      const digest = await ask();
      const same = before?.digest === digest;
      if (!same) rows[reference] = { digest, source: { url, asOf: day, confidence: "high" } };
      lines.push({ reference, state: same ? "confirmed" : before ? "moved" : "found", digest });
    } catch (error) {
      lines.push({ reference, state: error instanceof NeedsLogin ? "login" : "failed", reason: error.message });
    }
  }
  return { rows, lines };
}

/** The text of catalog/digests.ts with other rows. */
export function written(text, tables) {
  return Object.entries(tables).reduce((whole, [name, rows]) => {
    const start = whole.indexOf("{", whole.indexOf("=", whole.indexOf(`export const ${name}`)));
    const end = whole.indexOf("\n};", start) + 2;
    const entries = Object.entries(rows).map(
      ([reference, facts]) => `${JSON.stringify(reference)}: ${JSON.stringify(facts) ?? "undefined"},`,
    );
    return `${whole.slice(0, start)}{\n${entries.join("\n")}\n}${whole.slice(end)}`;
  }, text);
}

async function main(check) {
  await transpile();
  const built = (module) => createRequire(import.meta.url)(path.join(buildDirectory, "catalog", module));
  const { imageDigests, chartDigests } = built("digests");
  const { installedCharts, installedImages } = built("defaults");
  const day = new Date().toISOString().slice(0, 10);
  const askImages = Object.fromEntries(
    installedImages.map((image) => [image, { ask: () => imageDigest(image, globalThis.fetch), url: imagePage(image) }]),
  );
  const askCharts = Object.fromEntries(
    installedCharts.map((chart) => [
      `${chart.chart} ${chart.version}`,
      { ask: () => chartDigest(chart, globalThis.fetch), url: chartPage(chart) },
    ]),
  );
  const images = await compare(imageDigests, askImages, day);
  const archives = await compare(chartDigests, askCharts, day);
  const lines = [...images.lines, ...archives.lines];
  for (const { state, reference, digest, reason } of lines) console.log(`${state.padEnd(9)}  ${reference}  ${digest ?? reason}`);
  if (!check) {
    const { format, resolveConfig } = await import("prettier");
    const text = written(fs.readFileSync(table, "utf8"), { imageDigests: images.rows, chartDigests: archives.rows });
    fs.writeFileSync(table, await format(text, { ...(await resolveConfig(table)), parser: "typescript" }));
  }
  const differs = lines.some(({ state }) => state === "moved" || state === "found");
  process.exitCode = lines.some(({ state }) => state === "failed") || (check && differs) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes("--check"));
