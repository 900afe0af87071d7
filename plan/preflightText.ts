/** Writes the account's answers for a person: a row for each question, or one line when nothing was asked. */
import type { DocumentPreflight } from "./document";
import { table } from "./table";
import { count, number, paragraph, type Paint, type Style } from "./text";

export const preflightTitle = "Account checks";

type Outcome = DocumentPreflight["checks"][number]["outcome"];

const marks: Readonly<Record<Outcome, [word: string, style: Style]>> = {
  good: ["good", "green"],
  warning: ["warning", "yellow"],
  bad: ["bad", "red"],
  notAsked: ["not asked", "yellow"],
};

export function preflightLines(preflight: DocumentPreflight | null, paint: Paint): string[] {
  if (!preflight) return [];
  const { notAsked, checks, milliseconds } = preflight;
  if (notAsked !== null) return [paragraph(`Nothing was asked: ${notAsked}`, "  ")];
  const rows = checks.map(({ check, outcome, answer, source, milliseconds: taken }) => {
    const [word, style] = marks[outcome];
    return [paint(style, word), check, answer, sourceText(source), number(taken)];
  });
  const answered = checks.filter(({ outcome }) => outcome !== "notAsked").length;
  return [
    table(rows, { head: ["", "question", "answer", "source", "ms"], right: [4], widths: { 2: 31, 3: 25 }, paint }),
    paragraph(`${answered} of ${count(checks.length, "question")} answered, all asked at once: ${number(milliseconds)} ms.`, "  "),
  ];
}

/** One call is enough to look up an answer. A break after the colon lets its name fit a narrow column. */
function sourceText(source: string): string {
  const [first = "", ...others] = source.split(", ");
  const call = first.replace(/^GET https?:\/\//, "");
  return others.length > 0 ? `${call.replace(":", ": ")} +${others.length}` : call.replace(":", ": ");
}
