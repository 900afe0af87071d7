// Builds the programs of the engine lane, from Go modules and two from PyPI: `npm run engine:build`. It compiles what the go.mod files
// beside this one pin into `.engine/` of the repository, a folder for each version. If ENGINE_TOOLS (a folder) or PATH has a program in a
// version that works, the lane uses that one instead. `.engine/tools.json` says which.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pythonOf, virtualEnvironment } from "./virtualEnvironment.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, "../../..");
const cache = path.join(repository, ".engine");
const npmVersion = (name) => JSON.parse(fs.readFileSync(path.join(repository, "node_modules", name, "package.json"), "utf8")).version;

const kubernetesVersion = "k8s.io/component-base/version";

/** `accepts`: the answer to `ask` that a program found elsewhere must give. Without it the script looks for none. */
const parts = [
  {
    name: "pulumi",
    folder: "pulumi-cli",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    pinned: "github.com/pulumi/pulumi/pkg/v3",
    minutes: 8,
    stamps: (version) => [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`],
    programs: { pulumi: [] },
    // Error hooks, by which a failed wait says what is billed, need an engine of about this age.
    ask: ["version"],
    accepts: (text, version) => sameMajorNoOlder(text, version),
  },
  {
    name: "pulumi-resource-kubernetes",
    folder: "kubernetes-provider",
    package: ".",
    pinned: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    minutes: 8,
    // The module has no release tag: it answers as the SDK's version, for which the engine asks.
    version: () => `v${npmVersion("@pulumi/kubernetes")}`,
    stamps: (version) => [`github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${version.slice(1)}`],
    programs: { "pulumi-resource-kubernetes": [] },
  },
  {
    name: "control-plane",
    folder: "control-plane",
    package: ".",
    pinned: "k8s.io/kubernetes",
    minutes: 9,
    static: true,
    stamps: (version) => [
      `${kubernetesVersion}.gitVersion=${version}`,
      `${kubernetesVersion}.gitMajor=${version.slice(1).split(".")[0]}`,
      `${kubernetesVersion}.gitMinor=${version.split(".")[1]}`,
      `${kubernetesVersion}.gitTreeState=clean`,
      `${kubernetesVersion}.gitCommit=unknown`,
      `${kubernetesVersion}.buildDate=2026-01-01T00:00:00Z`,
    ],
    programs: {
      etcd: ["etcd"],
      "kube-apiserver": ["kube-apiserver"],
      "kube-controller-manager": ["kube-controller-manager"],
      "kube-scheduler": ["kube-scheduler"],
    },
    ask: ["--version"],
    // The four are taken together, in one minor version of Kubernetes; etcd has its own version numbers.
    accepts: (text, version, program) => program === "etcd" || text.includes(`${version.split(".").slice(0, 2).join(".")}.`),
  },
  {
    name: "kwok",
    folder: "kwok-lws",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    pinned: "sigs.k8s.io/kwok",
    minutes: 2,
    static: true,
    stamps: (version) => [`sigs.k8s.io/kwok/pkg/consts.Version=${version}`],
    programs: { kwok: [] },
    ask: ["--version"],
    accepts: (text, version) => sameMajorNoOlder(text, version),
  },
  {
    name: "lws-manager",
    folder: "kwok-lws",
    package: "sigs.k8s.io/lws/cmd",
    pinned: "sigs.k8s.io/lws",
    minutes: 2,
    static: true,
    stamps: (version) => [`sigs.k8s.io/lws/pkg/version.GitVersion=${version}`],
    programs: { "lws-manager": [] },
    manifests: [
      "crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml",
      "crd/bases/disaggregatedset.x-k8s.io_disaggregatedsets.yaml",
      "rbac/role.yaml",
      "webhook/manifests.yaml",
    ],
  },
  {
    name: "inference-sim",
    folder: "inference-sim",
    package: ".",
    pinned: "github.com/llm-d/llm-d-inference-sim",
    minutes: 3,
    static: true,
    stamps: () => [],
    programs: { "inference-sim": [] },
  },
  {
    name: "languages",
    folder: "languages",
    package: ".",
    pinned: "github.com/pulumi/pulumi-yaml",
    minutes: 2,
    static: true,
    stamps: () => [],
    programs: { "pulumi-language-yaml": ["yaml"], "write-python-sdk": ["python-sdk"] },
  },
];

const say = (text) => console.log(text);

function pinnedVersion({ folder, pinned }) {
  const text = fs.readFileSync(path.join(here, folder, "go.mod"), "utf8");
  const version = new RegExp(`^\\s*(?:require )?${pinned.replaceAll(".", "\\.")} (v\\S+)`, "m").exec(text)?.[1];
  if (!version) throw new Error(`${folder}/go.mod pins no ${pinned}.`);
  return version;
}

function sameMajorNoOlder(text, version) {
  const found = /v(\d+)\.(\d+)\.(\d+)/.exec(text);
  const [major, minor] = version.slice(1).split(".").map(Number);
  return found !== null && Number(found[1]) === major && Number(found[2]) >= minor;
}

/** The user's programs, if all programs of a part are there in a version that works. */
function found(part, version) {
  if (!part.accepts && !process.env.ENGINE_TOOLS) return undefined;
  const folders = [process.env.ENGINE_TOOLS, ...(part.accepts ? (process.env.PATH ?? "").split(path.delimiter) : [])].filter(Boolean);
  const commands = {};
  for (const program of Object.keys(part.programs)) {
    const file = folders.map((folder) => path.resolve(folder, program)).find((candidate) => fs.existsSync(candidate));
    if (!file) return undefined;
    if (part.accepts) {
      const { stdout = "", stderr = "" } = spawnSync(file, part.ask, { encoding: "utf8", timeout: 20_000 });
      if (!part.accepts(stdout + stderr, version, program)) {
        say(`${file} is not taken: it says ${(stdout + stderr).trim().split("\n")[0]}, and ${version} is tested with.`);
        return undefined;
      }
    }
    commands[program] = [file];
  }
  return commands;
}

/** A change of anything that goes into a program makes another folder. */
function fingerprint(part, version) {
  const hash = createHash("sha256");
  const sources = fs
    .readdirSync(path.join(here, part.folder))
    .filter((file) => /\.(go|mod|sum)$/.test(file))
    .sort();
  for (const file of sources) hash.update(fs.readFileSync(path.join(here, part.folder, file)));
  return hash
    .update(JSON.stringify([part.stamps(version), part.manifests ?? []]))
    .digest("hex")
    .slice(0, 8);
}

async function built(part, version, position) {
  const folder = path.join(cache, `${part.name}-${version}-${fingerprint(part, version)}`);
  const commands = Object.fromEntries(
    Object.entries(part.programs).map(([program, first]) => [program, [path.join(folder, part.name), ...first]]),
  );
  const title = `[${position}/${parts.length}] ${part.name} ${version}`;
  if (fs.existsSync(folder)) {
    say(`${title}: there`);
    return { commands, folder };
  }
  say(`${title}: from Go modules, about ${part.minutes} minutes on two cores the first time`);
  const started = Date.now();
  const unfinished = fs.mkdtempSync(`${folder}.`);
  try {
    const stamps = part.stamps(version).map((stamp) => `-X ${stamp}`);
    const flags = ["-mod=readonly", "-trimpath", "-v", "-ldflags", ["-s", "-w", ...stamps].join(" ")];
    await go(part, ["build", ...flags, "-o", path.join(unfinished, part.name), part.package], title);
    for (const file of part.manifests ?? []) {
      const { stdout } = spawnSync("go", ["list", "-m", "-f", "{{.Dir}}", part.pinned], {
        cwd: path.join(here, part.folder),
        encoding: "utf8",
      });
      fs.writeFileSync(path.join(unfinished, path.basename(file)), fs.readFileSync(path.join(stdout.trim(), "config", file)));
    }
    fs.renameSync(unfinished, folder);
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  say(`${title}: made in ${Math.round((Date.now() - started) / 1000)} s`);
  return { commands, folder };
}

/**
 * The engine looks for the host beside itself first, and says nothing when it is there. The script writes it each time, because a
 * folder may come from elsewhere.
 */
function languageHost(folder) {
  const file = path.join(folder, "pulumi-language-nodejs");
  const script = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(path.join(here, "nodeLanguageHost.cjs"))} "$@"\n`;
  fs.writeFileSync(file, script, { mode: 0o755 });
}

function go(part, args, title) {
  const env = { ...process.env, GOFLAGS: "", ...(part.static && { CGO_ENABLED: "0" }) };
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd: path.join(here, part.folder), env, stdio: ["ignore", "ignore", "pipe"] });
    let compiled = 0;
    let downloaded = 0;
    const other = [];
    let rest = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("go: downloading ")) downloaded++;
        else if (/^[\w.\-/~]+$/.test(line)) compiled++;
        else other.push(line);
      }
    });
    const progress = setInterval(() => say(`${title}: ${downloaded} modules fetched, ${compiled} packages compiled`), 30_000);
    child.on("error", (error) => {
      clearInterval(progress);
      reject(
        error.code === "ENOENT"
          ? new Error("The engine lane is compiled with Go 1.26 or later, and `go` is not on PATH: https://go.dev/dl")
          : error,
      );
    });
    child.on("close", (status) => {
      clearInterval(progress);
      if (status === 0) resolve();
      else reject(new Error(`go ${args[0]} of ${part.name} failed:\n${[...other, rest].join("\n")}`));
    });
  });
}

fs.mkdirSync(cache, { recursive: true });
const tools = { commands: {}, folders: {}, versions: {} };
try {
  for (const [index, part] of parts.entries()) {
    const version = part.version?.() ?? pinnedVersion(part);
    const own = found(part, version);
    if (own) say(`[${index + 1}/${parts.length}] ${part.name}: ${Object.values(own).flat().join(", ")}`);
    // The controller's manifests come with its module even if the program is the user's.
    const made = own && !part.manifests ? { commands: own } : await built(part, version, index + 1);
    Object.assign(tools.commands, own ?? made.commands);
    if (part.name === "pulumi" && made.folder) languageHost(made.folder);
    tools.folders[part.name] = made.folder ?? path.dirname(Object.values(made.commands)[0][0]);
    tools.versions[part.name] = version;
  }
  for (const [name, module] of Object.entries({ "aws-emulator": "moto.server", "python-sdk": "mypy" })) {
    const folder = virtualEnvironment(here, cache, name, say);
    tools.commands[name] = [pythonOf(folder), "-m", module];
    tools.folders[name] = folder;
  }
  fs.writeFileSync(path.join(cache, "tools.json"), JSON.stringify(tools, null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
