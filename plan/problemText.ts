/** Writes problems, each with the commands that fix it. A command is a list of words, so that folding lines does not change it. */
import { configSetCommand, quoted } from "../components/configCommand";
import type { Change, Problem, Severity } from "../sizing/problem";
import { ownCommand } from "./ownPackage";
import { pageWidth, paragraph, type Paint } from "./text";

const marks: Record<Severity, { word: string; style: "red" | "yellow" | "cyan" }> = {
  error: { word: "error", style: "red" },
  warning: { word: "warning", style: "yellow" },
  setBeforeUp: { word: "set before up", style: "cyan" },
};

/** Errors first, then what must be set, then warnings. */
export function problemText(problems: readonly Problem[], commands: (changes: readonly Change[]) => string[][], paint: Paint): string[] {
  const order: Severity[] = ["error", "setBeforeUp", "warning"];
  const sorted = order.flatMap((severity) => problems.filter((problem) => problem.severity === severity));
  return sorted.flatMap((problem) => [
    `${paint(marks[problem.severity].style, marks[problem.severity].word)}  ${paint("bold", problem.path)}  ${paint("dim", `[${problem.code}]`)}`,
    paragraph(problem.message, "    "),
    paragraph(problem.fix, "    "),
    ...commands(problem.changes).flatMap((command) => commandLines(command, "      ")),
  ]);
}

/**
 * One command tries the changes with the settings of this plan, the others keep them. A program, not a command, changes a component's
 * arguments (`args.`).
 */
export function planCommands(changes: readonly Change[], stack: string, settings: readonly string[]): string[][] {
  const own = changes.filter(({ path }) => !path.startsWith("args."));
  if (own.length === 0) return [];
  const others = settings.filter((setting) => !own.some(({ path }) => setting.startsWith(`${path}=`)));
  const tried = [...others, ...own.map(({ path, value }) => `${path}=${String(value)}`)].map((setting) => `--set ${quoted(setting)}`);
  const kept = own.map((change) => configSetCommand(change, stack));
  return [[ownCommand("plan"), `--stack ${quoted(stack)}`, ...tried], ...kept];
}

/** Lines that a shell reads as one. */
function commandLines(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 3 <= pageWidth) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${last === undefined ? "" : "  "}${word}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}
