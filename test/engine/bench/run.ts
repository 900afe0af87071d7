/**
 * `npm run bench:engine`: what the package adds to the work of a real Pulumi engine, compared with a program without it.
 *
 * Fair: the same custom resources, compared in the engine's state at every size; the same classes of the same SDKs, loaded by both; plain
 * JavaScript on both sides; providers that answer at once; both in turn, so that a busy machine hits both.
 * Not the same: the package has its components, checks, sizing and failure hooks, which is what is measured. The plain program walks a list
 * of resources with literal numbers, texts and names, which a person would have spelt out.
 * Wall time includes what else the machine does; processor time does not, and leaves out the provider and the waiting for disks.
 * Not shown: real providers and real waits, which take most of a deployment's time, and for which both would wait.
 */
import { serve } from "../cloud/provider";
import { Keeper } from "../support/keeper";
import { Tools } from "../support/tools";
import { BenchedStack, operations, type BenchRun, type Measured, type Operation } from "./benchedStack";
import { instantCloud } from "./instantCloud";
import { anyLabel, plainDeployment } from "./plainDeployment";
import { sameResources, type Made } from "./sameResources";
import { sharedCluster, type SharedCluster } from "./sharedCluster";

// The engine runs the same file, without a compiler.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const packageProgram = require("./packageProgram.cjs") as (input: SharedCluster & { labels: string[] }) => void;

const target = 1.2;
/**
 * A folder as backend stores the whole state after every step. The time grows with the square of the size: 50 deployments would take a
 * quarter of an hour.
 */
const sizes: Size[] = [
  { deployments: 1, pairs: 5, stored: "after every step" },
  { deployments: 10, pairs: 2, stored: "after every step" },
  { deployments: 10, pairs: 2, stored: "at the end" },
  { deployments: 50, pairs: 2, stored: "at the end" },
];

interface Size {
  deployments: number;
  pairs: number;
  stored: "after every step" | "at the end";
}

const sides = ["package", "plain"] as const;
type Side = (typeof sides)[number];
type Runs = Record<Operation, Record<Side, Measured[]>>;
const order = Object.keys(operations) as Operation[];

async function main(run: BenchRun): Promise<void> {
  const shared = sharedCluster();
  const deployment = JSON.stringify(await plainDeployment((labels) => packageProgram({ ...shared, labels })));
  const stacksOf = async ({ deployments, stored }: Size, size: number): Promise<Record<Side, BenchedStack>> => {
    const labels = Array.from({ length: deployments }, (_, index) => String(index + 1));
    const { cluster, environment } = shared;
    const plainInput = { region: environment.aws?.region, cluster, deployment, anyLabel, labels };
    const storeEveryStep = stored === "after every step";
    const stack = (side: Side, input: object) =>
      new BenchedStack(run, { name: `${side}-${size}`, program: `${side}Program.cjs`, input, storeEveryStep });
    const stacks = { package: stack("package", { ...shared, labels }), plain: stack("plain", plainInput) };
    for (const side of sides) await stacks[side].init();
    return stacks;
  };

  console.log(
    `Pulumi ${run.tools.version("pulumi")}, Node ${process.version}; medians of pairs in turn, after one warm-up; target ${target}`,
  );
  for (const [index, size] of sizes.entries()) {
    const { deployments, pairs, stored } = size;
    const stacks = await stacksOf(size, index);
    if (index === 0) await measure(stacks, 1);
    const { runs, made } = await measure(stacks, pairs);
    const { custom, types, dependencies, components } = made;
    console.log(`\n${deployments} deployment${deployments > 1 ? "s" : ""}, state stored ${stored}, ${pairs} pairs`);
    console.log(
      `both: ${custom} custom resources of ${types} types, ${dependencies} dependencies; package: ${components} components besides`,
    );
    const columns = ["", "wall, s: package / plain", "ratio", "CPU, s: package / plain", "ratio"];
    console.log(line(columns));
    for (const operation of order)
      console.log(line([operation, ...compared(runs[operation], "wall"), ...compared(runs[operation], "cpu")]));
  }
}

/** Alternates which program of a pair runs first: both benefit from what a first run leaves in the machine's caches. */
async function measure(stacks: Record<Side, BenchedStack>, pairs: number): Promise<{ runs: Runs; made: Made }> {
  const runs = Object.fromEntries(order.map((operation) => [operation, { package: [], plain: [] }])) as unknown as Runs;
  let made: Made | undefined;
  for (let pair = 0; pair < pairs; pair++) {
    for (const operation of order) {
      if (operation === "destroy") made ??= sameResources(await stacks.package.resources(), await stacks.plain.resources());
      for (const side of pair % 2 ? sides.toReversed() : sides) runs[operation][side].push(await stacks[side].measure(operation));
    }
  }
  return { runs, made: made! };
}

function compared(runs: Record<Side, Measured[]>, key: keyof Measured): [string, string] {
  const [ofPackage, plain] = sides.map((side) => median(runs[side].map((one) => one[key]))) as [number, number];
  const ratio = ofPackage / plain;
  return [`${ofPackage.toFixed(2)} / ${plain.toFixed(2)}`, `${ratio.toFixed(2)} ${ratio <= target ? "met" : "missed"}`];
}

const line = ([name = "", ...cells]: string[]) => name.padEnd(10) + cells.map((cell, index) => cell.padStart(index % 2 ? 14 : 26)).join("");

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

async function start(): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupt.abort());
  const tools = new Tools();
  const keeper = new Keeper();
  try {
    const port = await serve({ cloud: instantCloud(), components: {}, note: () => undefined });
    await main({ keeper, tools, port, interrupted: interrupt.signal });
  } catch (error) {
    console.error(interrupt.signal.aborted ? "Interrupted." : error);
    process.exitCode = 1;
  } finally {
    await keeper.end();
    process.exit(); // the provider would listen forever
  }
}

void start();
