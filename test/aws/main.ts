/** From arguments and variables to an exit status: the price, then permission, then the run or its rehearsal. */
import { planStack } from "../../plan/planner";
import { paragraph } from "../../plan/text";
import { UsageError } from "../../plan/setting";
import { plannedNames, type Deployment } from "./deployment";
import { estimateOf, limitMinutes } from "./estimate";
import { lane, statuses, type Limits, type World } from "./lane";
import { refusals } from "./permission";
import { priceText } from "./priceText";
import type { Project } from "./project";
import { RecordedRunner, successfulRun } from "./recordedRunner";
import { readRequest, type Request } from "./request";
import { announced, type Runner } from "./runner";

export interface Caller extends Omit<World, "runner"> {
  environment: Readonly<Record<string, string | undefined>>;
  /** `YYYY-MM-DD` */
  today: string;
  /** Generated for this run only, and never printed. */
  apiKey: string;
  project(request: Request): Project;
  /** Called only once the run is allowed. */
  runner(project: Project): Runner;
}

export async function main(argv: readonly string[], caller: Caller): Promise<number> {
  // No program gets the key where it could print it; if one prints it all the same, it is removed here.
  const say = (line: string) => caller.say(line.replaceAll(caller.apiKey, "[key]"));
  try {
    return await planned(readRequest(argv, caller.environment), { ...caller, say });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    caller.say(`error: ${error.message}`);
    return statuses.usage;
  }
}

async function planned(request: Request, caller: Caller): Promise<number> {
  const { say, today, apiKey } = caller;
  const project = caller.project(request);
  let keep = false;
  try {
    // A command of the run sets the key; for the plan it counts as set.
    const { document, run } = await planStack({ directory: project.folder, stack: project.stack, settings: ["apiKey=set"], today });
    const estimate = estimateOf(document);
    if (estimate) say(priceText(request, document, estimate));

    const reasons = refusals(request, document, estimate);
    if (!estimate || !run || (reasons.length > 0 && !request.dryRun)) {
      say(`\nRefused, and nothing was called:\n${reasons.map((reason) => `  ${reason}`).join("\n")}`);
      return statuses.refused;
    }
    const deployment: Deployment = {
      ...plannedNames(document),
      stack: project.stack,
      region: request.region,
      availabilityZone: request.availabilityZone,
      model: document.model!.id,
      instanceType: document.shape!.instanceType,
      nodeCount: document.shape!.nodeCount,
      usdPerHour: estimate.usdPerHour,
      quota: estimate.quota,
      apiKey,
    };
    const limits = { minutes: limitMinutes(estimate, request.maximumUsd ?? Infinity), firstTokenMinutes: estimate.firstTokenMinutes };
    say(`\nUp and checks may take ${limits.minutes.toFixed(0)} min; then, and whatever happens, everything is destroyed.`);
    say(paragraph(`In a separate folder, with ${Object.keys(project.environment).join(", ")} set.`));
    if (request.dryRun) return await rehearsal(deployment, limits, run.outputs, { ...caller, reasons });

    const status = await lane(deployment, limits, { ...caller, runner: announced(caller.runner(project), say) });
    keep = status === statuses.left;
    if (keep) say(byHand(project));
    return status;
  } finally {
    if (!keep) project.remove();
  }
}

/** The whole run with recorded answers. Shows only the commands: what the run would say about them is invented. */
async function rehearsal(
  deployment: Deployment,
  limits: Limits,
  outputs: Record<string, unknown>,
  { reasons, ...caller }: Caller & { reasons: readonly string[] },
): Promise<number> {
  caller.say("\nDRY RUN: every command of a run in which all goes well, in order. None is run.");
  const recorded = new RecordedRunner(successfulRun(deployment, outputs));
  const status = await lane(deployment, limits, { ...caller, runner: announced(recorded, caller.say), say: () => undefined });
  caller.say(`${recorded.lines.length} commands. A real run ${reasons.length > 0 ? "would be refused:" : "would be allowed."}`);
  for (const reason of reasons) caller.say(`  ${reason}`);
  return status;
}

/** Keeps the state when something is left: it is the only list of what Pulumi created. */
const byHand = ({ folder, stack, environment }: Project): string =>
  [
    "\nThe state of the stack is kept. To try again:",
    `  cd ${folder}`,
    ...Object.entries(environment).map(([name, value]) => `  export ${name}='${value}'`),
    `  pulumi refresh --stack ${stack} && pulumi destroy --stack ${stack}`,
    "Then remove what is listed above, and the folder.",
  ].join("\n");
