/** Finds the package that this code belongs to, and how its command is typed there. */
import fs from "node:fs";
import path from "node:path";

interface Manifest {
  version?: string;
  scripts?: Record<string, string>;
}

/** The nearest folder upwards that has `file`: the package's root is above `plan/`, `.build/plan/` and `dist/plan/`. */
export function nearestWith(file: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, file))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function manifest(): Manifest {
  const root = nearestWith("package.json", __dirname);
  return root ? (JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as Manifest) : {};
}

export const packageVersion = (): string => manifest().version ?? "unknown";

/** `npm run plan --` in the repository; the published package has no scripts, so its users type `npx`. */
export const ownCommand = (name: "plan" | "fit"): string[] =>
  manifest().scripts?.[name] ? ["npm", "run", name, "--"] : ["npx", "vllm-eks", name];
