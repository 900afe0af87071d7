/** Environments: from configuration to everything that serves a model. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError, describeProblem } from "../components/problems";
import { deploy } from "./deploy";
import type { StackOutputs } from "./outputs";
import { defaultSets } from "../catalog/defaults";
import type { Problem } from "../sizing/problem";
import { referenceOf, type ConfigurationInput } from "../environment/configurationInput";
import { resolveEnvironment } from "../environment/resolveEnvironment";
import { olderDefaults, readMadeWith } from "./madeWith";
import { preflightBeforeUp } from "./preflightBeforeUp";
import type { PulumiConfiguration } from "./pulumiConfiguration";

export { deploy } from "./deploy";
export type { StackOutputs } from "./outputs";
export { resolveEnvironment, type ResolvedEnvironment } from "../environment/resolveEnvironment";
export type { ConfigurationInput } from "../environment/configurationInput";
export { readMadeWith } from "./madeWith";
export { secretPlaceholder } from "../environment/secrets";
export type { Environment } from "../environment/environment";
export type { Secrets } from "./kubernetes/namespace";
export { pulumiConfiguration, type PulumiConfiguration } from "./pulumiConfiguration";

const isBlocking = ({ severity }: Problem) => severity !== "warning";
const isDeployable = (input: ConfigurationInput) => !resolveEnvironment(input).problems.some(isBlocking);

/**
 * The program of one environment: for `pulumi up`, and for the Automation API as an inline program.
 * Before it registers anything, it refuses what cannot work, what still has a placeholder, and what the account says is impossible.
 */
export function inferenceStack({ input, secrets }: PulumiConfiguration): () => Promise<StackOutputs> {
  return async () => {
    // The engine's answer leaves its provider in the state: no stack is asked that no defaults could make deployable.
    const madeWith = defaultSets.some(({ name }) => isDeployable({ ...input, madeWith: name })) ? await readMadeWith(input) : undefined;
    const { environment, problems } = resolveEnvironment({ ...input, ...(madeWith !== undefined && { madeWith }) });
    const blocking = problems.filter(isBlocking);
    if (!environment || blocking.length > 0) throw new ConfigurationError(`The stack ${input.stack}`, blocking, [], input.stack);
    // Only `pulumi up` knows the value of a secret, so no plan has shown this.
    for (const found of problems) if (found.code === "secret-unusable") await pulumi.log.warn(describeProblem(found).trimStart());
    const older = olderDefaults(environment, referenceOf(input));
    if (older !== undefined) await pulumi.log.info(older);
    await preflightBeforeUp(environment);
    return deploy(environment, secrets);
  };
}
