// .mocharc.json loads this file first: these settings take effect only when they are set before @pulumi/pulumi is required.

// An Output inside a string throws instead of writing an explanation into a manifest.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

// mocha 12 stays green on unhandled rejections: an assertion inside an un-awaited apply() would never fail.
process.on("unhandledRejection", (reason) => {
  if (globalThis.expectedRejections?.has(reason)) return;
  throw reason;
});

// This is not set in tsconfig.json because Pulumi's plugin host checks types and refuses a project with a transpiler that does not.
require("./transpiler.cjs");
