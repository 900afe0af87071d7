/** The Markdown files of the repository, and the parts of them that a test can check. */
import fs from "node:fs";
import path from "node:path";

export const root = path.resolve(__dirname, "../..");

export interface Document {
  /** Path from the root of the repository. */
  file: string;
  text: string;
}

/** Files of a folder and its subfolders, without what npm installs. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(path.join(root, folder))) return [];
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    return entry.isDirectory() ? (entry.name === "node_modules" ? [] : filesBelow(file)) : [file];
  });
}

export function documents(): Document[] {
  return [...fs.readdirSync(root), ...filesBelow("docs"), ...filesBelow("examples")]
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({ file, text: fs.readFileSync(path.join(root, file), "utf8") }));
}

/** Rows of a page's tables that have code in the first cell, as trimmed cells. */
export function codeRows(file: string): string[][] {
  const rows = fs.readFileSync(path.join(root, file), "utf8").split("\n");
  const ofTables = rows.filter((line) => line.startsWith("| `"));
  return ofTables.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

export interface Block {
  file: string;
  /** Line of the opening fence, from 1. */
  line: number;
  language: string;
  text: string;
}

export function codeBlocks(language: string): Block[] {
  return documents().flatMap(({ file, text }) =>
    [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter(([, found]) => found === language)
      .map((match) => ({ file, line: text.slice(0, match.index).split("\n").length, language, text: match[2] ?? "" })),
  );
}

export interface Command {
  file: string;
  words: string[];
}

/** Commands that begin with `start`, in fences and in running text; a backslash at the end of a line continues it. */
export function commands(start: string): Command[] {
  const pattern = new RegExp(`${start.replaceAll(" ", " +")}(?![\\w-])[^\\n\`;|#&]*`, "g");
  return documents().flatMap(({ file, text }) =>
    [...text.replaceAll(/\s*\\\n\s*/g, " ").matchAll(pattern)].map(([command]) => ({ file, words: wordsOf(command) })),
  );
}

/** Splits a command as a shell does, and removes the quotes. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/(?:'[^']*'|"[^"]*"|<[^>]*>|[^\s'"<])+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));

/** Anchors of the headings, as GitHub writes them. */
export const anchors = (text: string): string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
