/** Writes problems, each with the commands that fix it. A command is a list of arguments, so that folding lines does not change it. */
import { maskedSetting } from "../environment/masking";
import type { Change, Problem, Severity } from "../sizing/problem";
import { commandWords, configSet } from "../sizing/shellCommand";
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
  const others = settings.filter((setting) => !own.some(({ path }) => setting.startsWith(`${path}=`))).map(maskedSetting);
  const tried = [...others, ...own.map(({ path, value }) => `${path}=${String(value)}`)].flatMap((setting) => ["--set", setting]);
  const kept = own.map(({ path, value }) => configSet(stack, path, value));
  return [[...ownCommand("plan"), "--stack", stack, ...tried], ...kept];
}

/** Lines that a shell reads as one. */
function commandLines(argv: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const word of commandWords(argv)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 3 <= pageWidth) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${last === undefined ? "" : "  "}${word}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}
