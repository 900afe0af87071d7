/** Environments: from configuration to everything that serves a model. */
import { ConfigurationError } from "../components";
import { deploy, type StackOutputs } from "./deploy";
import { resolveEnvironment } from "./environment";
import { preflightBeforeUp } from "./preflight/beforeUp";
import type { PulumiConfiguration } from "./pulumiConfiguration";

export { deploy, type StackOutputs } from "./deploy";
export { resolveEnvironment, type ConfigurationInput, type ResolvedEnvironment } from "./environment";
export { secretPlaceholder } from "./formCheck";
export type { Environment } from "./environmentTypes";
export type { Secrets } from "./namespace";
export { pulumiConfiguration, type PulumiConfiguration } from "./pulumiConfiguration";

/**
 * The program of one environment: for `pulumi up`, and for the Automation API as an inline program.
 * Refuses what cannot work, what still carries a placeholder and what the account knows to be impossible, before anything is registered.
 */
export function inferenceStack({ input, secrets }: PulumiConfiguration): () => Promise<StackOutputs> {
  return async () => {
    const { environment, problems } = resolveEnvironment(input);
    const blocking = problems.filter(({ severity }) => severity !== "warning");
    if (!environment || blocking.length > 0) throw new ConfigurationError(`The stack ${input.stack}`, blocking);
    await preflightBeforeUp(environment);
    return deploy(environment, secrets);
  };
}
