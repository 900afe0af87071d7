// Compares the reading of arguments with Python's own argparse, fed with the catalog's flags as vLLM's parser is. Does not prove that the
// catalog's lists are vLLM's: tools/vllmArguments.py made them from it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { engineFlagsOf, engineFlagVersions, FlagValue, type EngineFlag } from "../../../catalog/engineFlags";
import { flagListOf, readArguments } from "../../../components/vllmLeaderWorkerSet/argumentParser";

/** The shortest beginning of each name that no other name shares. */
function shortestBeginnings(flags: readonly EngineFlag[]): Map<string, string> {
  const names = flags.flatMap((flag) => flag.names).sort();
  const shared = (a: string, b = "") => [...a].findIndex((letter, index) => letter !== b[index]);
  const length = (name: string, other?: string) => (other?.startsWith(name) ? name.length : shared(name, other) + 1);
  return new Map(
    names.map((name, index) => [name, name.slice(0, Math.max(3, length(name, names[index - 1]), length(name, names[index + 1])))]),
  );
}

/** Every way to write a flag with the value `1`, each as a list of entries. */
function spellings(flag: EngineFlag, name: string, shortest: Map<string, string>): string[][] {
  const forms = name.startsWith("--") ? [name, name.replace(/(?<=..)-/g, "_"), shortest.get(name)!] : [name];
  if (flag.value === FlagValue.None) return forms.map((form) => [form]);
  const attached = /^-[a-z]$/.test(name) ? [[`${name}1`]] : [];
  return [...forms.flatMap((form) => [[form, "1"], [`${form}=1`]]), ...attached];
}

describe("reading engine arguments", () => {
  for (const version of engineFlagVersions) {
    it(`finds the same flag in every spelling of every flag of vLLM ${version}`, () => {
      const flags = engineFlagsOf(version);
      const shortest = shortestBeginnings(flags);
      assert.ok(flags.length > 150);
      for (const flag of flags) {
        for (const name of flag.names) {
          for (const words of spellings(flag, name, shortest)) {
            const { found, strays } = readArguments(words, flags);
            const values = flag.value === FlagValue.None ? [] : ["1"];
            const read = found.map((each) => [each.flag, each.values, each.wrongValues]);
            assert.deepEqual([read, strays], [[[flag, values, undefined]], []], words.join(" "));
          }
        }
      }
    });
  }

  it("finds the flag and the field of dotted names, with and without =, in lists, and abbreviated", () => {
    const { flags } = flagListOf("0.27.1");
    for (const words of [
      ["--speculative-config.method", "mtp"],
      ["--speculative_config.method=mtp"],
      ["--specul.method=mtp"],
      ["-sc.method=mtp"],
      ["--speculative-config.method+", "mtp"],
    ]) {
      const [only, ...more] = readArguments(words, flags).found;
      assert.deepEqual([only?.flag?.names[0], only?.values, more], ["--speculative-config", ["mtp"], []], words.join(" "));
      assert.match(only?.field ?? "", /^method\+?$/);
    }
  });

  it("takes -O3, -O 3 and -O=3 for the optimisation level", () => {
    const { flags } = flagListOf("0.27.1");
    for (const words of [["-O3"], ["-O=3"], ["-O", "3"]]) {
      const [only] = readArguments(words, flags).found;
      assert.deepEqual([only?.name, only?.values], ["--optimization-level", ["3"]], words.join(" "));
    }
  });

  it("takes the nearest list for a version without one, and says so", () => {
    const of = (version: string) => [flagListOf(version).release, flagListOf(version).exact];
    assert.deepEqual(of("0.27.1"), ["0.27.1", true]);
    assert.deepEqual(of("v0.27.1+cu130"), ["0.27.1", true]);
    assert.deepEqual(of("0.20.0.dev361"), ["0.20.0", false]);
    assert.deepEqual(of("0.22.1rc0"), ["0.22.1", false]);
    assert.deepEqual(of("0.30.2"), ["0.30.0", false]);
    assert.deepEqual(of("0.12.0"), ["0.13.0", false]);
    assert.deepEqual(of("1.0.0"), ["0.33.0", false]);
  });

  describe("agrees with argparse", () => {
    const flags = engineFlagsOf("0.27.1");
    // A parser with the flags of the list, and the same result for each list of words: which flags with which values, or an error.
    const program = `
import argparse, json, sys
class Stop(Exception): pass
class Parser(argparse.ArgumentParser):
    def error(self, message): raise Stop(message)
class Note(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        namespace.seen.append([self.dest, values if isinstance(values, list) else [values] if values is not None else []])
rows, lists = json.load(sys.stdin)
parser = Parser(add_help=False)
for number, (names, value) in enumerate(rows):
    parser.add_argument(*names, dest=str(number), action=Note, nargs={"-": 0, "=": None}.get(value, value))
for words in lists:
    space = argparse.Namespace(seen=[])
    try:
        _, rest = parser.parse_known_args(words, space)
        print(json.dumps(None if rest else space.seen))
    except Stop:
        print("null")
`;
    const words = fc.oneof(
      fc.constantFrom(
        "1",
        "-1",
        "x",
        "-",
        "-n1",
        "-n",
        "-r2",
        "-tp",
        "-tp2",
        "-t",
        "-p",
        "-q",
        "-qawq",
        "-dcp",
        "-x",
        "a b",
        "-x y",
        "--zzz",
      ),
      fc
        .constantFrom(...flags.flatMap(({ names }) => names))
        .chain((name) =>
          fc
            .tuple(fc.integer({ min: Math.min(3, name.length), max: name.length }), fc.constantFrom("", "=1", "=", "=a b"))
            .map(([length, end]) => name.slice(0, length) + end),
        ),
    );

    it("on any list of flags, abbreviations and values", function () {
      this.timeout(60_000);
      const lists = fc.sample(fc.array(words, { minLength: 1, maxLength: 4 }), { numRuns: 1000, seed: 7 });
      const input = JSON.stringify([flags.map(({ names, value }) => [names, value]), lists]);
      const { stdout, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
      const expected = stdout.trim().split("\n");
      assert.equal(expected.length, lists.length, stderr);
      const agreed = { read: 0, refused: 0 };
      lists.forEach((list, index) => {
        const { found, strays } = readArguments(list, flags);
        const sound = strays.length === 0 && found.every(({ flag, wrongValues }) => flag && !wrongValues);
        const ours = sound ? JSON.stringify(found.map(({ flag, values }) => [String(flags.indexOf(flag!)), values])) : "null";
        assert.deepEqual(JSON.parse(ours), JSON.parse(expected[index]!), JSON.stringify(list));
        agreed[sound ? "read" : "refused"]++;
      });
      assert.ok(agreed.read > 60 && agreed.refused > 300, JSON.stringify(agreed));
    });
  });
});
