// Compares the time of a plan with a bare import of the five Pulumi packages that it uses.
// Both run in turn, so that a busy machine slows both.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { root, transpile } from "./transpile.mjs";

const pairs = 7;
const targets = { wall: 1.2, memory: 1.3 };
const deployments = [1, 10, 25, 50, 100];

const packages = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes", "@pulumi/eks", "@pulumi/awsx"];
const bareImport = ["-e", packages.map((name) => `require("${name}")`).join(";")];
const plan = [path.join("tools", "run.mjs"), "plan", "--json"];

await transpile();
run(bareImport);
run(plan);
const measured = { "bare import": [], plan: [] };
for (let pair = 0; pair < pairs; pair++) {
  measured["bare import"].push(run(bareImport));
  measured.plan.push(run(plan));
}

console.log(`Node ${process.version}, ${pairs} pairs in turn, after one warm-up each\n`);
console.log(`${"".padEnd(14)}${"wall, ms: min / median / max".padStart(32)}${"max RSS, MiB: min / median / max".padStart(38)}`);
for (const [name, runs] of Object.entries(measured)) {
  console.log(`${name.padEnd(14)}${spread(runs, "milliseconds").padStart(32)}${spread(runs, "mebibytes").padStart(38)}`);
}
ratio("wall", "milliseconds", targets.wall);
ratio("memory", "mebibytes", targets.memory);
npmItself();
growth();

function run(args) {
  const start = performance.now();
  const preload = path.join(root, "tools", "maxRss.cjs");
  const child = spawnSync(process.execPath, ["-r", preload, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
    maxBuffer: 1e8,
  });
  const milliseconds = performance.now() - start;
  if (child.status !== 0) throw new Error(`node ${args.join(" ")} ended with ${child.status}`);
  return { milliseconds, mebibytes: Number(child.output[3]) / 1024, out: child.stdout };
}

function median(runs, key) {
  const sorted = runs.map((one) => one[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function spread(runs, key) {
  const values = runs.map((one) => one[key]);
  return [Math.min(...values), median(runs, key), Math.max(...values)].map((value) => value.toFixed(0)).join(" / ");
}

function ratio(what, key, target) {
  const found = median(measured.plan, key) / median(measured["bare import"], key);
  console.log(`${what} ratio of medians: ${found.toFixed(2)} (target ${target}: ${found <= target ? "met" : "missed"})`);
}

/** Shown separately, because we cannot shorten it. */
function npmItself() {
  const runs = Array.from({ length: 3 }, () => {
    const direct = run(plan).milliseconds;
    const start = performance.now();
    spawnSync("npm", ["run", "-s", "plan", "--", "--json"], { cwd: root, stdio: "ignore" });
    return { npm: performance.now() - start - direct };
  });
  console.log(`\nnpm's own start before it: ${spread(runs, "npm")} ms (min / median / max)`);
}

function growth() {
  console.log("\ndev deployed several times in one program, one process a size; processor time");
  const points = deployments.map((count) => {
    const { out, mebibytes } = run([path.join("tools", "growth.cjs"), String(count)]);
    const { milliseconds, resources } = JSON.parse(out);
    console.log(
      `${String(count).padStart(5)} deployments: ${String(resources).padStart(6)} resources ${milliseconds.toFixed(0).padStart(7)} ms CPU ${mebibytes.toFixed(0).padStart(5)} MiB`,
    );
    return { count, milliseconds, mebibytes };
  });
  for (const [key, unit] of [
    ["milliseconds", "ms CPU"],
    ["mebibytes", "MiB"],
  ]) {
    const { slope, fit } = line(
      points.map(({ count }) => count),
      points.map((point) => point[key]),
    );
    console.log(`${slope.toFixed(2)} ${unit} a deployment (linear fit, R² ${fit.toFixed(3)})`);
  }
}

function line(xs, ys) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, index) => (x - meanX) * (ys[index] - meanY)));
  const slope = covariance / mean(xs.map((x) => (x - meanX) ** 2));
  const fit = covariance ** 2 / (mean(xs.map((x) => (x - meanX) ** 2)) * mean(ys.map((y) => (y - meanY) ** 2)));
  return { slope, fit };
}
