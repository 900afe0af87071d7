/** Finds and parses `Pulumi.yaml` and `Pulumi.<stack>.yaml`. */
import fs from "node:fs";
import path from "node:path";
import { isScalar, parseDocument, visit } from "yaml";
import { problem, type Problem } from "../sizing/problem";
import { UsageError } from "./setting";

export type Tree = Record<string, unknown>;
export const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

export function projectFile(directory: string): string {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => path.join(directory, name)).find((candidate) => fs.existsSync(candidate));
  if (!file) throw new UsageError(`There is no Pulumi.yaml in ${directory}.`);
  return file;
}

/** `stackConfigDir` moves the stack files. A stack without a file is refused: it is more often a typing error than a stack of defaults. */
export function stackFileOf(directory: string, project: Tree, stack: string): string {
  const folder = path.join(directory, typeof project.stackConfigDir === "string" ? project.stackConfigDir : "");
  const found = [`Pulumi.${stack}.yaml`, `Pulumi.${stack}.yml`].map((name) => path.join(folder, name)).find((file) => fs.existsSync(file));
  if (found) return found;
  const stacks = fs.readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? []);
  throw new UsageError(
    `There is no environment "${stack}": Pulumi.${stack}.yaml does not exist. Environments here: ${stacks.join(", ") || "none"}.`,
  );
}

export const readYaml = (file: string, problems: Problem[]): Tree =>
  parseYaml(path.basename(file), fs.readFileSync(file, "utf8"), problems);

/** Text that is not YAML with keys is reported in `problems`. */
export function parseYaml(file: string, text: string, problems: Problem[]): Tree {
  const document = parseDocument(text, { merge: true, logLevel: "silent" });
  const [error] = document.errors;
  if (error) {
    problems.push(unreadable(file, error.message.split("\n")[0] ?? "not YAML"));
    return {};
  }
  // Pulumi reads a plain number directly under `config` as text, so its spelling matters: a commit with only digits, or 1.40.
  const config: unknown = document.get("config");
  visit(config as never, {
    Pair(_, pair, ancestors) {
      if (ancestors.length === 1 && isScalar(pair.value) && typeof pair.value.value === "number") pair.value.value = pair.value.source;
    },
  });
  const content: unknown = document.toJS();
  if (content === null || isTree(content)) return content ?? {};
  problems.push(unreadable(file, "It has no keys at the top level."));
  return {};
}

const unreadable = (file: string, reason: string): Problem =>
  problem({
    code: "wrong-type",
    path: file,
    message: `${file} cannot be read as YAML: ${reason}`,
    fix: "Fix the file; Pulumi would stop at the same place.",
  });
