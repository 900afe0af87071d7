/** `vllm-eks fit` */
import fs from "node:fs";
import path from "node:path";
import type { CommandIo, FitOptions } from "./commands";
import type { Verdict } from "./document";
import { explainFit, fit, type FitRequest } from "./fit";
import { painter } from "./text";
import { maskText } from "../environment/masking";
import { redactValue } from "../environment/redaction";
import { UsageError } from "./setting";

export async function fitCommand(options: FitOptions, argv: readonly string[], io: CommandIo): Promise<Verdict> {
  const { model, modelConfig, explain, json, ...settings } = options;
  if (model === undefined && modelConfig === undefined) throw new UsageError("fit needs --model <id> or --model-config <file>.");
  const request: FitRequest = { ...settings, ...subject(model, modelConfig, io.directory) };
  const found = fit(request);
  if (json) {
    const document = explain ? { ...found, explanation: explainFit(request) } : found;
    io.out(`${JSON.stringify(redactValue(document, maskText), null, 2)}\n`);
  } else {
    const { fitReport } = await import("./fitReport");
    io.out(
      fitReport(redactValue(found, maskText), {
        paint: painter(io.colour),
        argv: argv.map(maskText),
        arithmetic: explain ? explainFit(request) : [],
      }),
    );
  }
  return found.verdict;
}

/** A config.json rarely contains its model's name, so without `--model` the file's path is the name. */
function subject(model: string | undefined, file: string | undefined, directory: string): Pick<FitRequest, "model" | "modelConfigJson"> {
  if (file === undefined) return { model: model ?? "" };
  try {
    return { model: model ?? file, modelConfigJson: fs.readFileSync(path.resolve(directory, file), "utf8") };
  } catch {
    throw new UsageError(`"${maskText(file)}" cannot be read.`);
  }
}
