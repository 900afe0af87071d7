import assert from "node:assert/strict";
import fc from "fast-check";
import { createRedaction, redactValue } from "../../environment/redaction";

// Proves that a known secret disappears in every form that this program can see, that values stay valid JSON, and that ordinary words stay.

const secret = 'sk-<"planted">\\0815/+=';

describe("redaction of a known secret", () => {
  const redact = createRedaction([secret]);
  const once = JSON.stringify({ secret });
  const forms: [what: string, text: string][] = [
    ["as it is", secret],
    ["in JSON", once],
    ["in JSON inside JSON", JSON.stringify({ once })],
    ["as Go writes JSON", once.replace("<", "\\u003c").replace(">", "\\u003e")],
    ["in a URL", `https://host/?key=${encodeURIComponent(secret)}&x=1`],
    ["in a form", new URLSearchParams({ secret }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 of URLs", Buffer.from(secret).toString("base64url")],
    ["in basic authentication", `Basic ${Buffer.from(`user:${secret}`).toString("base64")}`],
    ["inside a file in base64", Buffer.from(`a: ab\nkey: ${secret}\n`).toString("base64")],
  ];
  for (const [what, text] of forms) {
    it(`leaves nothing of it ${what}`, () => {
      const rest = redact(text);
      assert.match(rest, /\[secret\]/);
      assert.ok(!rest.includes("planted") && !Buffer.from(rest, "base64").toString().includes("planted"), rest);
    });
  }

  it("finds it without the line break that it was stored with, and line by line when it has lines", () => {
    const lines = createRedaction(["sk-planted-0815\r\n", "-----BEGIN KEY-----\nline-one-0815\nline-two-0815\n"]);
    assert.equal(lines("key sk-planted-0815, then line-two-0815"), "key [secret], then [secret]");
  });

  it("replaces the longer one of two where one contains the other", () => {
    assert.equal(createRedaction(["sk-planted", "sk-planted-0815"])("sk-planted-0815 sk-planted"), "[secret] [secret]");
  });

  it("does not eat parts of words for a short secret, and does nothing for one of up to three characters", () => {
    const short = createRedaction(["k", '"', "", " ", "node"]);
    assert.equal(short('unknown "k" nodes node_1'), 'unknown "k" nodes node_1');
    assert.equal(short("the key node, and -node-"), "the key [secret], and -[secret]-");
  });

  it("keeps a value valid JSON whatever the secret is, and removes it from every text in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.string({ unit: "binary" })), (each, texts) => {
        const value = { texts, nested: [{ secret: `<${each}>`, number: 1, nothing: null }] };
        const redacted = redactValue(value, createRedaction([each]));
        assert.deepEqual(JSON.parse(JSON.stringify(redacted)), redacted);
        assert.deepEqual([redacted.nested[0]!.number, redacted.nested[0]!.nothing, redacted.texts.length], [1, null, texts.length]);
        if (each.trim().length >= 8 && !"[secret]".includes(each)) assert.ok(!redacted.nested[0]!.secret.includes(each));
      }),
    );
  });

  it("is harmless without secrets", () => assert.equal(createRedaction([])("unknown"), "unknown"));
});
