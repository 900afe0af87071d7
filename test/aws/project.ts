/** The folder of one run: the repository's program, the run's stack file, and a backend that no other run uses. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stackFile } from "./stackFile";
import type { Request } from "./request";

export interface Project {
  folder: string;
  stack: string;
  /** The environment of every program of the run; the passphrase itself stays in its file. */
  environment: Record<string, string>;
  remove(): void;
}

const repository = path.resolve(__dirname, "../..");

/** `id` makes the names of the run unique, so that the run never counts or touches what belongs to another. */
export function makeProject(request: Request, id: string, passphrase: string): Project {
  const stack = `cheap-${id}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `vllm-eks-${stack}-`));
  // The program is the repository's; only what Pulumi writes to is a copy.
  for (const file of ["index.ts", "tsconfig.json", "package.json", "node_modules"])
    fs.symlinkSync(path.join(repository, file), path.join(folder, file));
  fs.copyFileSync(path.join(repository, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
  const cheap = fs.readFileSync(path.join(__dirname, "Pulumi.cheap.yaml"), "utf8");
  fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stackFile(cheap, request));
  fs.mkdirSync(path.join(folder, "state"));
  const passphraseFile = path.join(folder, "passphrase");
  fs.writeFileSync(passphraseFile, passphrase, { mode: 0o600 });
  return {
    folder,
    stack,
    environment: {
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
      PULUMI_STACK: stack,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true", // types are checked by `npm run types`
      KUBECONFIG: path.join(folder, "kubeconfig"),
      AWS_REGION: request.region,
      AWS_PAGER: "",
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
