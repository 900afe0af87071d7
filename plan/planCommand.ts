/** `vllm-eks plan` */
import fs from "node:fs";
import path from "node:path";
import type { CommandIo, PlanOptions } from "./commands";
import type { Verdict } from "./document";
import { nearestWith } from "./ownPackage";
import { planStack, type Plan } from "./planner";
import { UsageError } from "./setting";

export async function planCommand(options: PlanOptions, io: CommandIo): Promise<Verdict> {
  const plan = await planStack({
    directory: projectDirectory(options.directory, io.directory),
    stack: options.stack,
    settings: options.set,
    live: options.live ?? false,
    today: options.asOf ?? io.today,
    ...(options.asOf === undefined && io.now !== undefined && { now: io.now }),
  });
  if (options.json) {
    io.out(`${JSON.stringify(plan.document, null, 2)}\n`);
  } else {
    const { report } = await import("./report");
    const { painter } = await import("./text");
    const { stack, set: settings, resources: everyResource = false } = options;
    io.out(report(plan.document, { paint: painter(io.colour), everyResource, stack, settings }));
  }
  if (options.manifests !== undefined) await manifests(plan, path.resolve(io.directory, options.manifests), io);
  return plan.document.verdict;
}

/** Reports on stderr, because stdout belongs to the plan. */
async function manifests(plan: Plan, directory: string, io: CommandIo): Promise<void> {
  if (!plan.run) {
    io.err("No manifests were written, because the plan refuses this environment.\n");
    return;
  }
  const { writeManifests } = await import("./manifests");
  const files = writeManifests(plan.run.recording.resources, directory);
  io.err(`${files.length} manifests written to ${directory}\n`);
}

/** The user's project, or the environments that come with the package. */
function projectDirectory(given: string | undefined, current: string): string {
  if (given !== undefined) return path.resolve(current, given);
  const found = fs.existsSync(path.join(current, "Pulumi.yaml")) ? current : nearestWith("Pulumi.yaml", __dirname);
  if (!found) throw new UsageError("There is no Pulumi.yaml here; name its folder with --directory.");
  return found;
}
