/** Recorded resources as a plan shows them: marks replace secrets and values that are known only after deployment. */
import { mask } from "../environment/masking";
import { secretPlaceholder as secretMark } from "../environment/secrets";
import type { RecordedResource } from "./recordedResource";

export { secretMark };
export const outputMark = "[output]";

export interface PlannedResource {
  urn: string;
  type: string;
  name: string;
  parent: string | null;
  dependsOn: string[];
  inputs: Record<string, unknown>;
  /** How long `pulumi up` waits for it, unless that is the provider's default. */
  timeouts?: { create?: string; update?: string; delete?: string };
  protect?: boolean;
}

export function plannedResources(resources: readonly RecordedResource[], inventedValues: ReadonlySet<string>): PlannedResource[] {
  const replaceInvented = inventedReplacer(inventedValues);
  return resources.map((resource) => ({
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    parent: resource.parent ?? null,
    dependsOn: resource.dependsOn,
    inputs: mapStrings(withoutSecrets(resource), replaceInvented) as Record<string, unknown>,
    ...(Object.keys(resource.customTimeouts ?? {}).length > 0 && { timeouts: resource.customTimeouts ?? {} }),
    ...(resource.protect && { protect: true }),
  }));
}

/**
 * Inputs with every secret value replaced: what the program marked as secret, and credentials that it did not mark. Keys and sample values
 * stay, so that a manifest stays valid.
 */
export function withoutSecrets(resource: RecordedResource): Record<string, unknown> {
  const secrets = new Set(resource.secretPaths);
  if (secrets.size === 0) return mask(resource.inputs) as Record<string, unknown>;
  const walk = (value: unknown, path: string, insideSecret: boolean): unknown => {
    const secret = insideSecret || secrets.has(path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`, secret));
    if (typeof value !== "object" || value === null) return secret ? secretMark : value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, path ? `${path}.${key}` : key, secret)]));
  };
  return mask(walk(resource.inputs, "", false)) as Record<string, unknown>;
}

/** Shorter values are not identifiers and would match ordinary text. */
const shortestPart = 8;

/** Replaces a text that is an invented value, or the part of it that is one (a URL with an invented host name). */
function inventedReplacer(inventedValues: ReadonlySet<string>): (text: string) => string {
  const parts = [...inventedValues].filter((value) => value.length >= shortestPart).sort((a, b) => b.length - a.length);
  const anyPart =
    parts.length > 0 ? new RegExp(parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g") : undefined;
  const known = new Map<string, string>();
  return (text) => {
    if (inventedValues.has(text)) return outputMark;
    if (!anyPart || text.length < shortestPart) return text;
    const replaced = known.get(text) ?? text.replace(anyPart, outputMark);
    known.set(text, replaced);
    return replaced;
  };
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}
