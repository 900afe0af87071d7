// bench.mjs starts it, one process per size. It deploys the dev environment several times in one program and prints the processor time.
const path = require("node:path");

Error.stackTraceLimit = 3; // like the command line
const build = path.resolve(".build");
const { readConfiguration } = require(path.join(build, "plan", "configuration.js"));
const { dryRun } = require(path.join(build, "plan", "dryRun.js"));
const { deploy, resolveEnvironment } = require(path.join(build, "stacks", "index.js"));

const times = Number(process.argv[2]);
const { environment } = resolveEnvironment({
  ...readConfiguration({ directory: process.cwd(), stack: "dev" }),
  stack: "dev",
  today: new Date().toISOString().slice(0, 10),
});

async function main() {
  await dryRun(() => deploy(environment, {})); // loads the modules that load only once
  const before = process.cpuUsage();
  const { resources } = await dryRun(() => {
    for (let index = 0; index < times; index++) deploy(environment, {});
  });
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({ milliseconds: (user + system) / 1000, resources: resources.length }));
}
void main();
