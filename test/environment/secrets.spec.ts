import assert from "node:assert/strict";
import fc from "fast-check";
import { checkSecret, secretKeys, secretPlaceholder } from "../../environment/secrets";

// Proves which texts can be a key or a token, and that no message shows one. The specs of plan, stacks and automation prove that each way
// into the program applies this rule.

const good = "sk-0123456789abcdef";

describe("a secret", () => {
  const refused: [what: string, value: string][] = [
    ["empty, which vLLM takes for no key at all", ""],
    ["blank", " \t "],
    ["followed by a carriage return, as a file written on Windows has it", `${good}\r`],
    ["followed by a line feed, as `echo` writes it", `${good}\n`],
    ["of two lines", `${good}\r\nX-Header: 1`],
    ["with a line separator of Unicode", `${good}\u2028x`],
    ["with a control character inside", `sk-0123\u0000456789abcdef`],
    ["with an escape of a terminal", `\u001b[31m${good}`],
    ["with white space before it", ` ${good}`],
    ["with white space after it", `${good} `],
    ["with a non-breaking space after it", `${good}\u00a0`],
    ["with a letter outside ASCII, which a header does not carry", "schlüssel-0123456789"],
    ["with a byte order mark", `\ufeff${good}`],
    ["that is the placeholder of a printed command", secretPlaceholder],
    ["in angle brackets", "<your key>"],
    ["longer than a header may be", "k".repeat(4097)],
  ];
  for (const [what, value] of refused) {
    it(`is refused when it is ${what}`, () => {
      for (const key of secretKeys) {
        const problems = checkSecret(key, value, "dev");
        assert.deepEqual(
          problems.map(({ code, severity, path }) => [code, severity, path]),
          [["secret-unusable", "error", key]],
        );
        assert.match(problems[0]!.fix, new RegExp(`pulumi config set -s dev --secret ${key}`));
      }
    });
  }

  it("is accepted from 16 characters on, and shorter only with a warning", () => {
    for (const value of [good, "correct horse battery", 'k"{}$(x)`\\;0123456789', "k".repeat(4096)])
      assert.deepEqual(checkSecret("apiKey", value), []);
    for (const value of ["k", '"', "hunter2", "k".repeat(15)])
      assert.deepEqual(
        checkSecret("apiKey", value).map(({ code, severity }) => [code, severity]),
        [["secret-unusable", "warning"]],
      );
  });

  it("appears in no message and no fix", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: "grapheme" }), (value) => {
        const words = JSON.stringify(checkSecret("apiKey", `Q7${value}`, "dev"));
        assert.ok(!words.includes(JSON.stringify(`Q7${value}`.trim()).slice(1, -1)));
      }),
    );
  });

  it("is one line of printable ASCII whenever it is accepted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        if (checkSecret("apiKey", value).some(({ severity }) => severity === "error")) return;
        assert.match(value, /^[!-~]([ -~]*[!-~])?$/);
      }),
    );
  });
});
