import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root, run } from "./commandLine";

// Proves what the command line prints and how it exits. The specs of sizing and catalog prove that the numbers are right.
describe("command line", () => {
  describe("exit codes", () => {
    const cases: [code: number, what: string, argv: string[]][] = [
      [0, "a plan that can be deployed", ["plan"]],
      [0, "a plan that still needs values from the user", ["plan", "--stack", "prod"]],
      [0, "a plan without AWS", ["plan", "--stack", "local"]],
      [2, "a model that does not fit", ["plan", "--set", "instanceType=g6.8xlarge", "--set", "tensorParallelSize=1"]],
      [2, "a key that does not exist", ["plan", "--set", "nodeCuont=4"]],
      [0, "a fit", ["fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "p5.48xlarge"]],
      [0, "a list of shapes", ["fit", "--model", "Qwen/Qwen3-32B"]],
      [2, "a model that does not fit the instance type", ["fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "g6.8xlarge"]],
      [2, "an instance type that is not in the catalog", ["fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "p9.48xlarge"]],
      [0, "help", ["plan", "--help"]],
      [0, "the version", ["--version"]],
      [64, "no command", []],
      [64, "a command that does not exist", ["deploy"]],
      [64, "an option that does not exist", ["plan", "--bogus"]],
      [64, "one argument too many", ["plan", "dev"]],
      [64, "an environment without a file", ["plan", "--stack", "staging"]],
      [64, "a setting without a value", ["plan", "--set", "nodeCount"]],
      [64, "a day that does not exist", ["plan", "--as-of", "2026-02-30"]],
      [64, "a fit without a model", ["fit"]],
      [64, "a config.json that does not exist", ["fit", "--model-config", "missing.json"]],
      [64, "a size that is not a whole number", ["fit", "--model", "Qwen/Qwen3-32B", "--tensor-parallel-size", "1.5"]],
      [64, "a share above one", ["fit", "--model", "Qwen/Qwen3-32B", "--gpu-memory-utilization", "90"]],
    ];
    for (const [code, what, argv] of cases) {
      it(`is ${code} for ${what}`, async () => {
        const ran = await run(...argv);
        assert.equal(ran.code, code, ran.err);
        if (code === 64) assert.equal(ran.out, "");
        if (code === 64) assert.notEqual(ran.err, "");
      });
    }
  });

  describe("--json", () => {
    for (const argv of [
      ["plan"],
      ["plan", "--stack", "prod"],
      ["plan", "--set", "nodeCount=0"],
      ["plan", "--set", "model=nobody/nothing"],
      ["fit", "--model", "Qwen/Qwen3-32B"],
    ]) {
      it(`writes one object and nothing else for ${argv.join(" ")}`, async () => {
        const { out, err } = await run(...argv, "--json");
        assert.equal(err, "");
        const document = JSON.parse(out) as { schemaVersion: number };
        assert.equal(document.schemaVersion, 1);
        assert.equal(out, `${JSON.stringify(document, null, 2)}\n`);
      });
    }

    it("prints only JSON as a separate process, where Pulumi could print too", () => {
      const out = execFileSync(process.execPath, ["tools/run.mjs", "plan", "--json"], { cwd: root, encoding: "utf8" });
      assert.equal((JSON.parse(out) as { verdict: string }).verdict, "deployable");
    });

    it("does not load Pulumi to fit a model", () => {
      execFileSync(process.execPath, ["tools/transpile.mjs"], { cwd: root });
      const script = `const io = { out() {}, err() {}, colour: false, directory: ".", today: "2026-11-24" };
        require("./.build/plan/cli.js").main(["fit", "--model", "Qwen/Qwen3-32B"], io)
          .then(() => console.log(Object.keys(require.cache).filter((file) => file.includes("@pulumi")).length));`;
      assert.equal(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }).trim(), "0");
    });

    it("reports the manifests' folder on stderr", async () => {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), "manifests-"));
      const { out, err } = await run("plan", "--json", "--manifests", directory);
      assert.equal((JSON.parse(out) as { verdict: string }).verdict, "deployable");
      assert.match(err, /^\d+ manifests written to /);
      fs.rmSync(directory, { recursive: true });
    });
  });

  describe("text", () => {
    const plans = [
      ["plan"],
      ["plan", "--resources"],
      ["plan", "--stack", "prod"],
      ["plan", "--stack", "local"],
      ["plan", "--set", "instanceType=p3.99xlarge", "--set", "engine.maxModelLen=99999999", "--set", "tags.aws:x=1"],
      ["plan", "--set", "capacity.type=reservation", "--set", "availabilityZone=us-west-2a", "--set", "model=Qwen/Qwen3-32B"],
      ["fit", "--model", "deepseek-ai/DeepSeek-V3.1"],
      ["fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "p5.48xlarge", "--explain"],
      ["fit", "--help"],
      ["plan", "--help"],
    ];
    for (const argv of plans) {
      it(`keeps to 100 columns and uses no colour off a terminal: ${argv.join(" ")}`, async () => {
        const { out } = await run(...argv);
        assert.deepEqual(
          out.split("\n").filter((line) => line.length > 100),
          [],
        );
        assert.equal(out.includes("\u001b["), false);
        assert.equal(/undefined|NaN|\[object/.test(out), false);
      });
    }

    it("gives the verdict first, then what the user has to do, each item with its command", async () => {
      const { out } = await run("plan", "--set", "nodeCount=1");
      assert.match(out, /^REFUSED dev: deepseek-ai\/DeepSeek-R1-Distill-Qwen-32B on 1 × p4d\.24xlarge\n {2}1 error, /);
      assert.match(out, /\n\nerror {2}nodeCount {2}\[too-few-nodes\]\n/);
      assert.match(out, / npm run plan -- --stack dev --set nodeCount=2\n/);
      assert.match(out, / pulumi config set -s dev nodeCount 2\n/);
    });

    it("keeps the other settings of the plan in the command that it proposes", async () => {
      const { out } = await run("plan", "--set", "nodeCount=1", "--set", "engine.maxModelLen=4096");
      assert.match(out, / npm run plan -- --stack dev --set engine\.maxModelLen=4096 --set nodeCount=2\n/);
    });

    it("proposes flags when the command is fit", async () => {
      const { out } = await run("fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "g6e.8xlarge", "--max-model-len", "99999");
      assert.match(out, /^DOES NOT FIT/);
      assert.match(out, /npm run fit -- --model Qwen\/Qwen3-32B --instance-type g6e\.8xlarge --max-model-len 99999 /);
    });
  });
});
