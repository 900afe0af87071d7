// Proves that the script believes content and not names or sizes, that it follows no links, and that it never prints the token. Does not
// prove that the real Hub reports digests like the fake one.
import assert from "node:assert/strict";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { commit, type FakeHub, gitObjectId, hubForEach, runDownload, sendFrom, sha256 } from "./fakeHub";

const bytes = (length: number, seed: number) => Buffer.from(Array.from({ length }, (_, index) => (index * seed) % 251));

describe("download script and content", () => {
  const files = {
    "model.safetensors": { content: bytes(100_000, 7), lfs: true },
    "config.json": { content: Buffer.from('{"model_type": "tiny"}'), lfs: false },
    "modeling_tiny.py": { content: Buffer.from("class Tiny: pass\n"), lfs: false },
    "sub/extra.json": { content: Buffer.from("{}"), lfs: false },
    "empty.txt": { content: Buffer.alloc(0), lfs: false },
  };
  type Name = keyof typeof files;
  const names = Object.keys(files) as Name[];
  let hub: FakeHub;
  let volume: string;
  let target: string;

  hubForEach(
    () => ({ ...files }),
    (place) => ({ hub, volume, target } = place),
  );

  const at = (name: string) => path.join(target, name);
  const download = (options: { token?: string; arguments?: string[]; revision?: string } = {}) =>
    runDownload({ endpoint: hub.address, target, ...options });
  const put = (name: string, content: Buffer | string) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
  };
  const assertWhole = () => {
    for (const name of names) assert.deepEqual(readFileSync(at(name)), files[name].content, name);
  };
  const listing = (siblings: unknown, sha = commit) => {
    hub.misbehave = ({ url }, response) => url!.startsWith("/api/") && Boolean(response.end(JSON.stringify({ sha, siblings })));
  };

  /** Changes one byte and keeps size and times. */
  const flip = (name: Name, position: number) => {
    const { atime, mtime } = statSync(at(name));
    const content = Buffer.from(readFileSync(at(name)));
    content[position]! ^= 1;
    writeFileSync(at(name), content);
    utimesSync(at(name), atime, mtime);
  };

  for (const name of ["modeling_tiny.py", "model.safetensors", "config.json", "sub/extra.json"] as const) {
    it(`finds one flipped byte of a finished ${name}, although the marker calls the model complete`, async () => {
      assert.equal((await download()).code, 0);
      flip(name, 1);
      hub.requests.length = 0;
      const { code, output } = await download();
      assert.equal(code, 0, output);
      assert.match(output, new RegExp(`${name} is there with other content than the Hub reports; downloading it again`));
      assert.deepEqual(hub.filesFetched(), [name]);
      assertWhole();
    });
  }

  it("finds a flipped byte at any place of any file", async () => {
    assert.equal((await download()).code, 0);
    const place = fc
      .constantFrom<Name>("modeling_tiny.py", "model.safetensors", "config.json")
      .chain((name) => fc.record({ name: fc.constant(name), position: fc.nat(files[name].content.length - 1) }));
    await fc.assert(
      fc.asyncProperty(place, async ({ name, position }) => {
        flip(name, position);
        assert.equal((await download()).code, 0);
        assertWhole();
      }),
      { numRuns: 8 },
    );
  });

  it("does not believe a file of the right size that lies there without a marker", async () => {
    put("modeling_tiny.py", "class Evil: pass\n");
    assert.equal((await download()).code, 0);
    assertWhole();
  });

  it("fetches nothing again that lies there with the right content and without a marker", async () => {
    put("model.safetensors", files["model.safetensors"].content);
    assert.equal((await download()).code, 0);
    assert.ok(!hub.filesFetched().includes("model.safetensors"));
  });

  it("refuses a small file whose bytes differ from its git object id three times", async () => {
    hub.misbehave = ({ url, headers }, response) => {
      if (!url?.endsWith("/modeling_tiny.py")) return false;
      sendFrom(Buffer.from("class Evil: pass\n"), headers.range, response);
      return true;
    };
    const { code, output } = await download();
    assert.equal(code, 1, output);
    assert.ok(output.includes(`git object id is ${gitObjectId(Buffer.from("class Evil: pass\n"))}`), output);
    assert.equal(existsSync(at("modeling_tiny.py")), false);
    assert.equal(existsSync(at(".complete.json")), false);
  });

  for (const [what, text] of [
    ["half of it is missing", (whole: string) => whole.slice(0, whole.length / 2)],
    ["it lists no files", (whole: string) => JSON.stringify({ ...JSON.parse(whole), files: {} })],
    ["it is a list", () => "[]"],
    ["a size in it is negative", (whole: string) => whole.replace(/"size": \d+/, '"size": -1')],
    ["it has no digests, as those of earlier versions", (whole: string) => whole.replaceAll(/"blob": "[0-9a-f]+"/g, '"blob": null')],
    ["it names a file outside", (whole: string) => whole.replace('"config.json"', '"../config.json"')],
    ["it is deeply nested", () => "[".repeat(100_000)],
  ] as const) {
    it(`reads the list of files again if the marker cannot be used: ${what}`, async () => {
      assert.equal((await download()).code, 0);
      writeFileSync(at(".complete.json"), text(readFileSync(at(".complete.json"), "utf8")));
      flip("modeling_tiny.py", 3);
      assert.equal((await download()).code, 0);
      assert.ok(hub.requests.filter(({ url }) => url.startsWith("/api/")).length >= 2);
      assertWhole();
    });
  }

  for (const [what, name, report] of [
    ["a negative size", "model.safetensors", { size: -1, lfs: { sha256: sha256(Buffer.alloc(0)), size: -1 } }],
    ["a negative size of a small file", "config.json", { size: -1 }],
    ["no size", "config.json", { size: undefined }],
    ["a size that is text", "config.json", { size: "22" }],
    ["a size that is not whole", "config.json", { size: 22.5 }],
    ["true as size", "config.json", { size: true }],
    ["no digest", "config.json", { blobId: undefined }],
    ["an empty digest", "model.safetensors", { lfs: { sha256: "", size: 100_000 } }],
    ["a digest that is not one", "config.json", { blobId: "main" }],
  ] as const) {
    it(`refuses a listing with ${what}, and fetches nothing`, async () => {
      hub.reports = { [name]: report };
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.match(output, new RegExp(`lists ${name.replace(".", "\\.")} with .* so a download could not be checked`));
      assert.deepEqual(hub.filesFetched(), []);
      assert.equal(existsSync(at(".complete.json")), false);
    });
  }

  for (const name of [
    "../evil.json",
    "/etc/evil.json",
    "a/../../evil.json",
    "a//evil.json",
    "..\\evil.json",
    "a\u0000.json",
    "a\nb.json",
  ]) {
    it(`refuses a file with the name ${JSON.stringify(name)}`, async () => {
      listing([{ rfilename: name, size: 2, blobId: gitObjectId(Buffer.from("{}")) }]);
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.match(output, /leads out of the directory/);
      assert.deepEqual(readdirSync(volume), ["acme"]);
    });
  }

  for (const [what, answer] of [
    ["null", null],
    ["text", "x"],
    ["a list of names", ["config.json"]],
  ] as const) {
    it(`says what is wrong if the list of files is ${what}`, async () => {
      listing(answer);
      const { code, output } = await download();
      assert.deepEqual([code, /does not list files as huggingface\.co does/.test(output)], [1, true], output);
    });
  }

  it("refuses an answer about another commit than the one asked for", async () => {
    listing([{ rfilename: "model.safetensors", size: 1, lfs: { sha256: "0".repeat(64), size: 1 } }], "f".repeat(40));
    const { code, output } = await download();
    assert.equal(code, 1);
    assert.match(output, /answers with commit f{40} when asked for 0123/);
  });

  describe("and links", () => {
    let other: string;
    beforeEach(() => {
      mkdirSync(target, { recursive: true });
      other = path.join(volume, "other");
      writeFileSync(other, "someone else's");
    });
    afterEach(() => assert.equal(readFileSync(other, "utf8"), "someone else's"));

    for (const name of [
      "model.safetensors.part",
      "config.json.part",
      "model.safetensors",
      ".complete.json",
      ".commit",
      ".lock",
      ".commit.new",
    ]) {
      it(`does not write through a symbolic link at ${name}`, async () => {
        symlinkSync(other, at(name));
        const { code, output } = await download();
        assert.equal(code, 0, output);
        assert.equal(lstatSync(at("model.safetensors")).isFile(), true);
        assertWhole();
      });
    }

    it("does not write into a partial file that has a second name elsewhere", async () => {
      linkSync(other, at("model.safetensors.part"));
      assert.equal((await download()).code, 0);
      assertWhole();
    });

    it("does not take a link to the right content for the file", async () => {
      writeFileSync(path.join(volume, "same"), files["config.json"].content);
      symlinkSync(path.join(volume, "same"), at("config.json"));
      assert.equal((await download()).code, 0);
      assert.equal(lstatSync(at("config.json")).isFile(), true);
    });

    it("refuses a folder that is a link", async () => {
      mkdirSync(path.join(volume, "elsewhere"));
      symlinkSync(path.join(volume, "elsewhere"), at("sub"));
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.match(output, /sub.* remove it/);
      assert.deepEqual(readdirSync(path.join(volume, "elsewhere")), []);
    });

    it("refuses a directory of the model that is a link", async () => {
      rmSync(target, { recursive: true });
      mkdirSync(path.join(volume, "elsewhere"));
      symlinkSync(path.join(volume, "elsewhere"), target);
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.match(output, /is reached through a symbolic link/);
      assert.deepEqual(readdirSync(path.join(volume, "elsewhere")), []);
    });

    it("refuses a folder where a file should be", async () => {
      mkdirSync(at("config.json"));
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.match(output, /config\.json is a folder and should be a file/);
    });
  });

  for (const name of [
    "extra.safetensors",
    "modeling_evil.py",
    "sub/chat_template.jinja",
    "pytorch_model.bin",
    "tokenizer.foo",
    "tokenizer.model.v9.part",
  ]) {
    it(`refuses a ${name} that lies there and is not part of the revision`, async () => {
      put(name, "x");
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.ok(output.includes(`'${name}' lies in ${target} and is not part of the revision: remove it.`), output);
    });
  }
});
