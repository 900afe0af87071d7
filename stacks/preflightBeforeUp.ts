/** The preflight of `pulumi up` and `pulumi preview`: it runs before the first resource and writes to the engine's log. */
import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError, describeProblem } from "../components/problems";
import type { Environment } from "../environment/environment";
import { maskText } from "../environment/masking";
import { runPreflight } from "../preflight/preflight";
import { configSet, shellCommand } from "../sizing/shellCommand";

/** Throws all errors at once. Warnings and unanswered questions are logged and block nothing. */
export async function preflightBeforeUp(environment: Environment): Promise<void> {
  if (!environment.aws || isOffline()) return;
  if (!environment.preflight)
    return warn("The preflight is off (preflight: false): quota, identity, zones and reservations are not checked.");
  const preflight = await runPreflight(environment);
  if ("notAsked" in preflight) return warn(`The preflight did not ask the account: ${preflight.notAsked}`);

  const { checks, problems } = preflight;
  for (const problem of problems.filter(({ severity }) => severity === "warning"))
    await warn(describeProblem(problem, environment.name).trimStart());
  const unanswered = checks.filter(({ outcome }) => outcome === "notAsked");
  if (unanswered.length > 0)
    await warn(`Questions without an answer: ${unanswered.map(({ check, answer }) => `${check} (${answer})`).join("; ")}`);
  const errors = problems.filter(({ severity }) => severity !== "warning");
  if (errors.length === 0) return;
  await warn(`To deploy in spite of these answers: ${shellCommand(...configSet(environment.name, "preflight", false))}`);
  throw new ConfigurationError(`The stack ${environment.name}`, errors, [], environment.name);
}

/** What AWS, a cluster or a program answers may repeat a credential. */
const warn = (text: string) => pulumi.log.warn(maskText(text));

/** Marks a run of the program in which a recorder answers: a plan does not ask the account. */
const offline = new AsyncLocalStorage<true>();

export const runOffline = <T>(program: () => T): T => offline.run(true, program);
export const isOffline = (): boolean => offline.getStore() === true;
