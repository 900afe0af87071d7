/** Texts of others inside a message: what they cannot do there is end a line, move the cursor of a terminal, or reorder what is read. */

/** Control characters, line separators, marks of direction and width, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- they are what this looks for
const invisible = /[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu;
const shortForms: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The same text with such characters as escapes. */
export const visible = (text: string): string =>
  text.replace(invisible, (found) => shortForms[found] ?? `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);

export const isVisible = (text: string): boolean => visible(text) === text;
