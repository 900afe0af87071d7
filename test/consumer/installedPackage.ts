/**
 * The package as a user gets it from npm: packed from dist/ and installed in an empty folder outside the repository, so that it cannot find
 * files of the repository by chance. The peers have the versions of the repository, so npm takes them from the cache that `npm ci` leaves.
 * Linking the repository's node_modules would be faster, but would hide a dependency that is missing in package.json.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { repository } from "../support/environments";

export interface Manifest {
  name: string;
  version: string;
  exports: Record<string, string | { types: string; default: string }>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

export interface Packed {
  size: number;
  files: { path: string; size: number }[];
}

export interface Ended {
  status: number | null;
  out: string;
  err: string;
}

export const manifest = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8")) as Manifest;

/** What `npm publish dist` would send. */
export function pack(folder: string): Packed {
  const { out } = succeeded(run("npm", ["pack", "--json", "--pack-destination", folder], path.join(repository, "dist")));
  // npm prints a list; since npm 12 it prints an object by name.
  const [packed] = Object.values(JSON.parse(out) as Record<string, Packed>);
  assert.ok(packed);
  return packed;
}

export class Consumer {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-consumer-"));
  readonly packed = pack(this.folder);
  /** Folder of the installed package. */
  readonly installed = path.join(this.folder, "node_modules", manifest.name);

  constructor() {
    this.write("package.json", JSON.stringify({ name: "consumer", private: true }));
    const peers = Object.keys(manifest.peerDependencies).map((name) => `${name}@${manifest.devDependencies[name]}`);
    const tarball = `./${manifest.name}-${manifest.version}.tgz`;
    const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    succeeded(run("npm", ["install", ...quiet, tarball, ...peers], this.folder));
  }

  write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  /** Runs the compiler of the repository on files of the consumer only. */
  compile(files: string[], options: Record<string, unknown>): Ended {
    const typeRoots = [path.join(repository, "node_modules/@types")];
    const compilerOptions = { strict: true, target: "es2022", typeRoots, types: ["node"], ...options };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    return run(process.execPath, [path.join(repository, "node_modules/typescript/bin/tsc"), "-p", "."], this.folder);
  }

  node = (...args: string[]): Ended => run(process.execPath, args, this.folder);

  /** `--no`: npx takes the command from node_modules and never from a registry. */
  npx = (...args: string[]): Ended => run("npx", ["--no", "--", manifest.name, ...args], this.folder);

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export function succeeded(ended: Ended): Ended {
  assert.equal(ended.status, 0, `${ended.out}${ended.err}`);
  return ended;
}

function run(command: string, args: string[], cwd: string): Ended {
  // If this runs inside an `npm run`, its settings must not reach the consumer.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name)));
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 1e8 });
  if (error) throw error;
  return { status, out: stdout, err: stderr };
}
