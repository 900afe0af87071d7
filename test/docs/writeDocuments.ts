/** `npm run docs`: writes every document that is made from the sources. */
import fs from "node:fs";
import path from "node:path";
import { componentPages } from "./componentPages";
import { configurationDocuments } from "./configurationDocuments";
import { root, type Document } from "./documents";
import { sizingDocuments } from "./sizingDocuments";

function write({ file, text }: Document): void {
  const target = path.join(root, file);
  const changed = !fs.existsSync(target) || fs.readFileSync(target, "utf8") !== text;
  if (changed) fs.writeFileSync(target, text);
  process.stdout.write(`${file}: ${changed ? "written" : "current"}\n`);
}

async function main(): Promise<void> {
  [...configurationDocuments(), ...sizingDocuments()].forEach(write);
  for (const { file, text, warnings } of await componentPages()) {
    write({ file, text });
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
    if (warnings.length > 0) process.exitCode = 1;
  }
}

void main();
