// Entry of `npm run plan` and `npm run fit`:
// refreshes .build/, keeps V8's compiled code if Node can, and starts the command line.
import module, { createRequire } from "node:module";
import path from "node:path";
import { buildDirectory, transpile } from "./transpile.mjs";

await transpile();
module.enableCompileCache?.(path.join(buildDirectory, "compile-cache"));
createRequire(import.meta.url)(path.join(buildDirectory, "plan", "bin.js"));
