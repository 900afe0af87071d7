/** Text for people: numbers with units, paragraphs of at most 100 columns, colour only when a terminal shows it. */
import { styleText } from "node:util";

export const pageWidth = 100;

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
/** Styles a text, or returns it unchanged when the output shows no colour. */
export type Paint = (style: Style, text: string) => string;

export const painter = (colour: boolean): Paint =>
  colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;

export const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const gib = (value: number): string => `${number(value, 1)} GiB`;
export const dollars = (value: number | null): string => (value === null ? "unknown" : `$${number(value, 2)}`);
export const minutes = (value: number): string => `${number(value, 1)} min`;
export const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? "" : "s"}`;

/** A billion has nine zeros: 32.8 billion parameters. */
export const parameters = (value: number): string =>
  value >= 1e12 ? `${number(value / 1e12, 2)} trillion` : `${number(value / 1e9, 1)} billion`;

/** Folds text into lines that start with `indent`. A word longer than a line (a URL, a command) gets a separate line. */
export function paragraph(text: string, indent = ""): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= pageWidth) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines.join("\n");
}
