/** The package's automation as a service loads it: JavaScript, with a backend and a folder inside the run's. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import type * as automation from "../../../automation";
import type { AutomationOptions, EnvironmentConfiguration } from "../../../automation";
import { engineRun } from "./engineRun";
import { pulumiEnvironment } from "./pulumiCli";
import { repository } from "./tools";

/** Transpiled first: an operation's process runs no compiler. */
export function automationPackage(): typeof automation {
  execFileSync(process.execPath, [path.join(repository, "tools/transpile.mjs")]);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(path.join(repository, ".build/automation")) as typeof automation;
}

/** Of an environment like `like`; `environment` before its file. */
export function automationOptions(
  stackName: string,
  like: "local" | "dev",
  environment: EnvironmentConfiguration,
  variables: Record<string, string> = {},
): AutomationOptions {
  const run = engineRun();
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, ...others } = pulumiEnvironment(
    run,
    path.join(run.keeper.folder, `automated-${stackName}`),
  );
  return {
    stackName,
    file: path.join(repository, `Pulumi.${like}.yaml`),
    environment: { preflight: false, ...environment },
    backendUrl: PULUMI_BACKEND_URL!,
    passphrase: PULUMI_CONFIG_PASSPHRASE!,
    environmentVariables: { ...others, ...variables },
    pulumi: { root: run.keeper.folder, minimumVersion: "3.200.0" },
  };
}
