/** What is wrong with a configuration, in a form that a person can act on and a program can match. */

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
  "kernel-unproven",
  "driver-too-old",
  "engine-version-unsupported",
  "engine-argument-reserved",
  "all2all-backend-unsupported",
  "api-access-unset",
  "api-key-unset",
  "hugging-face-token-unset",
  "model-revision-unpinned",
  "administrator-is-creator",
  "identity-mismatch",
  "public-without-certificate",
  "public-without-cidrs",
  "public-without-auth",
  "two-authorizations",
  "cidrs-and-security-groups",
  "cidr-invalid",
  "name-too-long",
  "secret-in-clear-text",
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
 * `error`: refused. `warning`: works, and costs or risks something. `setBeforeUp`: a value that only the user has still stands as a
 * placeholder; planning goes on, `pulumi up` refuses.
 */
export type Severity = "error" | "warning" | "setBeforeUp";

export interface Problem {
  code: ProblemCode;
  severity: Severity;
  /** Configuration path, for example `capacity.reservationId`; in a component used directly `args.` stands before it. */
  path: string;
  /** The value given and the rule with its numbers. */
  message: string;
  /** What to do, in words. */
  fix: string;
  /** The same as settings, from which every front end makes its own command; an empty list where no value can be proposed. */
  changes: Change[];
}

/** One setting of the configuration: `value` is what would be typed. */
export interface Change {
  path: string;
  value: string | number | boolean;
}

/** What every rule says; the rest has a default. */
export interface ProblemParts extends Omit<Problem, "severity" | "changes"> {
  /** @default error */
  severity?: Severity;
  /** @default none can be proposed */
  changes?: Change[];
}

/** The one place where a problem is made. Keys come in one order, because the plan prints them as JSON. */
export function problem({ code, severity = "error", path, message, fix, changes = [] }: ProblemParts): Problem {
  return { code, severity, path, message, fix, changes };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** Stands before the path of a problem where a component was used directly. */
export const argumentPrefix = "args.";

/** The same problem where the arguments of a component are at fault instead of a configuration. */
export function atArguments(problem: Problem): Problem {
  const changes = problem.changes.map((change) => ({ ...change, path: `${argumentPrefix}${change.path}` }));
  // The name of a component is beside its arguments.
  return { ...problem, path: problem.path === "name" ? problem.path : `${argumentPrefix}${problem.path}`, changes };
}

/** Angle brackets mark a value that only the user has: it is asked for as such before `pulumi up`, and AWS knows nothing of it. */
export const isPlaceholder = (value: string): boolean => /^<.*>$/.test(value);
