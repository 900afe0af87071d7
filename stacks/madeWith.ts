/**
 * The defaults that a running stack was made with. The stack's own outputs of its last update say it, and the program asks the engine for
 * them before it registers anything: so `pulumi up`, `pulumi preview` and the Automation API all keep image and charts, and the user's
 * files need no key. The state gets only the engine's entry for the provider of this function. A resource that holds the name
 * (`pulumi.Stash`) would give it as an Output, and the program must know it before it can check memory and arguments.
 */
import * as pulumi from "@pulumi/pulumi";
import { newestDefaults, oldestDefaults } from "../catalog/defaults";
import { ConfigurationError } from "../components/problems";
import { referenceOf, type ConfigurationInput } from "../environment/configurationInput";
import { takeDefaults } from "../environment/defaultSettings";
import type { Environment } from "../environment/environment";
import { maskText } from "../environment/masking";
import { problem } from "../sizing/problem";

/** Undefined for a stack without outputs, which is new or never finished its first update, and where the configuration decides. */
export async function readMadeWith(input: ConfigurationInput): Promise<string | undefined> {
  if (input.madeWith !== undefined || input.values.defaults !== undefined) return input.madeWith;
  const outputs = await ownOutputs(referenceOf(input));
  if (Object.keys(outputs).length === 0) return undefined;
  // Stacks of the time before this output existed.
  return typeof outputs.defaults === "string" ? outputs.defaults : oldestDefaults.name;
}

/** The function behind `pulumi.StackReference`; the reference itself would be a resource in the state. */
async function ownOutputs(stack: string): Promise<Record<string, unknown>> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  try {
    const answer = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as
      { outputs?: Record<string, unknown> } | undefined;
    return answer?.outputs ?? {};
  } catch (error) {
    throw new ConfigurationError(`The stack ${stack}`, [unreadable(stack, error)], [], stack);
  }
}

const unreadable = (stack: string, error: unknown) =>
  problem({
    code: "missing-value",
    path: "defaults",
    message: `The outputs of the stack cannot be read (${maskText(error instanceof Error ? error.message : String(error))}), so its image and charts could move to newer ones.`,
    fix: `Give the principal that runs Pulumi the right to read the stack, or name the defaults, for example ${takeDefaults(oldestDefaults.name, stack)}`,
  });

/** What a stack that keeps older defaults is told, and how it takes the newer ones. */
export function olderDefaults({ defaults }: Environment, stack: string): string | undefined {
  if (defaults.name === newestDefaults.name) return undefined;
  return (
    `This stack has the defaults ${defaults.name} (image ${defaults.vllmImageTag}); the newest are ${newestDefaults.name} ` +
    `(image ${newestDefaults.vllmImageTag}). To take them, which rolls the groups: ${takeDefaults(newestDefaults.name, stack)}`
  );
}
