// Proves which entries and names of further arguments are refused, and what is proposed instead. Does not prove what vLLM does with those
// that pass.
import assert from "node:assert/strict";
import fc from "fast-check";
import { engineFlagVersions } from "../../../catalog/engineFlags";
import { brief, check, only } from "./checkedArguments";

describe("further arguments that vLLM would not know", () => {
  for (const [typed, meant] of [
    ["--enable-lroa", "--enable-lora"],
    ["--max-lora-rnak=64", "--max-lora-rank=64"],
    ["--enforce_eagre", "--enforce-eager"],
    ["--speculative-confg.method=mtp", "--speculative-config.method=mtp"],
  ] as const) {
    it(`are refused with the flag that is meant: ${typed}`, () => {
      const { code, severity, message, fix, changes } = only([typed]);
      assert.deepEqual([code, severity], ["engine-argument-unknown", "error"]);
      assert.match(message, /is not a flag of vLLM 0\.27\.1\.$/);
      assert.equal(fix, `Did you mean ${meant.split(/[.=]/)[0]}?`);
      assert.deepEqual(changes, [{ path: "engine.extraArguments[0]", value: meant }]);
      assert.deepEqual(
        check(changes.map(({ value }) => String(value))).filter(({ severity }) => severity === "error"),
        [],
      );
    });
  }

  it("are refused with the releases that have the flag", () => {
    assert.match(only(["--max-num-queued-reqs", "5"]).message, /not a flag of vLLM 0\.27\.1: vLLM 0\.29\.0 and later has it\.$/);
    assert.match(only(["--swap-space", "4"]).message, /vLLM 0\.1\d\.\d and earlier has it\.$/);
    assert.match(only(["--enable-bf16x3-router-gemm"], "0.31.0").message, /vLLM 0\.26\.0 to 0\.29\.0 has it\.$/);
    assert.match(only(["--no-enable-lora"], "0.33.0").message, /0\.32\.0 and earlier has it\.$/);
  });

  it("are refused if an abbreviation can stand for several flags, which are named", () => {
    assert.match(only(["--enable-lo"]).message, /^--enable-lo can stand for --enable-lo.*, --enable-lo/);
    assert.match(only(["-p", "2"]).message, /^-p can stand for .*-pp/);
  });

  it("only warn for a version without a list, because it may have them", () => {
    for (const version of ["0.99.0", "0.20.0.dev361", "0.12.0"]) {
      const { code, severity, message } = only(["--brand-new", "1"], version);
      assert.deepEqual([code, severity], ["engine-argument-unknown", "warning"]);
      assert.match(message, /no list for this version; 0\.\d+\.0 is the nearest/);
    }
  });

  it("are only warned of if an abbreviation is clear today, with the whole flag", () => {
    const { severity, message, changes } = only(["--max-lora-r=16"]);
    assert.deepEqual([severity, changes], ["warning", [{ path: "engine.extraArguments[0]", value: "--max-lora-rank=16" }]]);
    assert.match(message, /^--max-lora-r is an abbreviation: vLLM 0\.27\.1 takes it for --max-lora-rank/);
  });
});

describe("entries of the list", () => {
  for (const [entries, split] of [
    [["--enable-lora --max-loras 2"], ["--enable-lora", "--max-loras=2"]],
    [["--max-lora-rank 16"], ["--max-lora-rank=16"]],
    [["--max-loras=2 --enable-lora"], ["--max-loras=2", "--enable-lora"]],
    [
      ["--max-loras", "2 --enable-lora"],
      ["--max-loras", "2", "--enable-lora"],
    ],
    [["--enable-lora\n--max-loras 2"], ["--enable-lora", "--max-loras=2"]],
    [
      ["--enforce-eager", "--lora-modules a=b c=d"],
      ["--enforce-eager", "--lora-modules", "a=b", "c=d"],
    ],
    [['--hf-overrides {"a": "b c"}'], ['--hf-overrides={"a": "b c"}']],
    [
      ["--tool-call-parser 'hermes'", "--seed=1"],
      ["--tool-call-parser=hermes", "--seed=1"],
    ],
    [
      ["--enable-lora --max-loras 2", "--tool-call-parser hermes"],
      ["--enable-lora", "--max-loras=2", "--tool-call-parser=hermes"],
    ],
  ] as const) {
    it(`are refused if one holds several words, and split: ${JSON.stringify(entries)}`, () => {
      const problems = check([...entries]).filter(({ code }) => code === "engine-argument-malformed");
      assert.ok(problems.length > 0 && problems.every(({ severity }) => severity === "error"));
      const list: string[] = [...entries];
      for (const { path, value } of problems.flatMap(({ changes }) => changes)) list[Number(/\d+/.exec(path)![0])] = String(value);
      // A number would be stored as one by `pulumi config set --path`.
      if (split.some((word) => /^\d+$/.test(word))) assert.deepEqual(list, entries);
      else assert.deepEqual(list, split);
      assert.deepEqual(
        check([...split]).filter(({ severity }) => severity === "error"),
        [],
      );
    });
  }

  it("get one proposal for the whole list if an entry must be split, because the others move", () => {
    const problems = check(["--enable-lora --max-loras 2", "--enforce-eagre", '--hf-overrides={\n"a": 1}']);
    assert.deepEqual(
      problems.filter(({ changes }) => changes.length > 0).map(({ code, path, changes }) => [code, path, changes.length]),
      [["engine-argument-malformed", "engine.extraArguments[0]", 4]],
    );
  });

  for (const entries of [
    ['--hf-overrides={"a": "--enable-lora"}'],
    ["--hf-overrides", '{"a": 1, "b": "x --enable-lora"}'],
    ["--chat-template={{ messages }} - --enable-lora"],
    ["--chat-template", "{% for m in messages %} {{ m }} {% endfor %}"],
    ["--default-chat-template-kwargs", '{"enable_thinking": false}'],
    ["--seed", "-1"],
    ["--lora-modules", "a=b", "c=d"],
    ["--cudagraph-capture-sizes", "1", "2", "4"],
  ]) {
    it(`pass with spaces inside of JSON, templates and with values: ${JSON.stringify(entries)}`, () =>
      assert.deepEqual(brief(entries), []));
  }

  for (const entry of ["", " ", "\t", "\n"]) {
    it(`are refused if one is empty: ${JSON.stringify(entry)}`, () => {
      const { code, message } = check(["--enforce-eager", entry])[0]!;
      assert.deepEqual([code, message], ["engine-argument-malformed", "Entry 2 is empty."]);
    });
  }

  for (const entry of [
    "--chat-template=a\nb",
    "--chat-template=a\u0000",
    "--chat-template=\u001b[2J",
    "--seed=1\r",
    "--root-path=/\u2028",
  ]) {
    it(`are refused with a control character: ${JSON.stringify(entry)}`, () => {
      const { code, message } = only([entry]);
      assert.equal(code, "engine-argument-malformed");
      assert.equal(message, "Entry 1 holds a line break or another control character.");
    });
  }

  it("are put on one line if they are JSON", () => {
    assert.deepEqual(only(['--hf-overrides={\n  "a": 1\n}']).changes, [
      { path: "engine.extraArguments[0]", value: '--hf-overrides={"a":1}' },
    ]);
  });

  for (const entry of [
    "--chat-template=$(VLLM_API_KEY)",
    "$(VLLM_API_KEY)",
    "--root-path=/x$(POD_NAME)",
    "--chat-template=$$(VLLM_API_KEY)",
  ]) {
    it(`are refused with a variable that Kubernetes replaces: ${entry}`, () => {
      const problems = check(entry.startsWith("$") ? ["--chat-template", entry] : [entry]);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["engine-argument-malformed"],
      );
      assert.match(problems[0]!.message, /Kubernetes replaces \$\(NAME\) in arguments/);
    });
  }

  it("pass with other dollar signs", () => assert.deepEqual(brief(["--chat-template=$x $$ $5"]), []));

  it("are refused if a value is missing, is one too many, or has no flag", () => {
    assert.match(only(["--tool-call-parser"]).message, /^--tool-call-parser needs a value/);
    assert.match(only(["--seed", "--enforce-eager"]).message, /^--seed needs a value/);
    assert.match(only(["--enforce-eager=true"]).message, /^--enforce-eager takes no value/);
    assert.match(only(["--enforce-eager", "true"]).message, /^Entry 2 is a value, and no flag before it takes it/);
    assert.match(only(["hermes"]).message, /^Entry 1 is a value/);
    assert.deepEqual(brief(["--"]), ["error engine-argument-unknown [0]"]);
  });

  it("warn of a flag that is there twice, except for the one whose values vLLM collects", () => {
    assert.deepEqual(brief(["--seed", "1", "--seed=2"]), ["warning engine-argument-malformed [2]"]);
    const twice = check(["--middleware=a.b", "--middleware=c.d"]);
    assert.ok(twice.every(({ code }) => code === "engine-argument-reserved"));
  });
});

describe("the check of further arguments", () => {
  it("ends with problems for any text, and accepts nothing that Kubernetes or a terminal would change", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("1", "$(", "a b", "x$(POD_NAME)", "a\u0000", "-1.5", "\u009b2J"));
    const word = fc.oneof(
      { weight: 4, arbitrary: text.map((bad) => `--seed=${bad}`) },
      { weight: 4, arbitrary: text.map((bad) => `--chat-template=${bad}`) },
      fc.constantFrom("--enforce-eager", "--enable-lora", "--seed", "-O", "--x.y", "--a b", "$("),
      text,
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom(...engineFlagVersions, "9.9.9"), (words, version) => {
        const errors = check(words, version).filter(({ severity }) => severity === "error");
        if (errors.length > 0) return;
        accepted++;
        for (const each of words) assert.ok(each.trim() !== "" && !each.includes("$(") && !/\p{Cc}/u.test(each), JSON.stringify(words));
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted >= 30, `only ${accepted} of 300 lists were accepted`);
  });
});
