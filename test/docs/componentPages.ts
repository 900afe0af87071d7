/** Generates the part of docs/components that says what a component takes, returns and creates, and warns about gaps in its sources. */
import fs from "node:fs";
import path from "node:path";
import {
  componentNames,
  componentSource,
  namedTypes,
  pageName,
  type ComponentSource,
  type Field,
  type NamedType,
} from "./componentSources";
import { resourceTables } from "./componentResources";
import { root } from "./documents";

export interface Page {
  /** Path from the root of the repository. */
  file: string;
  text: string;
  /** Gaps in the sources. Each warning fails the test. */
  warnings: string[];
}

const markers = { start: "<!-- written by `npm run docs`: start -->", end: "<!-- written by `npm run docs`: end -->" };

/** Each page as it should be. The text outside the markers is kept. */
export async function componentPages(): Promise<Page[]> {
  const created = await resourceTables();
  const types = namedTypes();
  return componentNames.map((name) => {
    const source = componentSource(name);
    const file = `docs/components/${pageName(name)}.md`;
    const [before = "", rest = ""] = fs.readFileSync(path.join(root, file), "utf8").split(markers.start);
    const [, after] = rest.split(markers.end);
    if (after === undefined) throw new Error(`${file} has lost the markers of its generated part.`);
    const written = generated(source, types, created.get(name) ?? "");
    return { file, text: `${before}${markers.start}\n\n${written}\n\n${markers.end}${after}`, warnings: warningsOf(source, types) };
  });
}

function generated(source: ComponentSource, types: Map<string, NamedType>, created: string): string {
  const argumentTypes = usedTypes(source.arguments, types);
  const outputTypes = usedTypes(source.outputs, types).filter((name) => !argumentTypes.includes(name));
  return [
    `\`vllm-eks:index:${source.name}\`, from [${source.file}](../../${source.file}).`,
    ...["## What it creates", paragraphs(source.description), created],
    ...["## Example", `${source.example.title}:`, `\`\`\`ts fragment\n${source.example.code}\n\`\`\``],
    ...["## Arguments", plainOrInput, argumentTable(source.arguments, types)],
    ...argumentTypes.map((name) => typeSection(name, types, argumentTable)),
    ...["## Outputs", outputTable(source.outputs, types)],
    ...outputTypes.map((name) => typeSection(name, types, outputTable)),
  ].join("\n\n");
}

const plainOrInput =
  "A `plain` argument must be known before deployment and is checked before anything is registered. An `Input` may be the output of another resource.";

type Table = (fields: Field[], types: Map<string, NamedType>) => string;

function typeSection(name: string, types: Map<string, NamedType>, table: Table): string {
  const { description = "", fields = [], choices = [] } = types.get(name) ?? {};
  const rows = choices.map(({ value, description: meaning }) => [`\`"${value}"\``, meaning]);
  const body = choices.length > 0 ? tableOf(["value", "meaning"], rows) : table(fields, types);
  return [`### ${name}`, ...(description ? [paragraphs(description)] : []), body].join("\n\n");
}

const argumentTable: Table = (fields, types) =>
  tableOf(
    ["argument", "type", "given as", "unit", "default", "meaning"],
    fields.map((each) => [
      `\`${each.name}\``,
      typeText(each.type, types),
      givenAs(each.type),
      unitOf(each) ?? "",
      each.optional ? defaultText(each.fallback ?? "") : "**required**",
      meaningOf(each),
    ]),
  );

const outputTable: Table = (fields, types) =>
  tableOf(
    ["output", "type", "unit", "meaning"],
    fields.map((each) => [`\`${each.name}\``, typeText(each.type, types), unitOf(each) ?? "", meaningOf(each)]),
  );

const givenAs = (type: string): string =>
  /^pulumi\.Input<.*>$/.test(type) ? "Input" : type.includes("pulumi.Input<") ? "list of Inputs" : "plain";

/** One word is a value; several words are a sentence. */
const defaultText = (fallback: string): string => (/^(?!none$|nothing$)[^\s`]+$/.test(fallback) ? `\`${fallback}\`` : fallback);

const meaningOf = ({ description, source }: Field): string => `${description}${source ? ` ([source](${source}))` : ""}`;

const tableOf = (head: string[], rows: string[][]): string =>
  [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows.map((cells) => `| ${cells.map(inCell).join(" | ")} |`)].join("\n");

const inCell = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").replaceAll("|", "\\|");

/** Joins the lines of a comment, which are broken for the width of the sources. */
const paragraphs = (comment: string): string =>
  comment
    .split(/\n\n|\n(?=Creates)/)
    .map((paragraph) => paragraph.replaceAll("\n", " ").trim())
    .join("\n\n");

/** A type in words that fit every language. Whether it is an Input has its own column, and every output is an Output. */
function typeText(type: string, types: Map<string, NamedType>): string {
  const inner = /^pulumi\.(?:Input|Output)<(.*)>$/.exec(type)?.[1] ?? /^Record<string, (.*)>$/.exec(type)?.[1];
  if (type.startsWith("Record<")) return `map of ${typeText(inner ?? "", types)}s`;
  if (type.endsWith("[]")) return `list of ${typeText(type.slice(0, -2), types)}s`;
  if (inner !== undefined) return typeText(inner, types);
  if (/^(InstanceType|Model)Name$/.test(type)) return "string";
  return types.has(type) ? `[${type}](#${type.toLowerCase()})` : type;
}

/** Types that the fields name, and the types that those name, in order of appearance. */
function usedTypes(fields: Field[], types: Map<string, NamedType>): string[] {
  const named = fields.flatMap(({ type }) => [...type.matchAll(/\w+/g)].map(([word]) => word)).filter((word) => types.has(word));
  return [...new Set(named.flatMap((name) => [name, ...usedTypes(types.get(name)?.fields ?? [], types)]))];
}

const suffixes: [string, string][] = [
  ["MBpsPerTiB", "MB/s per TiB"],
  ["MBps", "MB/s"],
  ["GiB", "GiB"],
  ["MiB", "MiB"],
  ["Seconds", "s"],
  ["Percent", "%"],
];

/** Units of the numbers whose name does not end in the unit. */
const units: Record<string, string> = {
  nodeCount: "nodes",
  tensorParallelSize: "GPUs",
  pipelineParallelSize: "stages",
  replicas: "groups",
  servicePort: "port",
  maxModelLen: "tokens",
  gpuMemoryUtilization: "share",
  maxNumSeqs: "requests",
  maxNumBatchedTokens: "tokens",
  runAsUser: "user id",
  gpusPerNode: "GPUs",
  efaInterfacesPerNode: "devices",
  groupSize: "pods",
  gpuCount: "GPUs",
  parameters: "parameters",
  gpusPerGroup: "GPUs",
  nodesPerGroup: "nodes",
  kvBytesPerToken: "bytes",
  kvCacheTokens: "tokens",
  maxConcurrency: "requests",
};

function unitOf({ name, type }: Field): string | undefined {
  if (!/\bnumber\b/.test(type)) return undefined;
  return units[name] ?? suffixes.find(([suffix]) => name.endsWith(suffix))?.[1];
}

function warningsOf(source: ComponentSource, types: Map<string, NamedType>): string[] {
  const nested = usedTypes(source.arguments, types).flatMap((type) => types.get(type)?.fields.map((each) => ({ owner: type, each })) ?? []);
  const taken = [...source.arguments.map((each) => ({ owner: `${source.name}Args`, each })), ...nested];
  const given = source.outputs.map((each) => ({ owner: source.name, each }));
  const missing = (list: typeof taken, what: string, isMissing: (each: Field) => boolean) =>
    list.filter(({ each }) => isMissing(each)).map(({ owner, each }) => `${owner}.${each.name} has no ${what}`);
  const choices = usedTypes([...source.arguments, ...source.outputs], types).flatMap((type) =>
    (types.get(type)?.choices ?? [])
      .filter(({ description }) => description === "")
      .map(({ value }) => `${type} "${value}" has no description`),
  );
  return [
    ...missing([...taken, ...given], "description", ({ description }) => description === ""),
    ...missing(taken, "@default", ({ optional, fallback }) => optional && !fallback),
    ...missing([...taken, ...given], "unit", (each) => /\bnumber\b/.test(each.type) && unitOf(each) === undefined),
    ...choices,
    ...(source.example.code === "" ? [`${source.name} has no example`] : []),
    ...(source.description === "" ? [`${source.name} has no description`] : []),
  ];
}
