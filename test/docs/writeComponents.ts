/** `npm run docs` */
import fs from "node:fs";
import path from "node:path";
import { componentPages } from "./componentPages";
import { root } from "./documents";

async function main(): Promise<void> {
  for (const { file, text, warnings } of await componentPages()) {
    const target = path.join(root, file);
    const changed = fs.readFileSync(target, "utf8") !== text;
    if (changed) fs.writeFileSync(target, text);
    process.stdout.write(`${file}: ${changed ? "written" : "current"}\n`);
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
    if (warnings.length > 0) process.exitCode = 1;
  }
}

void main();
