// `npm run test:python`: lints every Python file, checks its format, and checks the types of the files that the package and its tests run.
// Ends with status 77 when Python 3.11 or later is missing or PyPI cannot be reached. `.ci/run` counts that as skipped.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { filesBelow, packageFolders, root } from "../../tools/transpile.mjs";
import { pythonOf, virtualEnvironment } from "../engine/tools/virtualEnvironment.mjs";

const skipped = 77;
const cache = path.join(root, ".engine");

const environment = prepareEnvironment();
if (environment === undefined) process.exitCode = skipped;
else process.exitCode = check(pythonOf(environment)) ? 0 : 1;

/** Folder of ruff and mypy; undefined when they cannot be installed. A pinned version that PyPI does not have is an error. */
function prepareEnvironment() {
  const sufficient = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  if (spawnSync(process.env.PYTHON ?? "python3", ["-c", sufficient]).status !== 0) {
    console.log("Skipped: this needs Python 3.11 or later with venv, as `python3` or as $PYTHON.");
    return undefined;
  }
  fs.mkdirSync(cache, { recursive: true });
  try {
    return virtualEnvironment(path.join(root, "test"), cache, "python", console.log);
  } catch (error) {
    if (!/connection|timed out|name resolution|unreachable|ProxyError|SSLError/i.test(error.output ?? "")) throw error;
    console.log("Skipped: PyPI cannot be reached, and ruff and mypy are not installed yet.");
    return undefined;
  }
}

function check(python) {
  // examples/python needs the SDK that the engine lane generates, so that lane checks its types.
  const typed = [...packageFolders, "test"].flatMap((folder) => filesBelow(path.join(root, folder))).filter((file) => file.endsWith(".py"));
  return [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy", ...typed.map((file) => path.relative(root, file))],
  ]
    .map(([module, ...args]) => {
      console.log(`${module} ${args.join(" ")}`);
      return spawnSync(python, ["-m", module, ...args], { cwd: root, stdio: "inherit" }).status === 0;
    })
    .every(Boolean);
}
