// Proves how tools/refreshDigests.mjs reads registries, with answers from a table, and how it writes catalog/digests.ts. It does not prove
// that the registries answer like this: the workflow `digests` asks them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { repository } from "../support/environments";

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The answer with this header of authorization. */
  authorized?: { token: string; body: string };
}

const sha256 = (text: string) => `sha256:${crypto.createHash("sha256").update(text).digest("hex")}`;

/** Runs an expression of the tool `m` with a `fetch` that answers from the table, and gives its result or its error. */
function ask(expression: string, answers: Record<string, Answer>): { result?: unknown; error?: string } {
  const script = `
    const answers = ${JSON.stringify(answers)};
    const fetch = async (address, { headers = {} } = {}) => {
      const answer = answers[address];
      if (!answer) throw new Error("not in the table: " + address);
      if (answer.authorized && headers.authorization === "Bearer " + answer.authorized.token) return new Response(answer.authorized.body);
      return new Response(answer.body ?? "", { status: answer.status ?? 200, headers: answer.headers ?? {} });
    };
    const m = await import("./tools/refreshDigests.mjs");
    const told = await Promise.resolve().then(() => ${expression}).then((result) => ({ result }), (error) => ({ error: error.message }));
    process.stdout.write(JSON.stringify(told));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: repository, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as { result?: unknown; error?: string };
}

describe("digests of images", () => {
  const reference = "public.ecr.aws/eks/controller:v1.0.0";
  const address = "https://public.ecr.aws/v2/eks/controller/manifests/v1.0.0";
  const digest = (answers: Record<string, Answer>) => ask(`m.imageDigest(${JSON.stringify(reference)}, fetch)`, answers);

  it("are the SHA-256 of the manifest", () => {
    assert.deepEqual(digest({ [address]: { body: "manifest" } }), { result: sha256("manifest") });
  });

  it("are asked with a token that anyone gets", () => {
    const challenge = 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="repository:eks/controller:pull"';
    const found = digest({
      [address]: { status: 401, headers: { "www-authenticate": challenge }, authorized: { token: "t", body: "manifest" } },
      "https://public.ecr.aws/token/?service=public.ecr.aws&scope=repository%3Aeks%2Fcontroller%3Apull": { body: '{"token":"t"}' },
    });
    assert.deepEqual(found, { result: sha256("manifest") });
  });

  it("are not guessed where the registry wants a login", () => {
    const found = digest({ [address]: { status: 401, headers: { "www-authenticate": 'Basic realm="ECR"' } } });
    assert.match(found.error!, /wants a login/);
  });

  it("are refused when the registry states another digest than its manifest has", () => {
    const found = digest({ [address]: { body: "manifest", headers: { "docker-content-digest": sha256("other") } } });
    assert.match(found.error!, /states sha256:.*, but its manifest has sha256:/);
  });
});

describe("digests of charts", () => {
  const chart = { chart: "c", version: "1.0.0", repository: "https://charts.example/stable" };
  const index = (digest: string) =>
    `entries:\n  c:\n    - { version: 1.0.0, digest: ${digest}, urls: [c-1.0.0.tgz] }\n    - { version: 0.9.0, digest: aa, urls: [c-0.9.0.tgz] }\n`;
  const archive = { "https://charts.example/stable/c-1.0.0.tgz": { body: "archive" } };
  const digest = (answers: Record<string, Answer>, of: object = chart) => ask(`m.chartDigest(${JSON.stringify(of)}, fetch)`, answers);
  const at = "https://charts.example/stable/index.yaml";

  it("are the SHA-256 of the archive, which the index confirms", () => {
    assert.deepEqual(digest({ [at]: { body: index(sha256("archive").slice(7)) }, ...archive }), { result: sha256("archive") });
  });

  it("are refused when archive and index disagree, and when the index has no such version", () => {
    assert.match(digest({ [at]: { body: index("bb") }, ...archive }).error!, /but the index states bb/);
    assert.match(digest({ [at]: { body: "entries: {}" } }).error!, /has no c 1\.0\.0/);
  });

  it("of an OCI registry are those of the manifest", () => {
    const found = digest(
      { "https://registry.example/v2/charts/c/manifests/1.0.0": { body: "manifest" } },
      { chart: "oci://registry.example/charts/c", version: "1.0.0" },
    );
    assert.deepEqual(found, { result: sha256("manifest") });
  });
});

describe("the table of digests", () => {
  it("keeps the source of what is confirmed and of what needs a login, and names what moved, appeared or failed", () => {
    const source = { url: "https://example.com/x", asOf: "2026-01-01", confidence: "medium" };
    const known = {
      same: { digest: "sha256:1", source },
      "a.example/r:v1": { digest: "sha256:1", source },
      closed: { digest: "sha256:1", source },
    };
    const chart = { chart: "c", version: "1.0.0", repository: "https://charts.example/stable/" };
    const wanted = `{ same: { ask: () => "sha256:1" }, "a.example/r:v1": { ask: () => "sha256:2", url: m.imagePage("a.example/r:v1") },
      "c 1.0.0": { ask: () => "sha256:3", url: m.chartPage(${JSON.stringify(chart)}) },
      closed: { ask: () => { throw new m.NeedsLogin("login"); } }, gone: { ask: () => { throw new Error("answers 404"); } } }`;
    const { result } = ask(`m.compare(${JSON.stringify(known)}, ${wanted}, "2026-12-01")`, {}) as {
      result: { rows: Record<string, { digest: string; source: { url: string; asOf: string } } | undefined>; lines: { state: string }[] };
    };
    assert.deepEqual(
      result.lines.map(({ state }) => state),
      ["confirmed", "moved", "found", "login", "failed"],
    );
    assert.deepEqual([result.rows.same, result.rows.closed, result.rows.gone], [known.same, known.closed, undefined]);
    assert.deepEqual(result.rows["a.example/r:v1"], {
      digest: "sha256:2",
      source: { url: "https://a.example/r", asOf: "2026-12-01", confidence: "high" },
    });
    assert.equal(result.rows["c 1.0.0"]?.source.url, "https://charts.example/stable/index.yaml");
    assert.deepEqual(ask('m.chartPage({ chart: "oci://registry.example/charts/c", version: "1.0.0" })', {}), {
      result: "https://registry.example/charts/c",
    });
  });

  it("is written in its two constants and nowhere else", () => {
    const text = fs.readFileSync(path.join(repository, "catalog/digests.ts"), "utf8");
    const rows = { a: { digest: "sha256:1", source: { url: "https://a", asOf: "2026-12-01", confidence: "high" } }, b: undefined };
    const expression = `m.written(${JSON.stringify(text)}, { imageDigests: { ...${JSON.stringify(rows)}, b: undefined }, chartDigests: {} })`;
    const { result } = ask(expression, {}) as { result: string };
    assert.match(result, /imageDigests: Readonly<[^=]*= \{\n"a": \{"digest":"sha256:1",.*\},\n"b": undefined,\n\};/);
    assert.match(result, /chartDigests: Readonly<[^=]*= \{\n\n\};/);
    const outside = (whole: string) => whole.replace(/= \{\n[\s\S]*?\n\};/g, "= {};");
    assert.equal(outside(result), outside(text));
  });
});
