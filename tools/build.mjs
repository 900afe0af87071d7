// Builds the package into dist/, from where it is published: package.json's entries point at the same paths there, as JavaScript.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { root } from "./transpile.mjs";

const dist = path.join(root, "dist");
fs.rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});

// Sources of the plan's built-in environments, schemas, and what belongs to every package.
for (const file of [
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "PulumiPlugin.yaml",
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prod.yaml",
  "Pulumi.local.yaml",
])
  if (fs.existsSync(path.join(root, file))) fs.copyFileSync(path.join(root, file), path.join(dist, file));
for (const schema of fs.readdirSync(path.join(root, "plan")).filter((file) => file.endsWith(".json")))
  fs.copyFileSync(path.join(root, "plan", schema), path.join(dist, "plan", schema));

// A consumer runs no scripts of ours and installs no tools of ours.
const { scripts: _scripts, devDependencies: _tools, ...manifest } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
fs.writeFileSync(path.join(dist, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
