/** The Pulumi commands of the lane. */
import type { Command } from "./runner";

const unasked = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];

const pulumi = (stack: string, verb: string, ...more: string[]): Command => ({
  program: "pulumi",
  args: [verb, "--stack", stack, ...unasked, ...more],
  shown: true,
});

export const pulumiUp = (stack: string, ...more: string[]) => pulumi(stack, "up", ...more);
export const pulumiDestroy = (stack: string, ...more: string[]) => pulumi(stack, "destroy", ...more);
export const pulumiRefresh = (stack: string) => pulumi(stack, "refresh");

/** Removes the lock that a killed Pulumi leaves. */
export const pulumiCancel = (stack: string): Command => ({
  program: "pulumi",
  args: ["cancel", stack, "--yes", "--non-interactive", "--color", "never"],
});

/** PULUMI_STACK selects the stack, so that the selection in the user's own workspace does not change. */
export const stackInit = (stack: string): Command => ({
  program: "pulumi",
  args: ["stack", "init", stack, "--no-select", "--non-interactive", "--color", "never"],
});

/** Without a value on the command line, Pulumi reads the value from stdin. */
export const setApiKey = (stack: string, apiKey: string): Command => ({
  program: "pulumi",
  args: ["config", "set", "apiKey", "--secret", "--stack", stack, "--non-interactive", "--color", "never"],
  stdin: { text: apiKey, called: "the key" },
});
