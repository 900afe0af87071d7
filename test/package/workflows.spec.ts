// Proves what the files of the GitHub workflows show: pins, permissions, scripts that exist. The workflows have never run.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { repository } from "../support/environments";

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: { uses?: string; run?: string }[] }>;
}

const folder = path.join(repository, ".github/workflows");
const textOf = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
const workflow = (name: string) => parse(textOf(name)) as Workflow;
const commandsOf = (name: string) => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
const names = fs.readdirSync(folder).sort();

describe("the workflows", () => {
  it("are two: one runs the lanes on every change, one releases on a tag", () => {
    assert.deepEqual(names, ["ci.yml", "release.yml"]);
    assert.deepEqual(commandsOf("ci.yml"), [".ci/run"]);
    const { on } = parse(textOf("release.yml")) as { on: unknown };
    assert.deepEqual(on, { push: { tags: ["v*"] } });
  });

  it("pin every action by commit and name its version", () => {
    for (const name of names) {
      const uses = textOf(name).match(/uses:.*$/gm) ?? [];
      assert.ok(uses.length >= 2, name);
      for (const line of uses) assert.match(line, /^uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("may only read, have no secret, and have a time limit; the release may also prove its identity", () => {
    for (const name of names) {
      assert.deepEqual(workflow(name).permissions, { contents: "read" }, name);
      assert.doesNotMatch(textOf(name), /secrets\./, name);
      for (const job of Object.values(workflow(name).jobs)) assert.ok(job["timeout-minutes"], name);
    }
    assert.equal(workflow("ci.yml").jobs.lanes?.permissions, undefined);
    assert.deepEqual(workflow("release.yml").jobs.npm?.permissions, { contents: "read", "id-token": "write" });
  });

  it("publish dist/ last, after every step that can fail", () => {
    const commands = commandsOf("release.yml");
    const order = ["npm ci", "npm test", "npm run build", "npm run test:package"].map((command) => commands.indexOf(command));
    assert.ok(!order.includes(-1), commands.join("\n"));
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      order,
    );
    assert.match(commands.at(-1)!, /^npx --yes npm@[\d.]+ publish \.\/dist --provenance --access public$/);
  });
});
