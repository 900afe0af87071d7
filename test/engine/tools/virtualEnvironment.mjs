// Programs from PyPI: moto, an emulator of AWS, for the preflight, whose questions it answers as far as it goes; mypy with Pulumi's own
// package, for programs in Python; ruff and mypy for the scripts (test/python). Each is in its own folder in `.engine/`, built again when
// the pinned versions change.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Returns the folder of an environment with what `name/requirements.txt` pins. */
export function virtualEnvironment(here, cache, name, say) {
  const requirements = path.join(here, name, "requirements.txt");
  const fingerprint = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 8);
  const folder = path.join(cache, `${name}-${fingerprint}`);
  if (fs.existsSync(path.join(folder, "complete"))) {
    say(`${name}: there`);
    return folder;
  }
  say(`${name}: from PyPI, half a minute the first time`);
  // A virtual environment knows its own path and cannot be moved to it when it is done.
  fs.rmSync(folder, { recursive: true, force: true });
  run(
    process.env.PYTHON ?? "python3",
    ["-m", "venv", folder],
    "Python 3.10 or later with venv is needed: https://www.python.org/downloads/",
  );
  run(
    pythonOf(folder),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
    "See the lines of pip above.",
  );
  fs.writeFileSync(path.join(folder, "complete"), "");
  return folder;
}

export const pythonOf = (folder) => path.join(folder, "bin/python");

function run(program, args, hint) {
  const { status, error, stderr } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  process.stderr.write(stderr ?? "");
  if (status === 0) return;
  const message = `${program} ${args.slice(0, 3).join(" ")} failed${error ? `: ${error.message}` : ""}. ${hint}`;
  throw Object.assign(new Error(message), { output: stderr });
}
