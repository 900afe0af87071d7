/** The repository's program with shorter limits: the real ones take minutes. */
import path from "node:path";
import { repository } from "./tools";

/** `types`: what a Kubernetes type ends in, `:LeaderWorkerSet`. */
export const impatient = (operation: "create" | "delete", ...types: string[]) => `
import * as pulumi from "@pulumi/pulumi";
import { inferenceStack, pulumiConfiguration } from ${JSON.stringify(path.join(repository, "stacks"))};
pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
  ${JSON.stringify(types)}.some((end) => type.endsWith(end))
    ? { props, opts: { ...opts, customTimeouts: { ...opts.customTimeouts, ${operation}: "8s" } } }
    : undefined,
);
export = inferenceStack(pulumiConfiguration());
`;
