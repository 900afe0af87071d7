// Proves which further arguments are refused, and what is said about them. Does not prove what vLLM does with those that pass.
import assert from "node:assert/strict";
import { engineFlagsOf, engineFlagVersions, FlagValue } from "../../../catalog/engineFlags";
import { ownFlags, settingOf, trustingFlags } from "../../../components/vllmLeaderWorkerSet/flagRules";
import { brief, check, only } from "./checkedArguments";

describe("reserved flags", () => {
  for (const words of [
    ["-n1"],
    ["-n", "1"],
    ["-n=1"],
    ["--nn", "1"],
    ["--nn=1"],
    ["--ho", "0.0.0.0"],
    ["--hos=::"],
    ["--node_rank=1"],
    ["--node-ra", "1"],
    ["-r0"],
    ["-tp", "2"],
    ["-tp=2"],
    ["-t", "2"],
    ["-pp=2"],
    ["-dp", "2"],
    ["--tensor_parallel_size", "2"],
    ["--tensor-par=2"],
    ["--served_model_name", "x", "y"],
    ["--config", "x.yaml"],
    ["--config=x.yaml"],
    ["--headl"],
    ["--gr"],
    ["--max_model_len.x", "1"],
    ["--por.x=1"],
    ["--no-enable-expert-parallel"],
    ["-ep"],
    ["-h"],
    ["--help=all"],
    ["--seed=1 --port 1"],
  ]) {
    it(`are refused however they are spelled: ${words.join(" ")}`, () => {
      assert.ok(brief(words).includes("error engine-argument-reserved [0]"), JSON.stringify(brief(words)));
    });
  }

  it("are refused under the names that later releases give them", () => {
    assert.deepEqual(brief(["--device-memory-utilization=0.9"], "0.31.0"), ["error engine-argument-reserved [0]"]);
    assert.deepEqual(brief(["--device-mem=0.9"], "0.33.0"), ["error engine-argument-reserved [0]"]);
    assert.deepEqual(brief(["--disable-expert-parallel"], "0.33.0"), ["error engine-argument-reserved [0]"]);
    // Without a list of the version, a beginning that any release takes for one is enough.
    assert.ok(brief(["--device-mem=0.9"], "0.30.9").includes("error engine-argument-reserved [0]"));
  });

  it("are refused in every release, name and abbreviation that vLLM accepts", () => {
    const reserved = new Set([...ownFlags, ...Object.keys(settingOf), "--api-key", "--hf-token"]);
    for (const version of ["0.13.0", "0.20.0", "0.27.1", "0.32.0", "0.33.0"]) {
      const flags = engineFlagsOf(version);
      const all = flags.flatMap(({ names }) => names);
      for (const flag of flags.filter(({ names }) => names.some((name) => reserved.has(name)))) {
        for (const name of flag.names) {
          for (let length = 2; length <= name.length; length++) {
            const typed = name.slice(0, length);
            if (typed !== name && all.includes(typed)) continue; // another flag
            const accepted = typed === name || (typed !== "--" && all.filter((each) => each.startsWith(typed)).length === 1);
            if (!accepted) continue;
            const words = flag.value === FlagValue.None ? [typed] : [typed, "planted"];
            const problems = check(words, version);
            assert.deepEqual(
              problems.map(({ severity }) => severity),
              ["error"],
              `${version} ${words.join(" ")}`,
            );
            assert.doesNotMatch(JSON.stringify(problems), /planted/);
          }
        }
      }
    }
  });
});

describe("flags that came or went", () => {
  // Release notes and parsers: the last release without the flag, or the last with it, and the next.
  for (const [flag, without, having] of [
    ["--max-num-queued-reqs=64", "0.28.0", "0.29.0"],
    ["--max-num-queued-tokens=4096", "0.28.0", "0.29.0"],
    ["--watchdog-config={}", "0.32.0", "0.33.0"],
    ["--calculate-kv-scales", "0.28.0", "0.27.1"],
    ["--override-attention-dtype=bfloat16", "0.28.0", "0.27.1"],
    ["--max-num-partial-prefills=2", "0.27.1", "0.26.0"],
    ["--enable-bf16x3-router-gemm", "0.30.0", "0.29.0"],
  ] as const) {
    it(`are told by the release: ${flag} is in ${having} and not in ${without}`, () => {
      assert.deepEqual(brief([flag], having), []);
      assert.ok(brief([flag], without).includes("error engine-argument-unknown [0]"), JSON.stringify(brief([flag], without)));
    });
  }
});

describe("flags that trust code", () => {
  for (const words of [
    ["--trust-remote"],
    ["--trust_remote_code"],
    ["--trust-rem"],
    ["--middleware", "a.b"],
    ["--middlew=a.b"],
    ["--tool-parser-plugin", "/x.py"],
    ["--tool_parser_plug=/x.py"],
    ["--reasoning-parser-plugin=/x.py"],
    ["--logits-processors", "a:B"],
    ["--logits_proc=a:B"],
    ["--worker-cls", "a.B"],
    ["--worker-ext=a.B"],
    ["--scheduler-cls=a.B"],
    ["--model-class-overrides", "{}"],
    ["--io-processor-plugin", "x"],
    ["--kv-transfer-config", '{"kv_connector_module_path": "a.b"}'],
    ["--kv-transfer-config.kv_connector_module_path=a.b"],
    ["--compilation-config", '{"backend": "a.b"}'],
    ["-cc.backend=a.b"],
    ["--structured-outputs-config", '{"reasoning_parser_plugin": "/x.py"}'],
    ["--structured-outputs-config.reasoning_parser_plugin=/x.py"],
    ["--load-format", "pt"],
    ["--load-f=npcache"],
    ["--enable-prompt-embeds"],
    ["--allowed-local-media-path=/"],
  ]) {
    it(`get a warning in every spelling: ${words.join(" ")}`, () => {
      const { code, severity } = only(words);
      assert.deepEqual([code, severity], ["engine-argument-reserved", "warning"]);
    });
  }

  it("get no warning when they are switched off or name no code", () => {
    assert.deepEqual(brief(["--no-trust-remote-code"]), []);
    for (const flag of ["--disable-prompt-embeds", "--disable-mm-embeds"]) assert.deepEqual(brief([flag], "0.33.0"), [], flag);
    assert.deepEqual(brief(["--structured-outputs-config", '{"backend": "xgrammar"}']), []);
    assert.deepEqual(brief(["--kv-transfer-config", '{"kv_connector": "NixlConnector"}']), []);
    assert.deepEqual(brief(["--load-format", "safetensors"]), []);
    assert.deepEqual(brief(["--compilation-config", '{"backend": "inductor", "cache": "a.b"}']), []);
  });

  it("are flags that some release has", () => {
    const known = new Set(engineFlagVersions.flatMap((version) => engineFlagsOf(version).flatMap(({ names }) => names)));
    const listed = [...trustingFlags.map(({ flag }) => flag), ...ownFlags, ...Object.keys(settingOf)];
    assert.deepEqual(
      listed.filter((flag) => !known.has(flag) && flag !== "--host" && flag !== "--port"),
      [],
    );
  });
});

describe("a key among the further arguments", () => {
  it("is refused and never repeated, in every spelling and place", () => {
    for (const words of [
      ["--api-key", "planted"],
      ["--api-key", "a", "planted"],
      ["--api-key", "-planted"],
      ["--api-key", "--planted"],
      ["--api-key planted"],
      ["--enable-lora --api-key planted"],
      ["--api-k=planted"],
      ["--api_key", "planted x"],
      ["--hf-token=planted"],
      ["--hf-tok", "planted"],
      ["--seed", "1", "--hf_token planted --enforce-eager"],
    ]) {
      const problems = check(words);
      assert.ok(
        problems.some(({ code, severity }) => code === "secret-in-clear-text" && severity === "error"),
        words.join(" "),
      );
      assert.doesNotMatch(JSON.stringify(problems), /planted/, words.join(" "));
    }
  });
});
