// `npm run test:vllm`: installs the real vLLM in both versions and runs the specs in new namespaces for network, mounts and processes.
// Nothing outside is changed, and all of it is gone when mocha has ended, in whatever way. Arguments go to mocha.
//
// It needs Linux, root, Python 3.11, iproute2, nftables and util-linux. Ends with status 77 and the reason when one of them is missing.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installVllm, Missing, skipped } from "../../tools/vllm/install.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, "../..");
const { versions } = JSON.parse(fs.readFileSync(path.join(here, "versions.json"), "utf8"));

const programs = {
  ip: "iproute2",
  nft: "nftables",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  chroot: "coreutils",
};
const namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

const finds = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const missing = () => Object.keys(programs).filter((program) => !finds(program));

try {
  check();
  for (const version of versions) installVllm(version, path.join(repository, ".vllm", version));
  process.exitCode = await runSpecs();
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`Skipped: ${error.message}`);
  process.exitCode = skipped;
}

function check() {
  if (process.platform !== "linux") throw new Missing("the lane needs the namespaces of Linux.");
  if (process.getuid() !== 0) throw new Missing("the lane needs root, for namespaces, mounts and packet filters.");
  const packages = [...new Set(missing().map((program) => programs[program]))];
  if (packages.length > 0 && finds("apt-get")) {
    const install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", ...packages];
    console.log(install.join(" "));
    if (spawnSync(install[0], install.slice(1), { stdio: "ignore" }).status !== 0) spawnSync("apt-get", ["update"], { stdio: "ignore" });
    if (missing().length > 0) spawnSync(install[0], install.slice(1), { stdio: "ignore" });
  }
  if (missing().length > 0) throw new Missing(`${missing().join(", ")} is missing. Install ${packages.join(", ")}.`);
  const { status, stderr } = spawnSync("unshare", [...namespaces, "true"], { encoding: "utf8" });
  if (status !== 0) throw new Missing(`this machine permits no new namespaces: ${stderr.trim()}`);
}

/** The folder of the run is in memory: a layer of a pod's root may not lie below another layer, which is the machine's root. */
function runSpecs() {
  const own = 'mount -t tmpfs tmpfs /run && mkdir /run/scratch && ip link set lo up && exec "$@"';
  const mocha = [process.execPath, path.join(repository, "node_modules/mocha/bin/mocha.js"), "--config", path.join(here, ".mocharc.json")];
  const given = process.argv.slice(2);
  const specs = given.some((word) => word.endsWith(".spec.ts")) ? [] : [path.join(here, "*.spec.ts")];
  const command = [...namespaces, "sh", "-c", own, "sh", ...mocha, ...given, ...specs];
  const child = spawn("unshare", command, { cwd: repository, stdio: "inherit", env: { ...process.env, TMPDIR: "/run/scratch" } });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill("SIGKILL"));
  return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}
