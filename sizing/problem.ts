/** What is wrong with a configuration, in a form that a person can act on and a program can parse. */
import { visible } from "./visibleText";

export const problemCodes = [
  "unknown-key",
  "wrong-type",
  "out-of-range",
  "missing-value",
  "model-unknown",
  "model-config-unsupported",
  "max-model-len-beyond-model",
  "heads-not-divisible",
  "kv-heads-not-divisible",
  "shard-not-divisible",
  "tensor-parallel-crosses-nodes",
  "world-size-mismatch",
  "more-stages-than-layers",
  "model-does-not-fit",
  "no-kv-cache",
  "context-does-not-fit",
  "dtype-unsupported-by-gpu",
  "attention-unsupported-by-gpu",
  "instance-type-unknown",
  "instance-type-unsupported",
  "efa-missing",
  "too-few-nodes",
  "idle-nodes",
  "idle-gpus",
  "fewer-nodes-suffice",
  "too-many-replicas",
  "availability-zone-invalid",
  "availability-zone-mismatch",
  "reservation-missing",
  "capacity-conflict",
  "capacity-block-not-started",
  "store-size-step",
  "store-throughput-invalid",
  "store-type-unknown",
  "store-too-small",
  "store-holds-one-revision",
  "store-feature-conflict",
  "kubernetes-unsupported",
  "support-ends",
  "kernel-unproven",
  "driver-too-old",
  "engine-version-unsupported",
  "engine-argument-reserved",
  "non-root-unproven",
  "engine-argument-unknown",
  "engine-argument-malformed",
  "all2all-backend-unsupported",
  "api-access-unset",
  "api-access-open",
  "api-key-unset",
  "hugging-face-token-unset",
  "model-revision-unpinned",
  "pickle-weights-allowed",
  "administrator-is-creator",
  "identity-mismatch",
  "account-not-allowed",
  "public-without-certificate",
  "public-without-cidrs",
  "public-without-auth",
  "key-readable-in-transit",
  "two-authorizations",
  "cidrs-and-security-groups",
  "cidr-invalid",
  "name-too-long",
  "secret-in-clear-text",
  "secret-unusable",
  "untrusted-setting",
  "tag-reserved",
  "placeholder-left",
  "setting-ignored",
  "not-resolved-offline",
  "drain-exceeds-update",
  "zone-unavailable",
  "quota-too-low",
  "instance-type-not-offered",
  "catalog-drift",
  "reservation-unusable",
  "subnet-unsuitable",
  "image-missing",
  "hosted-zone-unsuitable",
  "certificate-unsuitable",
  "aws-cli-missing",
  "api-unreachable",
  "cluster-part-missing",
  "cluster-part-present",
  "nodes-unsuitable",
  "preflight-off",
  "paused",
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/**
 * `error`: the configuration is refused. `warning`: it works, but costs or risks something. `setBeforeUp`: a value that only the user knows
 * is still a placeholder: `plan` continues, `pulumi up` refuses.
 */
export type Severity = "error" | "warning" | "setBeforeUp";

export interface Problem {
  code: ProblemCode;
  severity: Severity;
  /** Configuration path, for example `capacity.reservationId`; for a component used directly, the path starts with `args.`. */
  path: string;
  /** The value given and the rule with its numbers. */
  message: string;
  /** What to do, in words. */
  fix: string;
  /** The fix as settings, from which each front end builds its command. Empty if no value can be proposed. */
  changes: Change[];
}

/** One setting of the configuration: `value` is what the user would type. */
export interface Change {
  path: string;
  value: string | number | boolean;
}

/** What every rule must state; the other fields have defaults. */
export interface ProblemParts extends Omit<Problem, "severity" | "changes"> {
  /** @default error */
  severity?: Severity;
  /** @default none */
  changes?: Change[];
}

/**
 * Creates every problem. The order of the keys is fixed because the plan prints them as JSON. Problems quote what a person typed and what
 * programs answered, so control characters become escapes here, once for all.
 */
export function problem({ code, severity = "error", path, message, fix, changes = [] }: ProblemParts): Problem {
  return { code, severity, path: visible(path), message: visible(message), fix: visible(fix), changes };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** Prefix of the path of a problem when a component is used directly. */
export const argumentPrefix = "args.";

/** The same problem, pointing at the arguments of a component instead of a configuration. */
export function atArguments(problem: Problem): Problem {
  const changes = problem.changes.map((change) => ({ ...change, path: `${argumentPrefix}${change.path}` }));
  // The name of a component is not one of its arguments.
  return { ...problem, path: problem.path === "name" ? problem.path : `${argumentPrefix}${problem.path}`, changes };
}

/** Angle brackets mark a value that only the user knows. The user must set it before `pulumi up`; AWS is not asked about it. */
export const isPlaceholder = (value: string): boolean => /^<.*>$/.test(value);
