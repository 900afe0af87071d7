/** Whether the engine created the same from both programs: every custom resource with its inputs, dependencies, provider and limits. */
import type { StoredResource } from "./benchedStack";

export interface Made {
  custom: number;
  types: number;
  dependencies: number;
  components: number;
}

/** Throws where the two differ; otherwise returns the resources of the package's side. */
export function sameResources(ofPackage: readonly StoredResource[], plain: readonly StoredResource[]): Made {
  const [wanted, found] = [comparable(ofPackage), comparable(plain)];
  const names = [...new Set([...wanted.keys(), ...found.keys()])];
  const different = names.filter((name) => wanted.get(name) !== found.get(name));
  if (different.length > 0) {
    const [first = ""] = different;
    const sides = `package ${wanted.get(first) ?? "nothing"}\nplain   ${found.get(first) ?? "nothing"}`;
    throw new Error(`${different.length} resources differ between the programs, first ${first}:\n${sides}`);
  }
  const custom = ofPackage.filter((resource) => resource.custom);
  return {
    custom: custom.length,
    types: new Set(custom.map(({ type }) => type)).size,
    dependencies: custom.reduce((sum, { dependencies = [] }) => sum + dependencies.length, 0),
    components: ofPackage.filter(({ type }) => type.startsWith("vllm-eks:")).length,
  };
}

/** Of a URN, type and name: the components above a resource are the package's own. */
const typeAndName = (urn: string) => {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)} ${name}`;
};

/** The Job is named after its content; the plain program has one name for all. */
const contentName = /"download-[0-9a-f]{10}"/g;

function comparable(resources: readonly StoredResource[]): Map<string, string> {
  const text = ({ inputs, dependencies = [], provider = "", customTimeouts, protect, ignoreChanges }: StoredResource) =>
    JSON.stringify([inputs, dependencies.map(typeAndName).sort(), typeAndName(provider), customTimeouts, protect, ignoreChanges]);
  return new Map(
    resources
      .filter(({ custom }) => custom)
      .map((resource) => [typeAndName(resource.urn), text(resource).replace(contentName, '"download"')]),
  );
}
