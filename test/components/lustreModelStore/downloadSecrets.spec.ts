// Proves that pickle needs a setting and that the token is never printed. Does not prove that vLLM loads what is downloaded.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { hubForEach, runDownload, type FakeHub, type HubFile } from "./fakeHub";

const file = (text: string, lfs = false): HubFile => ({ content: Buffer.from(text), lfs });

describe("download script and pickle", () => {
  let hub: FakeHub;
  let target: string;
  hubForEach(
    () => ({}),
    (place) => ({ hub, target } = place),
  );
  const publish = (files: Record<string, HubFile>) => void Object.assign(hub.files, files);
  const download = (...more: string[]) => runDownload({ endpoint: hub.address, target, arguments: more });
  const stored = () => readdirSync(target).filter((name) => !name.startsWith("."));

  const pickles = ["pytorch_model.bin", "model.pt", "consolidated.00.pth", "model.ckpt", "weights.pkl", "PYTORCH_MODEL.BIN"];
  const safe = { "model.safetensors": file("weights", true), "config.json": file("{}") };

  it("leaves every kind of pickle out beside safetensors, also one that calls itself a tokenizer", async () => {
    const others = [...pickles, "tokenizer.pkl", "tokenizer.bin", "tokenizer.pt", "sub/model.bin"];
    publish({ ...safe, ...Object.fromEntries(others.map((name) => [name, file("pickle", true)])) });
    const { code, output } = await download();
    assert.equal(code, 0, output);
    assert.deepEqual(stored().sort(), ["config.json", "model.safetensors"]);
  });

  for (const name of pickles) {
    it(`refuses a model that has only ${name}, and names the setting`, async () => {
      publish({ "config.json": file("{}"), [name]: file("pickle", true) });
      const { code, output } = await download();
      assert.equal(code, 1, output);
      assert.ok(output.includes(`only pickle such as ${name}`) && output.includes("allowPickleWeights"), output);
      assert.deepEqual(hub.filesFetched(), []);
    });
  }

  it("downloads pickle weights with the setting, and not the state of the training", async () => {
    publish({
      "config.json": file("{}"),
      "pytorch_model.bin": file("pickle", true),
      "training_args.bin": file("x"),
      "optimizer.pt": file("x"),
    });
    const { code, output } = await download("--allow-pickle");
    assert.equal(code, 0, output);
    assert.deepEqual(stored().sort(), ["config.json", "pytorch_model.bin"]);
  });

  it("prefers safetensors even with the setting", async () => {
    publish({ ...safe, "pytorch_model.bin": file("pickle", true) });
    assert.equal((await download("--allow-pickle")).code, 0);
    assert.deepEqual(stored().sort(), ["config.json", "model.safetensors"]);
  });

  it("refuses pickle from the time of the setting when the setting is gone", async () => {
    publish({ "config.json": file("{}"), "pytorch_model.bin": file("pickle", true) });
    assert.equal((await download("--allow-pickle")).code, 0);
    assert.equal((await download()).code, 1);
  });

  it("removes its own pickle when the setting is gone and the model has safetensors by now", async () => {
    publish({ "config.json": file("{}"), "pytorch_model.bin": file("pickle", true) });
    assert.equal((await download("--allow-pickle")).code, 0);
    hub.files["model.safetensors"] = file("weights", true);
    const { code, output } = await download();
    assert.equal(code, 0, output);
    assert.deepEqual(stored().sort(), ["config.json", "model.safetensors"]);
  });
});

describe("download script and the token", () => {
  let hub: FakeHub;
  let target: string;
  hubForEach(
    () => ({ "model.safetensors": file("weights", true), "config.json": file("{}") }),
    (place) => ({ hub, target } = place),
  );
  const download = (token: string) => runDownload({ endpoint: hub.address, target, token });

  for (const [what, token] of [
    ["a trailing CR", "hf_planted\r"],
    ["a trailing newline", "hf_planted\n"],
    ["a second header", "hf_planted\r\nX-Other: 1"],
    ["a letter outside Latin-1", "hf_planted\u0142"],
    ["a letter of Latin-1", "hf_planted\u00e9"],
    ["a tab", "hf_\tplanted"],
    ["a space", " hf_planted"],
  ] as const) {
    it(`is refused with ${what}, without a request and without being printed`, async () => {
      const { code, output } = await download(token);
      assert.equal(code, 1);
      assert.match(output, /token has a space, a line break or another character .* pulumi config set --secret huggingFaceToken/);
      assert.doesNotMatch(output, /planted|Traceback/);
      assert.deepEqual(hub.requests, []);
    });
  }

  for (const [what, misbehave] of [
    ["its reason phrase", (authorization: string) => `HTTP/1.1 503 ${authorization}\r\nContent-Length: 0\r\n\r\n`],
    ["a status line", (authorization: string) => `HTTP/9 ${authorization}\r\n\r\n`],
    ["a refusal", (authorization: string) => `HTTP/1.1 400 ${authorization}\r\nContent-Length: 0\r\n\r\n`],
    [
      "a redirect to another scheme",
      (authorization: string) => `HTTP/1.1 302 x\r\nLocation: file:///${authorization}\r\nContent-Length: 0\r\n\r\n`,
    ],
    ["a redirect to itself", (authorization: string) => `HTTP/1.1 302 x\r\nLocation: /?${authorization}\r\nContent-Length: 0\r\n\r\n`],
    ["a body that is not JSON", (authorization: string) => `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${authorization}`],
    ["a list of files", (authorization: string) => `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"siblings": "${authorization}"}`],
  ] as const) {
    it(`is not printed if the server repeats it in ${what}`, async () => {
      hub.misbehave = ({ headers, socket }) => {
        socket.end(misbehave((headers.authorization ?? "").replace("Bearer ", "")));
        return true;
      };
      const { code, output } = await download("hf_planted");
      assert.notEqual(code, 0);
      assert.ok(output.includes("error: "), output);
      assert.doesNotMatch(output, /planted|Traceback/);
    });
  }

  it("is in no file on the volume", async () => {
    assert.equal((await download("hf_planted")).code, 0);
    const all = readdirSync(target).map((name) => readFileSync(path.join(target, name), "utf8"));
    assert.ok(existsSync(path.join(target, ".complete.json")) && all.length >= 4);
    assert.doesNotMatch(all.join(), /planted/);
  });
});
