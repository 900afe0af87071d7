// Proves what the files of the GitHub workflows show: pins, permissions, scripts that exist. The workflows have never run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { repository } from "../support/environments";

interface Job {
  needs?: string | string[];
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = path.join(repository, ".github/workflows");
const textOf = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
const workflow = (name: string) => parse(textOf(name)) as Workflow;
const jobsOf = (name: string) => Object.values(workflow(name).jobs);
const runsOf = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
const commandsOf = (name: string) => jobsOf(name).flatMap(runsOf);
const names = fs.readdirSync(folder).sort();
const json = (name: string) => JSON.parse(fs.readFileSync(path.join(repository, name), "utf8")) as Record<string, unknown>;

/** Commands that run no code of this repository or of its dependencies, so a job with rights may run them. */
const handsOn = [
  /^npm publish \.\/vllm-eks-\*\.tgz --ignore-scripts --provenance --access public$/,
  /^gh release create "\$GITHUB_REF_NAME" files\/\* --repo "\$GITHUB_REPOSITORY" --verify-tag --generate-notes$/,
];

describe("the workflows", () => {
  it("are four: one runs the lanes on every change, two look at catalog and digests every week, one releases on a tag", () => {
    assert.deepEqual(names, ["catalog.yml", "ci.yml", "digests.yml", "release.yml"]);
    assert.deepEqual(commandsOf("ci.yml"), [".ci/run"]);
    assert.deepEqual(commandsOf("digests.yml"), ["npm ci --ignore-scripts", "npm run -s digests -- --check"]);
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

  it("may only read, unless a job says what more it needs, have no secret, and have a time limit", () => {
    for (const name of names) {
      assert.deepEqual(workflow(name).permissions, { contents: "read" }, name);
      assert.doesNotMatch(textOf(name), /secrets\./, name);
      for (const job of jobsOf(name)) assert.ok(job["timeout-minutes"], name);
      if (name !== "release.yml") for (const job of jobsOf(name)) assert.equal(job.permissions, undefined, name);
    }
    const permissions = Object.entries(workflow("release.yml").jobs).map(([job, of]) => [job, of.permissions]);
    assert.deepEqual(Object.fromEntries(permissions), {
      build: undefined,
      npm: { "id-token": "write" },
      provenance: { "id-token": "write", attestations: "write" },
      github: { contents: "write" },
    });
  });

  it("install, build or test only in jobs without rights: a job with rights hands on what was built", () => {
    for (const name of names) {
      for (const job of jobsOf(name).filter(({ permissions }) => permissions !== undefined)) {
        for (const run of runsOf(job))
          assert.ok(
            handsOn.some((form) => form.test(run)),
            `${name}: ${run}`,
          );
        for (const { uses = "" } of job.steps) assert.doesNotMatch(uses, /checkout|cache/, `${name}: ${uses}`);
      }
    }
  });

  it("leave no token of GitHub on the disk of a job that runs code", () => {
    const checkouts = names.flatMap((name) =>
      jobsOf(name).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.includes("/checkout@"))),
    );
    assert.equal(checkouts.length, 4);
    for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
  });

  it("release what was tested: build after every test, publish after build, GitHub's release last", () => {
    const { jobs } = workflow("release.yml");
    const commands = runsOf(jobs.build!);
    const order = ["npm ci --ignore-scripts", "npm run prepare", "npm test", "npm run build", "npm run test:package"];
    const all = [...order, "npm pack ./dist --pack-destination release", "npm run -s sbom > release/sbom.cdx.json"];
    const places = all.map((command) => commands.indexOf(command));
    assert.ok(!places.includes(-1), commands.join("\n"));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    const publish = "npm publish ./vllm-eks-*.tgz --ignore-scripts --provenance --access public";
    assert.deepEqual(runsOf(jobs.npm!), [publish]);
    const attested = jobs.provenance!.steps.filter(({ uses }) => uses?.startsWith("actions/attest-build-provenance@"));
    assert.deepEqual(
      attested.map(({ with: given }) => given),
      [{ "subject-path": "vllm-eks-*.tgz" }],
    );
    assert.deepEqual([jobs.npm!.needs, jobs.provenance!.needs, jobs.github!.needs], ["build", "build", ["npm", "provenance"]]);
  });
});

describe("what a release brings with it", function () {
  this.timeout(60_000);

  it("is listed in its SBOM: every dependency and what that needs, with its hash, and no tool of this repository", () => {
    const { name, version, dependencies } = json("package.json") as { name: string; version: string; dependencies: Record<string, string> };
    const bom = JSON.parse(execFileSync("npm", ["run", "-s", "sbom"], { cwd: repository, encoding: "utf8" })) as {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: { name: string; version: string; hashes?: { content: string }[] }[];
    };
    assert.deepEqual([bom.bomFormat, bom.metadata.component.name, bom.metadata.component.version], ["CycloneDX", name, version]);
    const listed = new Map(bom.components.map((each) => [each.name, each.version]));
    for (const [each, exact] of Object.entries(dependencies)) assert.equal(listed.get(each), exact, each);
    const locked = Object.entries(json("package-lock.json").packages as Record<string, { dev?: boolean }>);
    assert.equal(bom.components.length, locked.filter(([at, { dev }]) => at !== "" && !dev).length);
    for (const each of bom.components) assert.ok(each.hashes?.[0]?.content, each.name);
    for (const tool of ["typescript", "mocha", "eslint"]) assert.ok(!listed.has(tool), tool);
  });

  it("runs no script at installation that we have not read: each such package is refused in package.json", () => {
    const packages = json("package-lock.json").packages as Record<string, { name?: string; hasInstallScript?: boolean; dev?: boolean }>;
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const namesOf = scripted.map(([at, { name }]) => name ?? at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length));
    const refused = Object.fromEntries([...new Set(namesOf)].sort().map((name) => [name, false]));
    assert.deepEqual(json("package.json").allowScripts, refused);
    assert.deepEqual(
      scripted.filter(([, { dev }]) => !dev).map(([at]) => at),
      [],
      "a program that installs the package runs no script",
    );
  });
});
