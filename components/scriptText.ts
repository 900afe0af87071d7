/** Programs in other languages, which stand in files beside the component that hands them to a cluster. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** Always called as `scriptText(__dirname, "name.py")`: tools/inlineScripts.mjs puts the text in the call's place when it builds the package. */
export const scriptText = (folder: string, name: string): string => readFileSync(path.join(folder, name), "utf8");
