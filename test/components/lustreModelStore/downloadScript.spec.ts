// Runs the real script as a process against a fake Hub. Does not prove that the real Hub answers like this one, nor that locks of Lustre
// work.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commit, FakeHub, hubForEach, model, mountScripts, runDownload, sendFrom, sha256, temporaryFolder } from "./fakeHub";

const bytes = (length: number, seed: number) => Buffer.from(Array.from({ length }, (_, index) => (index * seed) % 251));

describe("download script", () => {
  const shard = bytes(300_000, 7);
  const config = Buffer.from('{"model_type": "tiny"}');
  let hub: FakeHub;
  let target: string;

  hubForEach(
    () => ({
      "model-00001-of-00002.safetensors": { content: shard, lfs: true },
      "model-00002-of-00002.safetensors": { content: bytes(50_000, 11), lfs: true },
      "config.json": { content: config, lfs: false },
      "tokenizer.json": { content: bytes(20_000, 3), lfs: true },
      "chat_template.jinja": { content: Buffer.from("{{ messages }}"), lfs: false },
      "README.md": { content: Buffer.from("#"), lfs: false },
      "pytorch_model.bin": { content: bytes(1000, 5), lfs: true },
      "consolidated.safetensors": { content: bytes(1000, 5), lfs: true },
      "original/params.json": { content: Buffer.from("{}"), lfs: false },
      ".hidden/notes.json": { content: Buffer.from("{}"), lfs: false },
    }),
    (place) => ({ hub, target } = place),
  );

  const wanted = [
    "chat_template.jinja",
    "config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "tokenizer.json",
  ];
  const download = (options: { revision?: string; token?: string; folder?: string } = {}) =>
    runDownload({ endpoint: hub.address, target, ...options });
  const stored = () =>
    readdirSync(target)
      .filter((name) => !name.startsWith("."))
      .sort();
  const marker = () => JSON.parse(readFileSync(path.join(target, ".complete.json"), "utf8")) as { commit: string; files: object };
  const hasMarker = () => existsSync(path.join(target, ".complete.json"));

  it("downloads what vLLM reads, byte for byte, and not the copies in other formats", async () => {
    const { code, output } = await download();
    assert.equal(code, 0, output);
    assert.deepEqual(stored(), wanted);
    assert.deepEqual(hub.filesFetched().sort(), wanted);
    assert.equal(sha256(readFileSync(path.join(target, wanted[2]!))), sha256(shard));
  });

  it("runs from the mounted ConfigMap, where all files are links", async () => {
    const folder = temporaryFolder();
    mountScripts(folder);
    const { code, output } = await download({ folder });
    rmSync(folder, { recursive: true });
    assert.equal(code, 0, output);
    assert.deepEqual(stored(), wanted);
  });

  it("writes a marker with the commit and every file", async () => {
    await download();
    assert.deepEqual(Object.keys(marker().files), wanted);
    assert.equal(marker().commit, commit);
  });

  it("does not send any request if the marker and all files exist", async () => {
    await download();
    hub.requests.length = 0;
    const { code, output } = await download();
    assert.equal(code, 0);
    assert.match(output, /is complete: commit 0123456789abcdef/);
    assert.deepEqual(hub.requests, []);
  });

  it("fetches a missing file again although the marker exists", async () => {
    await download();
    hub.requests.length = 0;
    rmSync(path.join(target, "config.json"));
    assert.equal((await download()).code, 0);
    assert.deepEqual(hub.filesFetched(), ["config.json"]);
  });

  it("continues a partial file of an earlier pod from its end", async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, `${wanted[2]}.part`), shard.subarray(0, 123_456));
    assert.equal((await download()).code, 0);
    const request = hub.requests.find(({ url }) => url.includes("00001"));
    assert.equal(request?.range, "bytes=123456-");
    assert.equal(sha256(readFileSync(path.join(target, wanted[2]!))), sha256(shard));
  });

  it("continues a partial tokenizer, whose name vLLM would read if it were whole", async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, "tokenizer.json.part"), bytes(20_000, 3).subarray(0, 5000));
    const { code, output } = await download();
    assert.equal(code, 0, output);
    assert.equal(hub.requests.find(({ url }) => url.endsWith("/tokenizer.json"))?.range, "bytes=5000-");
    assert.deepEqual(readFileSync(path.join(target, "tokenizer.json")), bytes(20_000, 3));
  });

  it("resumes a transfer that the server cut off in the middle", async () => {
    let cut = false;
    hub.misbehave = ({ url }, response) => {
      if (cut || !url?.includes("00001")) return false;
      cut = true;
      response.writeHead(200, { "Content-Length": shard.length });
      response.write(shard.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
    const { code, output } = await download();
    assert.equal(code, 0, output);
    const ranges = hub.requests.filter(({ url }) => url.includes("00001")).map(({ range }) => range);
    assert.equal(ranges.length, 2);
    assert.match(ranges[1] ?? "", /^bytes=\d+-$/);
    assert.equal(sha256(readFileSync(path.join(target, wanted[2]!))), sha256(shard));
  });

  it("deletes a partial file with wrong bytes and downloads the whole file", async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, `${wanted[2]}.part`), Buffer.alloc(1000, 1));
    const { code, output } = await download();
    assert.equal(code, 0);
    assert.match(output, /model-00001-of-00002\.safetensors: SHA-256 is wrong; downloading it again/);
    assert.equal(sha256(readFileSync(path.join(target, wanted[2]!))), sha256(shard));
  });

  it("starts over when the server sends the whole file instead of the rest", async () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, `${wanted[2]}.part`), shard.subarray(0, 1000));
    hub.misbehave = ({ url }, response) => {
      if (!url?.includes("00001")) return false;
      sendFrom(shard, undefined, response);
      return true;
    };
    assert.equal((await download()).code, 0);
    assert.equal(sha256(readFileSync(path.join(target, wanted[2]!))), sha256(shard));
  });

  it("leaves neither file nor marker if the checksum stays wrong", async () => {
    hub.misbehave = ({ url, headers }, response) => {
      if (!url?.includes("00002")) return false;
      sendFrom(Buffer.alloc(50_000, 9), headers.range, response);
      return true;
    };
    const { code, output } = await download();
    assert.equal(code, 1);
    assert.match(output, /00002-of-00002\.safetensors: SHA-256 is [0-9a-f]{64} and should be [0-9a-f]{64}, three times in a row/);
    assert.equal(existsSync(path.join(target, wanted[3]!)), false);
    assert.equal(hasMarker(), false);
  });

  it("waits as long as a 429 says before the next request", async () => {
    let refused = 0;
    hub.misbehave = ({ url }, response) => {
      if (!url?.includes("config.json") || refused++ > 0) return false;
      response.writeHead(429, { "Retry-After": "1" }).end();
      return true;
    };
    assert.equal((await download()).code, 0);
    const [first, second, ...more] = hub.requests.filter(({ url }) => url.includes("config.json")).map(({ at }) => at);
    assert.deepEqual(more, []);
    assert.ok(second! - first! >= 1000, `asked again after ${second! - first!} ms`);
  });

  it("gives up after ten failures in a row, with the exit code for another attempt", async () => {
    hub.misbehave = ({ url }, response) => url!.startsWith("/api/") && Boolean(response.writeHead(503).end());
    const { code, output } = await download();
    assert.equal(code, 75);
    assert.equal(hub.requests.length, 10);
    assert.match(output, /HTTP 503 \(10 times in a row\); the downloaded data stays/);
  });

  it("resolves a branch once and keeps that commit when the branch moves", async () => {
    hub.misbehave = ({ url }, response) => url!.includes("config.json") && Boolean(response.writeHead(410).end());
    assert.equal((await download({ revision: "main" })).code, 1);
    hub.misbehave = () => false;
    hub.branches.main = "f".repeat(40);
    assert.equal((await download({ revision: "main" })).code, 0);
    assert.equal(marker().commit, commit);
    assert.ok(hub.requests.filter(({ url }) => url.includes("/resolve/")).every(({ url }) => url.includes(commit)));
  });

  for (const [status, token, reason] of [
    [401, undefined, "no token is set"],
    [403, "hf_weak", "the token cannot read it"],
  ] as const) {
    it(`says on HTTP ${status} that the model is gated, that ${reason}, and which setting helps`, async () => {
      hub.misbehave = (_, response) => Boolean(response.writeHead(status).end());
      const { code, output } = await download(token === undefined ? {} : { token });
      assert.equal(code, 1);
      assert.equal(hub.requests.length, 1);
      assert.ok(output.includes(reason) && output.includes("pulumi config set --secret huggingFaceToken"), output);
      assert.ok(output.includes(`/${model}`) && !output.includes("hf_weak"), output);
    });
  }

  it("sends the token to the Hub but not to the host of a redirect", async () => {
    const content = new FakeHub({});
    content.misbehave = ({ headers }, response) => {
      sendFrom(shard, headers.range, response);
      return true;
    };
    await content.start();
    hub.misbehave = ({ url }, response) =>
      url!.includes("00001") && Boolean(response.writeHead(302, { Location: `${content.address}/signed` }).end());
    const { code, output } = await download({ token: "hf_secret" });
    await content.stop();
    assert.equal(code, 0, output);
    assert.ok(hub.requests.every(({ authorization }) => authorization === "Bearer hf_secret"));
    assert.deepEqual(
      content.requests.map(({ url, authorization }) => [url, authorization]),
      [["/signed", undefined]],
    );
  });

  it("refuses a model that does not fit the free space before it fetches a file", async () => {
    hub.misbehave = ({ url }, response) => {
      if (!url!.startsWith("/api/")) return false;
      const siblings = [{ rfilename: "model.safetensors", size: 2 ** 60, lfs: { sha256: "0".repeat(64), size: 2 ** 60 } }];
      response.writeHead(200).end(JSON.stringify({ sha: commit, siblings }));
      return true;
    };
    const { code, output } = await download();
    assert.equal(code, 1);
    assert.match(output, /needs 1073741824\.0 GiB more and the file system has .* raise modelStore\.storageCapacityGiB/);
    assert.deepEqual(hub.filesFetched(), []);
  });

  it("lets one of two pods download, and the other finds the model complete", async () => {
    const runs = await Promise.all([download(), download()]);
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 0],
    );
    assert.deepEqual(hub.filesFetched().sort(), wanted);
  });
});
