/** The text of the file that `modelConfigFile` names. */
import fs from "node:fs";
import path from "node:path";
import { problem, type Problem } from "../sizing/problem";

/** `directory`: the folder of Pulumi.yaml; the path may be relative to it. */
export function readModelConfigFile(file: unknown, directory: string): { modelConfigJson?: string; problems: Problem[] } {
  if (typeof file !== "string") return { problems: [] };
  try {
    return { modelConfigJson: fs.readFileSync(path.resolve(directory, file), "utf8"), problems: [] };
  } catch {
    const unreadable = problem({
      code: "missing-value",
      path: "modelConfigFile",
      message: `"${file}" cannot be read; the path is relative to the folder of Pulumi.yaml.`,
      fix: "Download the model's config.json from Hugging Face and set modelConfigFile to its path.",
    });
    return { problems: [unreadable] };
  }
}
