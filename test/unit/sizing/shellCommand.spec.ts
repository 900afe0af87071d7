import assert from "node:assert/strict";
import fc from "fast-check";
import { commandWords, configRemove, configRemoveKey, configSecret, configSet, quoted, shellCommand } from "../../../sizing/shellCommand";
import { isVisible, visible } from "../../../sizing/visibleText";
import { argvInShell } from "../../support/shell";

// Proves that a shell passes on exactly the arguments that a command was made from. It does not prove what Pulumi or AWS do with them.

const seed = 20261130;
const nasty = [
  "'",
  '"',
  "`",
  "$(id)",
  "${HOME}",
  "$HOME",
  ";",
  "&&",
  "|",
  "\n",
  "\\",
  "!",
  "*",
  "?",
  "~",
  "#",
  "<",
  ">",
  " ",
  "\t",
  "-",
  "--",
];
const anyArgument = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 6 })
  .map((parts) =>
    parts
      .join("")
      .replaceAll("\0", "")
      .replace(/\p{Surrogate}/gu, ""),
  );

describe("a command", () => {
  it("reaches its program with the arguments that it was made from: 2,000 commands in one shell", () => {
    const argvs = fc.sample(fc.array(anyArgument, { minLength: 1, maxLength: 4 }), { seed, numRuns: 2000 });
    assert.deepEqual(argvInShell(argvs.map((argv) => shellCommand(...argv))), argvs);
  });

  it("may be folded between its words", () => {
    const argvs = fc.sample(fc.array(anyArgument, { minLength: 1, maxLength: 6 }), { seed: seed + 1, numRuns: 500 });
    assert.deepEqual(argvInShell(argvs.map((argv) => commandWords(argv).join(" \\\n  "))), argvs);
    assert.deepEqual(commandWords(["pulumi", "up", "-s", "dev", "--path", "a.b", "--yes", "-1"]), [
      "pulumi",
      "up",
      "-s dev",
      "--path a.b",
      "--yes",
      "-1",
    ]);
  });

  it("shows plain words as they are, and quotes words for the reader to replace", () => {
    assert.equal(quoted("arn:aws:iam::123456789012:role/a.b+c=d,e@f-g_h%"), "arn:aws:iam::123456789012:role/a.b+c=d,e@f-g_h%");
    assert.deepEqual(["", "<value>", "a b", "it's", "~"].map(quoted), ["''", "'<value>'", "'a b'", `'it'\\''s'`, "'~'"]);
  });
});

describe("commands about the configuration", () => {
  it("name the stack, and set paths, fractions and values that begin with a hyphen", () => {
    assert.equal(shellCommand(...configSet("org/dev", "nodeCount", 2)), "pulumi config set -s org/dev nodeCount 2");
    assert.equal(shellCommand(...configSet("dev", "engine.x", 0.9)), "pulumi config set -s dev --path --type float engine.x 0.9");
    assert.equal(shellCommand(...configSet("dev", "engine.maxModelLen", -1)), "pulumi config set -s dev --path -- engine.maxModelLen -1");
    assert.equal(shellCommand(...configSet(undefined, 'tags["a.b"]', "it's")), `pulumi config set --path 'tags["a.b"]' 'it'\\''s'`);
    assert.equal(shellCommand(...configRemove("dev", "tags.a")), "pulumi config rm -s dev --path tags.a");
    assert.equal(shellCommand(...configRemoveKey("dev", "engine.x")), "pulumi config rm -s dev engine.x");
    assert.equal(shellCommand(...configSecret("dev", "apiKey")), "pulumi config set -s dev --secret apiKey");
  });
});

describe("a text that is shown", () => {
  it("has no control characters, line ends or marks of direction left, and is otherwise the same", () => {
    assert.equal(visible("a\nb\r\tc\u001b[2J\u202ed\u2028\ud800"), "a\\nb\\r\\tc\\u001b[2J\\u202ed\\u2028\\ud800");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(visible(text), /[\p{Cc}\u2028\u2029]/u);
        assert.equal(visible(visible(text)), visible(text));
        assert.equal(isVisible(visible(text)), true);
      }),
    );
    for (const text of ["", "héllo 🙂", "机器", "a'b\"c\\d"]) assert.equal(visible(text), text);
  });
});
