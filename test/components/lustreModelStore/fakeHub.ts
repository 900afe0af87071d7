/** A small Hugging Face Hub on the loopback interface, and a function that runs the download script against it. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { downloadScripts } from "../../../components/lustreModelStore/downloadScript";

export const commit = "0123456789abcdef0123456789abcdef01234567";
export const model = "acme/tiny";

export interface HubFile {
  content: Buffer;
  /** The listing has the SHA-256 of such a file, as of all large files. */
  lfs: boolean;
}

export interface SeenRequest {
  url: string;
  range?: string;
  authorization?: string;
  at: number;
}

/** Returns true if it has answered the request; otherwise the hub answers normally. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export class FakeHub {
  readonly requests: SeenRequest[] = [];
  misbehave: Misbehaviour = () => false;
  /** Commit of each branch. */
  branches: Record<string, string> = { main: commit };
  /** What the listing says about a file instead of the truth; an undefined value is left out. */
  reports: Record<string, Record<string, unknown>> = {};
  private readonly server: Server;

  constructor(readonly files: Record<string, HubFile>) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  filesFetched(): string[] {
    return this.requests
      .filter(({ url }) => url.includes("/resolve/"))
      .map(({ url }) => url.split("/resolve/")[1]!.split("/").slice(1).join("/"));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = "", headers } = request;
    const optional = {
      ...(headers.range && { range: headers.range }),
      ...(headers.authorization && { authorization: headers.authorization }),
    };
    this.requests.push({ url, at: Date.now(), ...optional });
    if (this.misbehave(request, response)) return;
    const listing = /^\/api\/models\/acme\/tiny\/revision\/([^?]+)\?blobs=true$/.exec(url);
    const file = /^\/acme\/tiny\/resolve\/([0-9a-f]{40})\/(.+)$/.exec(url);
    if (listing) return this.list(decodeURIComponent(listing[1]!), response);
    const found = file && this.files[decodeURIComponent(file[2]!)];
    if (!found) return void response.writeHead(404).end();
    sendFrom(found.content, headers.range, response);
  }

  private list(revision: string, response: ServerResponse): void {
    const sha = this.branches[revision] ?? (/^[0-9a-f]{40}$/.test(revision) ? revision : undefined);
    if (!sha) return void response.writeHead(404).end();
    const siblings = Object.entries(this.files).map(([rfilename, { content, lfs }]) => ({
      rfilename,
      size: content.length,
      // For a large file the Hub reports the id of the text that stands for it in the repository.
      blobId: gitObjectId(lfs ? Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\n`) : content),
      ...(lfs && { lfs: { sha256: sha256(content), size: content.length, pointerSize: 130 } }),
      ...this.reports[rfilename],
    }));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ id: model, sha, siblings }));
  }
}

export function sendFrom(content: Buffer, range: string | undefined, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const part = content.subarray(start);
  const contentRange = { "Content-Range": `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(start > 0 ? 206 : 200, { "Content-Length": part.length, ...(start > 0 && contentRange) }).end(part);
}

export const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** As `git hash-object` computes it. */
export const gitObjectId = (content: Buffer) => createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

interface Place {
  hub: FakeHub;
  volume: string;
  /** Where the model goes on the volume; it does not exist yet. */
  target: string;
}

/** Gives each test of the `describe` its hub with these files, and an empty volume. */
export function hubForEach(files: () => Record<string, HubFile>, give: (place: Place) => void): void {
  let place: Place;
  beforeEach(async () => {
    const [hub, volume] = [new FakeHub(files()), temporaryFolder()];
    await hub.start();
    place = { hub, volume, target: path.join(volume, "acme", "tiny", "revision") };
    give(place);
  });
  afterEach(async () => {
    await place.hub.stop();
    rmSync(place.volume, { recursive: true });
  });
}

export const temporaryFolder = () => mkdtempSync(path.join(tmpdir(), "vllm-eks-download-"));

export interface ScriptRun {
  code: number | null;
  output: string;
}

const scriptFolder = path.join(__dirname, "../../../components/lustreModelStore");

/** Writes the scripts as in a mounted ConfigMap, behind links. */
export function mountScripts(folder: string): void {
  mkdirSync(path.join(folder, "..data"));
  for (const [name, text] of Object.entries(downloadScripts)) {
    writeFileSync(path.join(folder, "..data", name), text);
    symlinkSync(path.join("..data", name), path.join(folder, name));
  }
}

/** Runs the script as the container does, with shorter waits; with `-B` Python does not write a compiled copy. */
export function runDownload(options: {
  endpoint: string;
  target: string;
  revision?: string;
  token?: string;
  folder?: string;
  arguments?: string[];
}): Promise<ScriptRun> {
  const args = ["--model", model, "--revision", options.revision ?? commit, "--target", options.target, "--endpoint", options.endpoint];
  const command = [
    "-u",
    "-B",
    path.join(options.folder ?? scriptFolder, "download.py"),
    ...args,
    "--backoff-seconds",
    "0.01",
    ...(options.arguments ?? []),
  ];
  const env = { PATH: process.env.PATH ?? "", NO_PROXY: "*", ...(options.token !== undefined && { HF_TOKEN: options.token }) };
  const child = spawn("python3", command, { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
