import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./support/eventually";
import { repository } from "./support/tools";

// Proves that no process outlives a run: neither a registered one (here it sleeps, instead of a control plane) nor an unregistered one,
// such as a killed engine leaves.

const program = `
  const { Keeper } = require("./test/engine/support/keeper.ts");
  const keeper = new Keeper();
  const child = keeper.start("sleeper", ["sleep", "600"]);
  const { execFileSync, spawn } = require("node:child_process");
  const stray = require("node:path").join(keeper.folder, "sleep");
  require("node:fs").copyFileSync(execFileSync("which", ["sleep"], { encoding: "utf8" }).trim(), stray);
  const unnoted = spawn(stray, ["600"], { detached: true, stdio: "ignore" });
  console.log(JSON.stringify({ folder: keeper.folder, pids: [child.pid, unnoted.pid] }));
  setInterval(() => {}, 1000);
`;

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the scratch folder and the processes of a run", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const)
    it(`are gone after ${signal}`, async () => {
      const runner = spawn(process.execPath, ["--require", "./test/support/environment.cjs", "--eval", program], {
        cwd: repository,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const line = await new Promise<string>((resolve) => runner.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())));
      const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
      assert.ok(pids.every(alive) && fs.existsSync(path.join(folder, "sleeper.log")));
      runner.kill(signal);
      await eventually("the end of both", 10, async () => !pids.some(alive) && !fs.existsSync(folder));
    });
});
