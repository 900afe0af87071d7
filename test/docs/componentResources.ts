/** The resources that each component registers in the environments of the repository, as tables. */
import type { RecordedResource } from "../../plan/recordedResource";
import { environmentOf, recordEnvironment } from "../support/environments";
import { componentNames, type ComponentName } from "./componentSources";

interface Column {
  title: string;
  resources: RecordedResource[];
}

export async function resourceTables(): Promise<Map<ComponentName, string>> {
  const column = async (title: string, stack: string, ...settings: string[]): Promise<Column> => {
    const { resources } = await recordEnvironment(environmentOf(stack, ...settings));
    return { title, resources };
  };
  // One after the other, because a process has only one monitor.
  const dev = await column("`dev`", "dev");
  const prod = await column("`prod`", "prod");
  const controller = await column("`dev` in `controller` mode", "dev", "ingress.mode=controller");
  return new Map(
    componentNames.map((name) => [name, resourceTable(name, name === "InferenceIngress" ? [dev, prod, controller] : [dev, prod])]),
  );
}

function resourceTable(name: ComponentName, columns: Column[]): string {
  const perColumn = columns.map(({ resources }) => childrenOf(name, resources));
  const types = [...new Set(perColumn.flat().map(({ type }) => type))].sort();
  const rows = types.map((type) => {
    const ofType = perColumn.map((children) => children.filter((child) => child.type === type));
    const names = [...new Set(ofType.flat().map((child) => `\`${child.generalName}\``))].sort();
    return `| \`${type}\` | ${ofType.map(({ length }) => length || "–").join(" | ")} | ${names.join(", ")} |`;
  });
  const head = ["resource", ...columns.map(({ title }) => title), "names"];
  const total = `| **in all** | ${perColumn.map(({ length }) => length).join(" | ")} | |`;
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows, total].join("\n");
}

/** Children with general names: the component's name as `<name>`, and a rule's range as `<range>`. */
function childrenOf(name: ComponentName, resources: RecordedResource[]): { type: string; generalName: string }[] {
  const component = resources.find(({ type }) => type === `vllm-eks:index:${name}`);
  if (!component) throw new Error(`No ${name} was registered.`);
  return resources
    .filter(({ parent }) => parent === component.urn)
    .map((child) => ({
      type: child.type,
      generalName: child.name.replace(new RegExp(`^${component.name}(?=-|$)`), "<name>").replace(/\d+(?:[.-]\d+){4}$/, "<range>"),
    }));
}
