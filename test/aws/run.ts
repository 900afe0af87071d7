/** `npm run test:aws`, which needs an AWS account and costs money: docs/testing.md. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "./main";
import { graceSeconds, processRunner } from "./processRunner";
import { makeProject } from "./project";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    const first = !interrupt.signal.aborted;
    interrupt.abort();
    console.log(`\n${signal}${first ? "" : " again"}: ending. What was made is destroyed first; until that is done it is billed.`);
  });
// Closing the terminal must not end a run in the middle of destroy.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const apiKey = `sk-${randomBytes(24).toString("hex")}`;

void main(process.argv.slice(2), {
  environment: process.env,
  today: new Date().toISOString().slice(0, 10),
  apiKey,
  project: (request) => makeProject(request, request.dryRun ? "0000" : randomBytes(2).toString("hex"), randomBytes(24).toString("hex")),
  runner: ({ folder, environment }) =>
    processRunner({ folder, environment, show: (text) => process.stdout.write(text.replaceAll(apiKey, "[key]")), graceSeconds }),
  say: (line) => console.log(line),
  interrupted: interrupt.signal,
  expires: (minutes) => AbortSignal.timeout(Math.round(minutes * 60_000)),
  pause: (minutes) => sleep(minutes * 60_000),
  clock: () => performance.now() / 60_000,
}).then((status) => {
  process.exitCode = status;
});
