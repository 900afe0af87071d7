import assert from "node:assert/strict";
import { argvInShell, commandsIn, readByShell } from "../support/shell";
import { run } from "./commandLine";
import { allCases } from "./problems/allCases";
import { planOf } from "./problems/provoked";

// Proves that a printed command is one command for a shell and names the stack that was asked for. What Pulumi does with it, the engine
// lane proves.

/** Commands of a report: lines that end in a backslash go on. */
const commandLines = (report: string): string[] =>
  report
    .replace(/ \\\n\s*/g, " ")
    .split("\n")
    .filter((line) => /^ {6}(npm run (plan|fit)|npx vllm-eks|pulumi) /.test(line))
    .map((line) => line.trim());

describe("commands of a plan's report", () => {
  for (const stack of ["dev", "org/dev", "my-org.io/vllm-eks/dev"]) {
    it(`name ${stack}, and pass on settings and proposed values as they are`, async () => {
      const odd = 'modelConfigFile=it\'s $(here) `x` "y" ; z';
      const { out, code } = await run("plan", "--stack", stack, "--set", odd, "--set", "nodeCount=1", "--set", "capacity.type=spott");
      assert.equal(code, 2, out);
      const found = argvInShell(commandLines(out));
      assert.ok(found.length >= 4, out);
      for (const argv of found) {
        if (argv[0] === "pulumi") assert.deepEqual(argv.slice(argv.indexOf("-s"), argv.indexOf("-s") + 2), ["-s", stack], argv.join(" "));
        else assert.deepEqual([argv[4], argv[5], argv.includes(odd)], ["--stack", stack, true], argv.join(" "));
      }
      for (const { fix } of JSON.parse((await run("plan", "--json", "--stack", stack)).out).problems as { fix: string }[])
        for (const command of commandsIn(fix))
          if (command.startsWith("pulumi config")) assert.match(command, new RegExp(` -s ${stack}( |$)`));
    });
  }

  it("are about the environment of that name", async () => {
    const { environment } = JSON.parse((await run("plan", "--json", "--stack", "org/dev")).out) as { environment: string };
    assert.equal(environment, "dev");
  });

  it("are not printed for a text that is not the name of a stack, or for another project's stack", async () => {
    for (const stack of ["a/b/c/dev", "../dev", "dev; id", "org/", "/dev", "-h/dev", "x/..", ""]) {
      const { code, err } = await run("plan", "--stack", stack);
      assert.deepEqual([code, /is not the name of a stack/.test(err)], [64, true], `${stack}: ${err}`);
    }
    assert.match((await run("plan", "--stack", "org/other/dev")).err, /of the project other, but Pulumi\.yaml here is of vllm-eks/);
    assert.match((await run("plan", "--stack", "org/staging")).err, /There is no environment "staging"/);
  });
});

describe("commands in a fix", () => {
  it("are read by a shell and name the stack, in every case of this folder", async () => {
    const seen: string[] = [];
    for (const provoked of allCases) {
      for (const { code, fix } of (await planOf(provoked)).problems)
        for (const command of commandsIn(fix)) {
          seen.push(command);
          if (/^pulumi (config|up|destroy|stack)/.test(command))
            assert.match(command, new RegExp(` -s ${provoked.stack ?? "dev"}( |$)`), `${code}: ${command}`);
        }
    }
    const different = [...new Set(seen)];
    assert.ok(different.length > 10, different.join("\n"));
    readByShell(different);
  }).timeout(300_000);
});
