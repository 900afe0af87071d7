#!/usr/bin/env node
/** Runs `vllm-eks plan` and `vllm-eks fit` as a process. */
import { main } from "./cli";
import { deferModules } from "./deferredModules";

// Pulumi records a stack trace for every promise. Three frames still locate a bug, and shorten the run by a tenth.
Error.stackTraceLimit = 3;
deferModules();
// `| head` closes the pipe when it has read enough; that is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
const now = new Date().toISOString();
void main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  colour: process.stdout.isTTY && !process.env.NO_COLOR,
  directory: process.cwd(),
  today: now.slice(0, 10),
  now,
}).then((code) => {
  process.exitCode = code;
});
