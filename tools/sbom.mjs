// `npm run -s sbom`: prints the CycloneDX list of what the package brings with it, from package-lock.json. `npm sbom --omit dev` alone
// leaves out what tools of this repository need too, and names the root after its folder.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { root } from "./transpile.mjs";

const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "library"];
const whole = JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 }));

const { component } = whole.metadata;
const dependsOn = new Map(whole.dependencies.map((each) => [each.ref, each.dependsOn]));
const nameOf = (ref) => ref.slice(0, ref.lastIndexOf("@"));
const reached = new Set();
const pending = dependsOn.get(component["bom-ref"]).filter((ref) => nameOf(ref) in manifest.dependencies);
const direct = [...pending];
while (pending.length > 0) {
  const ref = pending.pop();
  if (reached.has(ref)) continue;
  reached.add(ref);
  pending.push(...(dependsOn.get(ref) ?? []));
}

const own = `${manifest.name}@${manifest.version}`;
const purl = `pkg:npm/${manifest.name}@${manifest.version}`;
const bom = {
  ...whole,
  metadata: { ...whole.metadata, component: { ...component, "bom-ref": own, name: manifest.name, purl, properties: [] } },
  components: whole.components.filter((each) => reached.has(each["bom-ref"])),
  dependencies: [{ ref: own, dependsOn: direct }, ...whole.dependencies.filter(({ ref }) => reached.has(ref))],
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
