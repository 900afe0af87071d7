/** The programs that `npm run engine:build` found or made. */
import fs from "node:fs";
import path from "node:path";

export const repository = path.resolve(__dirname, "../../..");

interface ToolsFile {
  commands: Record<string, string[]>;
  folders: Record<string, string>;
  versions: Record<string, string>;
}

export class Tools {
  private readonly file: ToolsFile;

  constructor() {
    const file = path.join(repository, ".engine/tools.json");
    if (!fs.existsSync(file)) throw new Error("The engine lane has no programs yet: npm run engine:build");
    this.file = JSON.parse(fs.readFileSync(file, "utf8")) as ToolsFile;
  }

  command(program: string): string[] {
    const command = this.file.commands[program];
    if (!command) throw new Error(`${program} is missing: npm run engine:build`);
    return command;
  }

  /** Where a part lies, with what its module brings along. */
  folder = (part: string): string => this.file.folders[part]!;
  version = (part: string): string => this.file.versions[part]!;
}
