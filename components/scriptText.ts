/** Reads programs in other languages from files next to the component that passes them to a cluster. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** Call it as `scriptText(__dirname, "name.py")` only: in the built package tools/inlineScripts.mjs replaces that call with the text. */
export const scriptText = (folder: string, name: string): string => readFileSync(path.join(folder, name), "utf8");
