// Decides which declarations a consumer can reach, and where an editor finds their sources.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { filesBelow, root } from "./transpile.mjs";

/**
 * Folder of the sources in the package. Next to the declarations, the compiler would use them instead, with the consumer's settings.
 */
const sourceFolder = "src";

/** Layers with sources that an editor can open: the components and what they use. Those of the environments would double the package. */
const layersWithSources = ["catalog", "sizing", "components"];

/** Removes every declaration that no entry reaches. Keeps a map only if the package has its source. */
export function keepPublicDeclarations(dist, entries) {
  const reached = new Set();
  for (const entry of entries) reach(path.join(dist, entry), reached);
  for (const declaration of filesBelow(dist).filter((file) => file.endsWith(".d.ts"))) {
    const layer = path.relative(dist, declaration).split(path.sep)[0];
    if (!reached.has(declaration)) fs.rmSync(declaration);
    if (reached.has(declaration) && layersWithSources.includes(layer)) bringSource(dist, declaration);
    else dropMap(declaration);
  }
}

function reach(declaration, reached) {
  if (reached.has(declaration)) return;
  reached.add(declaration);
  const { importedFiles } = ts.preProcessFile(fs.readFileSync(declaration, "utf8"), true, true);
  for (const { fileName } of importedFiles.filter(({ fileName }) => fileName.startsWith("."))) {
    const target = path.join(path.dirname(declaration), fileName);
    reach(fs.existsSync(`${target}.d.ts`) ? `${target}.d.ts` : path.join(target, "index.d.ts"), reached);
  }
}

function bringSource(dist, declaration) {
  const source = path.relative(dist, declaration).replace(/\.d\.ts$/, ".ts");
  const copy = path.join(dist, sourceFolder, source);
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.copyFileSync(path.join(root, source), copy);
  const map = JSON.parse(fs.readFileSync(`${declaration}.map`, "utf8"));
  map.sources = [path.relative(path.dirname(declaration), copy).split(path.sep).join("/")];
  fs.writeFileSync(`${declaration}.map`, JSON.stringify(map));
}

function dropMap(declaration) {
  fs.rmSync(`${declaration}.map`);
  if (!fs.existsSync(declaration)) return;
  const text = fs.readFileSync(declaration, "utf8");
  fs.writeFileSync(declaration, text.replace(/\n\/\/# sourceMappingURL=.*$/, "\n"));
}
