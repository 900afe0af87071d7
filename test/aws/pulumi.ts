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

/** Takes the lock away that a killed Pulumi leaves. */
export const pulumiCancel = (stack: string): Command => ({
  program: "pulumi",
  args: ["cancel", stack, "--yes", "--non-interactive", "--color", "never"],
});

/** Selected by PULUMI_STACK, so that the choice in the user's own workspace stays what it is. */
export const stackInit = (stack: string): Command => ({
  program: "pulumi",
  args: ["stack", "init", stack, "--no-select", "--non-interactive", "--color", "never"],
});

/** Without a value on the command line Pulumi reads it. */
export const setApiKey = (stack: string, apiKey: string): Command => ({
  program: "pulumi",
  args: ["config", "set", "apiKey", "--secret", "--stack", stack, "--non-interactive", "--color", "never"],
  stdin: { text: apiKey, called: "the key" },
});
