/** The program of an earlier commit, in a folder beside the engine's programs, with the modules of this repository. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { repository } from "./tools";

export function programOf(commit: string): string {
  const folder = path.join(repository, ".engine", `program-${commit.slice(0, 12)}`);
  if (fs.existsSync(folder)) return folder;
  const inRepository = { cwd: repository, maxBuffer: 2 ** 30 };
  let archive: Buffer;
  try {
    archive = execFileSync("git", ["archive", commit], inRepository);
  } catch (error) {
    throw new Error(`The commit ${commit} is not in this clone: fetch the whole history (git fetch --unshallow).`, { cause: error });
  }
  const unfinished = fs.mkdtempSync(`${folder}-`);
  execFileSync("tar", ["-x", "-C", unfinished], { input: archive });
  fs.symlinkSync(path.join(repository, "node_modules"), path.join(unfinished, "node_modules"));
  fs.renameSync(unfinished, folder);
  return folder;
}
