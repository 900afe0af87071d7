/** The program of a stack with a configuration as the engine hands it over: all text, and the names of the encrypted keys. */
import * as pulumi from "@pulumi/pulumi";
import { inferenceStack, pulumiConfiguration } from "../../stacks";

export function configuredProgram(config: Readonly<Record<string, string>>, encrypted: readonly string[]) {
  return () => {
    const { setAllConfig } = pulumi.runtime as unknown as { setAllConfig(config: object, encrypted: readonly string[]): void };
    setAllConfig({ "aws:region": "us-west-2", ...config }, encrypted);
    return inferenceStack(pulumiConfiguration())();
  };
}
