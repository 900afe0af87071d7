/** Commands inside texts, and what a POSIX shell makes of them. */
import { execFileSync } from "node:child_process";

/** What `sh` passes to each command, in one process for all. Throws where a line is not one command. */
export function argvInShell(commands: readonly string[]): string[][] {
  const separator = "\u0001end\u0001";
  const script = commands.map((command) => `printf '%s\\0' ${command}\nprintf '%s\\0' '${separator}'`).join("\n");
  const printed = execFileSync("sh", [], { input: script, maxBuffer: 1 << 28 })
    .toString("utf8")
    .split("\0")
    .slice(0, -1);
  const found: string[][] = [[]];
  for (const word of printed) {
    if (word === separator) found.push([]);
    else found.at(-1)!.push(word);
  }
  return found.slice(0, -1);
}

/** Throws if a shell cannot read one of the lines. */
export const readByShell = (lines: readonly string[]): void => void execFileSync("sh", ["-n"], { input: lines.join("\n") });

/** What stands outside quotes from the first command of a text on: the part that a shell would interpret. */
export function outsideQuotes(text: string): string {
  const [first] = text.matchAll(beginning);
  return first ? text.slice(first.index).replace(/'[^']*'/g, "''") : "";
}

const beginning = /(?<![\w./-])(pulumi (config|up|destroy|stack|cancel)|aws [a-z0-9-]+ [a-z-]+|kubectl [a-z]|helm -|npm run|npx vllm-eks)/g;

/** Each command of a sentence, to the next mark that ends it outside quotes; words of the sentence may follow it. */
export function commandsIn(text: string): string[] {
  const found: string[] = [];
  for (const { index } of text.matchAll(beginning)) {
    let quote = false;
    let end = index;
    for (; end < text.length; end++) {
      const character = text[end]!;
      if (!quote && character === "\\") end += 1;
      else if (character === "'") quote = !quote;
      else if (!quote && (/[,;()`]/.test(character) || /^\.( |$)/.test(text.slice(end, end + 2)) || text.startsWith(" && ", end))) break;
    }
    found.push(text.slice(index, end));
  }
  return found;
}
