// Runs small lanes with the functions of .ci/lanes.sh and proves how these limit and count them. It does not run the lanes of .ci/run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { repository } from "../support/environments";

const run = (lanes: string[], settings: Record<string, string> = {}) => {
  const script = ["set -uo pipefail", `. ${JSON.stringify(path.join(repository, ".ci/lanes.sh"))}`, ...lanes, "summary"].join("\n");
  const started = Date.now();
  const { status, stdout } = spawnSync("bash", ["-c", script], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, grace: "1", ...settings },
  });
  return { status, stdout, lines: stdout.trimEnd().split("\n"), seconds: (Date.now() - started) / 1000 };
};

describe("the lanes of .ci/run", () => {
  it("are counted, and so is each test of mocha; the last line has the counts", () => {
    const { status, lines } = run([
      "least=1 limit=60 lane plain true",
      "least=1 limit=60 status=2 lane refused sh -c 'exit 2'",
      'least=1 limit=60 lane mocha sh -c \'echo "  12 passing (1s)"; echo "  3 pending"\'',
      "least=1 limit=60 lane 'without Python' sh -c 'exit 77'",
    ]);
    assert.equal(status, 0);
    assert.equal(lines.at(-1), "15 passed, 0 failed, 4 skipped");
    assert.ok(lines.includes("Skipped: without Python (see above)."));
  });

  it("fail if the status is not the expected one, and then show output that is otherwise hidden", () => {
    const { status, stdout, lines } = run([
      "least=1 limit=60 show=no lane quiet echo hidden",
      "least=1 limit=60 show=no status=2 lane wrong sh -c 'echo reason; exit 1'",
      'least=1 limit=60 lane mocha sh -c \'echo "  5 passing (1s)"; echo "  2 failing"; exit 2\'',
    ]);
    assert.equal(status, 1);
    assert.equal(lines.at(-1), "6 passed, 4 failed, 0 skipped");
    assert.ok(stdout.includes("reason") && !stdout.includes("hidden"), stdout);
    assert.match(stdout, /^wrong +FAILED +\d+s {2}exit status 1$/m);
  });

  it("end at their limit and do not wait for processes that they leave behind", () => {
    const { stdout, lines, seconds } = run([
      "least=1 limit=1 lane endless sleep 50",
      "least=1 limit=1 lane stubborn bash -c 'trap \"\" TERM; sleep 50; sleep 50'",
      "least=1 limit=60 lane daemon sh -c 'setsid sleep 40 &'",
    ]);
    assert.equal(stdout.match(/^Not finished after 1 s\.$/gm)?.length, 2);
    assert.equal(lines.at(-1), "1 passed, 2 failed, 0 skipped");
    assert.ok(seconds < 30, `${seconds} s`);
  });

  it("share one deadline: a lane gets the time that is left, and a lane that needs more is named and skipped, not passed", () => {
    const { status, stdout, lines, seconds } = run(
      ["least=1 limit=600 lane long sleep 50", "least=1 limit=600 lane late true", "least=1 limit=600 lane later true"],
      { deadline: "4" },
    );
    assert.match(stdout, /^Not finished after [123] s\.$/m);
    assert.ok(lines.includes("Skipped: late (0 s left, 1 needed)."), stdout);
    assert.match(stdout, /^later +skipped +\d+s {2}0 s left, 1 needed$/m);
    assert.deepEqual([status, lines.at(-1)], [1, "0 passed, 1 failed, 2 skipped"]);
    assert.ok(seconds < 20, `${seconds} s`);
  });

  it("have 75 minutes in all, and each has a limit and a minimum", () => {
    const [functions, list] = ["lanes.sh", "run"].map((file) => fs.readFileSync(path.join(repository, ".ci", file), "utf8"));
    assert.match(functions!, /^deadline=\$\{deadline:-4500\}/m);
    const lanes = list!.split("\n").filter((line) => / lane "/.test(line));
    assert.ok(lanes.length >= 12);
    for (const line of lanes) assert.match(line, /^ *least=\S.* limit=\d+ .*lane "/);
  });
});
