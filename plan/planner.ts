/** Makes a plan from files and settings: reads and resolves them, and runs the real program against the recorder. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../components/problems";
import { hasErrors, type Problem } from "../sizing/problem";
import { resolveEnvironment } from "../environment/resolveEnvironment";
import type { ConfigurationInput } from "../environment/configurationInput";
import type { Environment } from "../environment/environment";
import { findSecrets, maskText } from "../environment/masking";
import { createRedaction, redactValue } from "../environment/redaction";
import type { Preflight } from "../preflight/preflight";
import { readConfiguration, stackNameOf, type ConfigurationRequest } from "./configuration";
import { planDocument, type PlanDocument } from "./document";
import { dryRun, type DryRun } from "./dryRun";

export interface Plan {
  document: PlanDocument;
  /** Absent when the configuration is refused. */
  run?: DryRun;
}

/** Throws `UsageError` for a stack without a file or a malformed setting; everything else is a problem in the plan. */
export async function planStack(request: ConfigurationRequest & { today: string; now?: string; live?: boolean }): Promise<Plan> {
  const { unreadable, problems, ...configuration } = readConfiguration(request);
  const { stack: reference, today, now, live = false } = request;
  const stack = stackNameOf(reference);
  // Checking the remaining defaults would bury the one real error.
  if (unreadable) return { document: planDocument({ name: stack, today, problems }) };
  return planConfiguration({ stack, reference, today, ...(now !== undefined && { now }), ...configuration, problems }, { live });
}

/** `live` also asks the account, unless the configuration is refused. */
export async function planConfiguration(input: ConfigurationInput, options: { live?: boolean } = {}): Promise<Plan> {
  const { document, run } = await planUnmasked(input, options);
  // A message names the value given, and what AWS or a cluster answers may repeat it.
  const secrets = findSecrets({ values: input.values, aws: input.aws }).map(({ secret }) => secret);
  const redact = createRedaction(secrets);
  return { document: redactValue(document, (text) => redact(maskText(text))), ...(run && { run }) };
}

async function planUnmasked(input: ConfigurationInput, { live = false }: { live?: boolean }): Promise<Plan> {
  const { environment, known, problems } = resolveEnvironment(input);
  const described = { name: input.stack, today: input.today };
  if (!environment || hasErrors(problems)) {
    return { document: planDocument({ ...described, problems, known }) };
  }

  const [{ run, refused }, preflight] = await Promise.all([runProgram(environment, problems), live ? asked(environment) : undefined]);
  const document = planDocument({
    ...described,
    environment: preflight && "checks" in preflight ? { ...environment, pricesToday: preflight.prices } : environment,
    known,
    problems: [...problems, ...refused],
    ...(run && { run }),
    ...(preflight && { preflight }),
  });
  return { document, ...(run && { run }) };
}

async function asked(environment: Environment): Promise<Preflight> {
  const { runPreflight } = await import("../preflight/preflight");
  return runPreflight(environment);
}

async function runProgram(environment: Environment, problems: readonly Problem[]): Promise<{ run?: DryRun; refused: Problem[] }> {
  const { deploy } = await import("../stacks/index");
  const { apiKey, huggingFaceToken } = environment.secretsGiven;
  // The user will set a missing secret before `pulumi up`, so the plan shows the program with it.
  const asked = (unset: Problem["code"]) => problems.some(({ code }) => code === unset);
  const needsKey = apiKey || asked("api-key-unset");
  const needsToken = huggingFaceToken || asked("hugging-face-token-unset");
  const sample = (given: boolean, name: "apiKey" | "huggingFaceToken") => given && { [name]: pulumi.secret(`sample-${name}`) };
  const program = () => deploy(environment, { ...sample(needsKey, "apiKey"), ...sample(needsToken, "huggingFaceToken") });
  try {
    const region = environment.aws && { region: environment.aws.region };
    return { run: await dryRun(program, { stack: environment.name, ...region }), refused: [] };
  } catch (error) {
    if (error instanceof ConfigurationError) return { refused: [...error.problems] };
    throw error;
  }
}
