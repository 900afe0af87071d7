// Keeps .build/ equal to the sources in plain JavaScript, so that a run does not pay for a compiler. Types are checked by `npm run types`.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const buildDirectory = path.join(root, ".build");

/** The layers of the package, from the inside out. */
export const packageFolders = ["catalog", "sizing", "components", "environment", "preflight", "stacks", "plan", "policy", "automation"];
const settings = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  module: { type: "commonjs", strict: true, noInterop: false },
  sourceMaps: true,
};

/** Brings .build/ up to date and says how many files it wrote. Loads the compiler only when a source has changed. */
export async function transpile() {
  const stamp = JSON.stringify(settings);
  if (readText(path.join(buildDirectory, "settings.json")) !== stamp) {
    for (const folder of packageFolders) fs.rmSync(path.join(buildDirectory, folder), { recursive: true, force: true });
    write(path.join(buildDirectory, "settings.json"), stamp);
  }

  const sources = packageFolders.flatMap((folder) => filesBelow(path.join(root, folder))).filter(isSource);
  const wanted = new Map(sources.map((source) => [outputOf(source), source]));
  const stale = [...wanted].filter(([output, source]) => !sameTime(source, output));
  if (stale.length > 0) await writeOutputs(stale);

  const outputs = packageFolders.flatMap((folder) => filesBelow(path.join(buildDirectory, folder)));
  for (const output of outputs) if (!output.endsWith(".js.map") && !wanted.has(output)) remove(output);
  return stale.length;
}

async function writeOutputs(stale) {
  const { transformSync } = await import("@swc/core");
  for (const [output, source] of stale) {
    const { mtimeMs } = fs.statSync(source);
    if (source.endsWith(".ts")) {
      const { code, map } = transformSync(fs.readFileSync(source, "utf8"), {
        ...settings,
        filename: source,
        sourceFileName: source,
        swcrc: false,
      });
      write(`${output}.map`, map);
      write(output, `${code}\n//# sourceMappingURL=${path.basename(output)}.map\n`, mtimeMs);
    } else {
      write(output, fs.readFileSync(source), mtimeMs);
    }
  }
}

const isSource = (file) => !/\.(d\.ts|md|pyc)$/.test(file);
const outputOf = (source) => path.join(buildDirectory, path.relative(root, source)).replace(/\.ts$/, ".js");

export function filesBelow(directory) {
  if (!fs.existsSync(directory)) return [];
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(file) : entry.isFile() ? [file] : [];
  });
}

/** An output has the modification time of its source, so an older file that comes back also counts as changed. */
function sameTime(source, output) {
  const made = fs.statSync(output, { throwIfNoEntry: false });
  return made !== undefined && Math.abs(made.mtimeMs - fs.statSync(source).mtimeMs) < 2;
}

/** Writes to a temporary file and moves it, so that a second run at the same time never reads half a file. */
function write(file, content, mtimeMs) {
  const unfinished = path.join(buildDirectory, "unfinished", `${process.pid}-${path.basename(file)}`);
  fs.mkdirSync(path.dirname(unfinished), { recursive: true });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(unfinished, content);
  if (mtimeMs !== undefined) fs.utimesSync(unfinished, mtimeMs / 1000, mtimeMs / 1000);
  fs.renameSync(unfinished, file);
}

function remove(output) {
  fs.rmSync(output, { force: true });
  fs.rmSync(`${output}.map`, { force: true });
}

function readText(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await transpile();
