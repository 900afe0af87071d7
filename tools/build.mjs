// Builds the package into dist/, which is published. The entries of package.json point at the same paths there, as JavaScript.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import { inlineScripts, scriptReader } from "./inlineScripts.mjs";
import { keepPublicDeclarations } from "./publicDeclarations.mjs";
import { writtenOutNames, writtenOutSettings } from "./settingDeclarations.mjs";
import { filesBelow, packageFolders, root } from "./transpile.mjs";

const dist = path.join(root, "dist");
const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

fs.rmSync(dist, { recursive: true, force: true });
// Writes the declarations, and checks the types of everything that goes into the package.
execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
const sources = packageFolders.flatMap((folder) => filesBelow(path.join(root, folder))).map((file) => path.relative(root, file));
for (const source of sources.filter((file) => file.endsWith(".ts") && file !== scriptReader)) writeJavaScript(source);
writeOut("environment/settingTypes.d.ts", writtenOutSettings, built("environment/configSchema").configSchema);
writeOut("catalog/names.d.ts", writtenOutNames, built("catalog/names").knownNames);
keepPublicDeclarations(
  dist,
  Object.values(manifest.exports).flatMap(({ types }) => types ?? []),
);

// Schemas of the plan, the file of the policy pack, the built-in environments, and what belongs to every package. PulumiPlugin.yaml is left
// out: the plugin host reads the component types from the sources, so other languages use the repository (docs/programs.md). So is the
// pack's tsconfig.json: it extends the repository's, and Pulumi would look for that beside JavaScript, too.
const data = sources.filter((file) => /\.(json|yaml)$/.test(file) && path.basename(file) !== "tsconfig.json");
const files = ["README.md", "CHANGELOG.md", "LICENSE", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.local.yaml"];
files.push("configuration.schema.json"); // the environments name it for editors
// The pages that messages of the program name, and those in which a user looks things up. All pages would make the package too large.
const lookedUp = ["configuration", "programs", "existing-cluster", "security", "troubleshooting", "limits"];
const pages = [...["problems", "operations", "preflight", "sizing"], ...lookedUp].map((page) => `docs/${page}.md`);
for (const file of ["docs/preflight-policy.json", "docs/sizing.svg"]) fs.cpSync(path.join(root, file), path.join(dist, file));
for (const file of [...data, ...files, ...pages]) fs.cpSync(path.join(root, file), path.join(dist, file));
for (const page of [...files, ...pages].filter((file) => file.endsWith(".md"))) keepLinksInside(path.join(dist, page));

// A consumer does not run our scripts or install our tools.
const { scripts: _scripts, allowScripts: _allowed, devDependencies: _tools, ...published } = manifest;
// In the repository `main` is the plugin, which needs the sources. A program that installs the package imports the components.
const main = manifest.exports["."].default;
fs.writeFileSync(path.join(dist, "package.json"), JSON.stringify({ ...published, main }, null, 2) + "\n");

/** A module of the package, as it was just built. */
function built(module) {
  return createRequire(import.meta.url)(path.join(dist, `${module}.js`));
}

/** Rewrites a declaration with `written`, which gets its text and the facts behind it. */
function writeOut(declaration, written, facts) {
  const file = path.join(dist, declaration);
  fs.writeFileSync(file, written(fs.readFileSync(file, "utf8"), facts));
}

/**
 * Leaves out comments, which are in the declarations, and source maps. Each would be as large as the code, and stack traces name the
 * functions of readable JavaScript anyway.
 */
function writeJavaScript(source) {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
    isolatedModules: true,
    removeComments: true,
  };
  const { outputText } = ts.transpileModule(fs.readFileSync(path.join(root, source), "utf8"), {
    compilerOptions,
    fileName: source,
    transformers: { before: [inlineScripts(source)] },
  });
  const output = path.join(dist, source.replace(/\.ts$/, ".js"));
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.writeFileSync(output, outputText);
}

/** Replaces each link to a file outside the package by its text and the path of the file in the repository. */
function keepLinksInside(page) {
  const text = fs.readFileSync(page, "utf8");
  const inside = text.replaceAll(/\[([^\]]+)\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g, (link, name, target) => {
    const file = path.resolve(path.dirname(page), target);
    return fs.existsSync(file) ? link : `${name} (\`${path.relative(dist, file)}\` in the repository)`;
  });
  fs.writeFileSync(page, inside);
}
