// Proves that links, scripts, flags and quoted output in the pages match this repository. It opens no addresses on the web.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { charts } from "../../catalog/versions";
import { run } from "../plan/commandLine";
import { anchors, codeBlocks, commands, documents, root } from "./documents";

const { scripts } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

describe("the pages", () => {
  it("link only to files and headings that exist", () => {
    const broken: string[] = [];
    for (const { file, text } of documents()) {
      for (const [, target = ""] of text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [name = "", anchor] = target.split("#");
        const linked = name === "" ? file : path.join(path.dirname(file), name);
        const found = fs.existsSync(path.join(root, linked));
        const heading = anchor === undefined || (found && anchors(fs.readFileSync(path.join(root, linked), "utf8")).includes(anchor));
        if (!found || !heading) broken.push(`${file}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it("name only files of this repository, where they name a path", () => {
    const folders = fs.readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const pattern = new RegExp(`\`((?:${folders.map(({ name }) => name.replaceAll(".", "\\.")).join("|")})/[\\w./-]+)\``, "g");
    const missing = documents().flatMap(({ file, text }) =>
      [...text.matchAll(pattern)]
        .map(([, named = ""]) => named)
        .filter((named) => !fs.existsSync(path.join(root, named)))
        .map((named) => `${file}: ${named}`),
    );
    assert.deepEqual(missing, []);
  });

  it("keep README.md short: details are in docs/, and README.md links to every page there", () => {
    const readme = fs.readFileSync(path.join(root, "README.md"), "utf8");
    assert.ok(readme.split("\n").length <= 260, `${readme.split("\n").length} lines`);
    const pages = documents().filter(({ file }) => file.startsWith("docs/"));
    assert.deepEqual(
      pages.map(({ file }) => file).filter((file) => !readme.includes(`](${file}`)),
      [],
    );
  });

  it("name only npm scripts that exist", () => {
    const named = documents().flatMap(({ file, text }) =>
      [...text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map(([, script = ""]) => ({ file, script })),
    );
    assert.ok(named.length >= 10, `${named.length} scripts`);
    for (const { file, script } of named) assert.ok(script in scripts, `${file}: npm run ${script}`);
  });

  it("install the controllers in the versions of the catalog", () => {
    const versions = { lws: charts.leaderWorkerSet.version, "aws-load-balancer-controller": charts.loadBalancerController.version };
    for (const [chart, version] of Object.entries(versions)) {
      const pattern = new RegExp(`(?:/| )${chart} (?:--repo \\S+ )?--version (\\S+)`, "g");
      const named = documents().flatMap(({ text }) => [...text.matchAll(pattern)].map(([, found]) => found));
      assert.deepEqual([...new Set(named)], [version], chart);
    }
  });

  for (const command of ["plan", "fit"]) {
    it(`give ${command} only flags that its --help lists`, async () => {
      const help = (await run(command, "--help")).out;
      const known = new Set(help.match(/--[a-z][a-z-]*|(?<=\s)-[a-zA-Z](?=[ ,])/g));
      const found = [...commands(`npm run -s ${command} --`), ...commands(`npm run ${command} --`), ...commands(`npx vllm-eks ${command}`)];
      assert.ok(found.length > 0);
      for (const { file, words } of found) {
        const flags = words.slice(words.indexOf(command) + 1).filter((word) => /^--?[a-zA-Z]/.test(word));
        for (const flag of flags) assert.ok(known.has(flag), `${file}: ${words.join(" ")}: ${flag} is not a flag of ${command}`);
      }
    });
  }

  it("quote only lines that plan and fit print today; a line with … stands for lines left out", async () => {
    const quotes = codeBlocks("console").filter(({ text }) => /^\$ npm run (-s )?(plan|fit)/.test(text));
    assert.ok(quotes.length >= 3, `${quotes.length} quotes`);
    const printedBy = new Map<string, Set<string>>();
    for (const { file, line, text } of quotes) {
      const [, command = "", quoted = ""] = /^\$ ((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(text) ?? [];
      const words = command
        .replaceAll(/\s*\\\n\s*/g, " ")
        .split(" ")
        .map((word) => word.replaceAll("'", ""));
      const argv = words.slice(words.findIndex((word) => word === "plan" || word === "fit")).filter((word) => word !== "--");
      const printed = printedBy.get(argv.join(" ")) ?? new Set((await run(...argv)).out.split("\n").map((each) => each.trimEnd()));
      printedBy.set(argv.join(" "), printed);
      const invented = quoted.split("\n").filter((each) => each.trim() !== "" && !each.includes("…") && !printed.has(each.trimEnd()));
      assert.deepEqual(invented, [], `${file}:${line}: ${command}`);
    }
  });
});
