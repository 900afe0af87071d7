/** Writes a program's Kubernetes objects as files for review, validation and diffs. Samples replace values that only the cluster knows. */
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { secretMark, withoutSecrets } from "./plannedResources";
import type { RecordedResource } from "./recordedResource";

type Tree = Record<string, unknown>;

export interface Manifest {
  /** `<kind>-<name>.yaml`; Helm releases, which are not API objects, go to `releases/`. */
  file: string;
  content: Tree;
}

const header = "# Written by `vllm-eks plan --manifests`: a later run replaces it. Names, ids and addresses are samples.\n";
const releaseType = "kubernetes:helm.sh/v3:Release";

export function manifests(resources: readonly RecordedResource[]): Manifest[] {
  const files = new Set<string>();
  return resources
    .filter(({ type, custom }) => custom && type.startsWith("kubernetes:"))
    .map((resource) => {
      const content = resource.type === releaseType ? withoutSecrets(resource) : manifestOf(resource);
      const base = resource.type === releaseType ? `releases/${resource.name}` : fileBase(content);
      const file = files.has(base) ? `${base}-${namespaceOf(content)}` : base;
      files.add(file);
      return { file: `${file}.yaml`, content: ordered(content, topKeys) as Tree };
    });
}

/** Writes every manifest below `directory`, removes the manifests of an earlier run, and returns the files relative to `directory`. */
export function writeManifests(resources: readonly RecordedResource[], directory: string): string[] {
  const all = manifests(resources);
  for (const folder of [directory, path.join(directory, "releases")]) removeEarlier(folder);
  for (const { file, content } of all) {
    const target = path.join(directory, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, header + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }));
  }
  return all.map(({ file }) => file);
}

function manifestOf(resource: RecordedResource): Tree {
  const content = withoutSecrets(resource);
  const metadata = (content.metadata ?? {}) as Tree;
  const data = content.kind === "Secret" && content.data ? { data: encodedMarks(content.data as Tree) } : {};
  // If the program gives no name, the provider chooses one, and other objects refer to it.
  const name = metadata.name ?? resource.id?.slice(resource.id.lastIndexOf("/") + 1) ?? resource.name;
  return { ...content, ...data, metadata: { ...metadata, name } };
}

/** An API server accepts `data` of a Secret only as base64. */
const encodedMarks = (data: Tree): Tree =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, value === secretMark ? Buffer.from(secretMark).toString("base64") : value]),
  );

const fileBase = (content: Tree) => `${String(content.kind).toLowerCase()}-${String((content.metadata as Tree).name)}`;
const namespaceOf = (content: Tree) => String(((content.metadata ?? content) as Tree).namespace ?? "cluster");

const topKeys = ["apiVersion", "kind", "metadata"];

/** Sorts the keys, because their order has no meaning: a diff of two plans then shows only real differences. */
function ordered(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item));
  if (typeof value !== "object" || value === null) return value;
  const rank = (key: string) => (first.includes(key) ? String(first.indexOf(key)) : `~${key}`);
  const keys = Object.keys(value).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, ordered((value as Tree)[key])]));
}

function removeEarlier(directory: string): void {
  if (!fs.existsSync(directory)) return;
  for (const name of fs.readdirSync(directory)) {
    const file = path.join(directory, name);
    if (name.endsWith(".yaml") && fs.readFileSync(file, "utf8").startsWith(header)) fs.rmSync(file);
  }
}
