// Runs npm scripts, as many at a time as the machine has processors, and shows the output of each in one piece when it ends. All run to the
// end; if one fails, the whole run fails. For `npm test`, lint and types take two thirds of the time this way: neither keeps two processors
// busy.
import { spawn } from "node:child_process";
import os from "node:os";

const waiting = process.argv.slice(2);
const failed = [];

async function worker() {
  for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
    const started = Date.now();
    const { status, output } = await run(script);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    process.stdout.write(`${output}${script}: ${status === 0 ? "passed" : "FAILED"} after ${seconds} s\n`);
    if (status !== 0) failed.push(script);
  }
}

/** Collects the output of both streams in order of arrival. A process that was ended by a signal has failed. */
function run(script) {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ status: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
process.exitCode = failed.length === 0 ? 0 : 1;
