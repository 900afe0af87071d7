/** The program that `pulumi up` runs: one environment, from the configuration of the selected stack. */
import { inferenceStack, pulumiConfiguration } from "./stacks";

export = inferenceStack(pulumiConfiguration());
