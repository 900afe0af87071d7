/** One question of the preflight: what the account, the cluster or this machine knows and no configuration can. */
import type { Problem } from "../sizing/problem";
import type { AwsEnvironment, Environment } from "../environment/environment";
import type { AccountApi, Operation } from "./account/account";
import type { Machine } from "./machine/machine";

export interface Check {
  /** Stable, of the form `vcpu-quota`: programs match on it. */
  name: string;
  /** The question as a person would ask it, with this environment's numbers; undefined where it does not arise. */
  question(surroundings: Surroundings): string | undefined;
  /** Every call to AWS that the answer may take; the policy document is made of them. */
  operations: readonly Operation[];
  ask(surroundings: Surroundings): Promise<Finding>;
}

export interface Surroundings {
  environment: Environment;
  aws: AwsEnvironment;
  account: AccountApi;
  /** Undefined where no cluster exists yet. */
  cluster: ClusterApi | undefined;
  machine: Machine;
}

/** What the preflight may ask of a Kubernetes API: GET requests, nothing else. */
export interface ClusterApi {
  /** The answer's JSON; undefined for 404. Rejects with the server's own words for every other refusal. */
  get<Answer>(path: string): Promise<Answer | undefined>;
}

export interface Finding {
  /** What was found, with its numbers, in one short line. */
  answer: string;
  /** Empty where all is well. */
  problems: Problem[];
}

/** `notAsked`: a permission is missing, or the answer did not come in time; it never blocks. */
type Outcome = "good" | "warning" | "bad" | "notAsked";

export interface CheckResult extends Finding {
  check: string;
  question: string;
  outcome: Outcome;
  /** The calls that were really made: `servicequotas:GetServiceQuota`, … */
  source: string;
  milliseconds: number;
}
