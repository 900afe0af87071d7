/** Finds the first mistake in a text that `JSON.parse` refuses. Its own messages differ by version, and some give no place. */

export interface JsonFault {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  what: string;
}

/** Returns undefined for valid JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  const reader = new JsonReader(text);
  try {
    reader.document();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof FaultAt)) throw thrown;
    const before = text.slice(0, thrown.offset).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1, what: thrown.what };
  }
}

class FaultAt extends Error {
  constructor(
    readonly offset: number,
    readonly what: string,
  ) {
    super(what);
  }
}

// eslint-disable-next-line no-control-regex -- a JSON text holds none of these characters unescaped
const jsonText = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Deeper nesting is refused, so that a hostile text cannot exhaust the stack. */
const deepest = 500;

class JsonReader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value();
    this.space();
    if (this.at < this.text.length) this.fail("there is text after the end of the object");
  }

  private value(): void {
    this.space();
    if (++this.depth > deepest) this.fail(`values are nested more than ${deepest} deep`);
    const next = this.text[this.at];
    if (next === "{") this.members("}", () => this.property());
    else if (next === "[") this.members("]", () => this.value());
    else if (next === '"') this.match(jsonText, "this text has no end, a line break, or an escape that JSON does not have");
    else this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y, this.strangeValue(next));
    this.depth--;
  }

  private strangeValue(next: string | undefined): string {
    if (next === undefined) return "the text ends too early";
    if (next === "'") return "JSON has double quotes only";
    return /[}\],]/.test(next) ? "a value is missing here; JSON allows no comma after the last entry" : "this is not a JSON value";
  }

  private members(end: string, read: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === end) return void this.at++;
    for (;;) {
      read();
      this.space();
      const next = this.text[this.at];
      if (next === end) return void this.at++;
      if (next !== ",") this.fail(next === undefined ? "the text ends too early" : `expected a comma or ${end}`);
      const comma = this.at++;
      this.space();
      if (this.text[this.at] === end) throw new FaultAt(comma, "JSON allows no comma after the last entry");
    }
  }

  private property(): void {
    this.space();
    this.match(jsonText, "expected the name of a field in double quotes");
    this.space();
    this.match(/:/y, "expected a colon");
    this.value();
  }

  private space(): void {
    this.match(/[ \t\r\n]*/y, "");
    if (/^(\/\/|\/\*|#)/.test(this.text.slice(this.at, this.at + 2))) this.fail("JSON has no comments");
  }

  private match(pattern: RegExp, complaint: string): void {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) this.fail(complaint);
    else this.at += found[0].length;
  }

  private fail(what: string): never {
    throw new FaultAt(this.at, what);
  }
}
