/** Refuses what cannot work before anything is written or started. */
import type { Problem } from "../sizing/problem";
import { checkOptions, printable } from "./checkOptions";
import { explainFailure } from "./failure";
import type { AutomationOptions } from "./options";
import type { Operation } from "./progress";
import { redactionFor } from "./redaction";
import { checkUntrusted, rewriteUntrusted } from "./untrusted";

/**
 * Returns the options to run with. Names, and what a stranger chose, are checked for every operation, the configuration where the
 * program runs: a stack whose configuration has become wrong can still be destroyed.
 */
export async function soundOptions(given: AutomationOptions, operation: Operation | "outputs"): Promise<AutomationOptions> {
  const untrusted = given.untrustedEnvironment === true;
  const problems = [...checkOptions(given), ...(untrusted ? checkUntrusted(given) : [])];
  const options = untrusted && problems.length === 0 ? rewriteUntrusted(given) : given;
  if (problems.length === 0 && (operation === "deploy" || operation === "preview"))
    problems.push(...(await configurationProblems(options)));
  if (problems.length === 0) return options;
  const lines = problems.map(({ code, path, message, fix }) => `[${code}] ${path}: ${message} ${fix}`);
  throw explainFailure({
    ...{ operation, stackName: printable(options.stackName), problems, cancelled: false, billed: "" },
    thrown: new Error(lines.join("\n")),
    ...{ diagnostics: [], resources: [], redact: redactionFor(options, process.env) },
  });
}

/** Loaded when it is needed: the facts and the arithmetic take longer to load than the names to check. */
async function configurationProblems(options: AutomationOptions): Promise<Problem[]> {
  const { resolveOptions } = await import("./configuration");
  const { problems } = await resolveOptions(options, new Date());
  return problems.filter(({ severity }) => severity !== "warning");
}
