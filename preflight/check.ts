/** One question of the preflight. The account, the cluster or this machine knows the answer; a configuration cannot. */
import type { Problem } from "../sizing/problem";
import type { AwsEnvironment, Environment } from "../environment/environment";
import type { AccountApi, Operation } from "./account/account";
import type { Machine } from "./machine/machine";

export interface Check {
  /** Stable, of the form `vcpu-quota`: programs match on it. */
  name: string;
  /** The question in words, with this environment's numbers; undefined if it does not arise. */
  question(surroundings: Surroundings): string | undefined;
  /** Every call to AWS that the answer may need; the policy document lists them. */
  operations: readonly Operation[];
  ask(surroundings: Surroundings): Promise<Finding>;
}

export interface Surroundings {
  environment: Environment;
  aws: AwsEnvironment;
  account: AccountApi;
  /** Undefined while no cluster exists. */
  cluster: ClusterApi | undefined;
  machine: Machine;
}

/** What the preflight may ask a Kubernetes API: GET requests, nothing else. */
export interface ClusterApi {
  /** The answer's JSON; undefined for 404. Rejects with the server's message for every other refusal. */
  get<Answer>(path: string): Promise<Answer | undefined>;
}

export interface Finding {
  /** The answer with its numbers, in one short line. */
  answer: string;
  /** Empty if all is well. */
  problems: Problem[];
}

/** `notAsked`: a permission is missing, or the answer did not come in time. It never blocks a deployment. */
type Outcome = "good" | "warning" | "bad" | "notAsked";

export interface CheckResult extends Finding {
  check: string;
  question: string;
  outcome: Outcome;
  /** The calls that were made: `servicequotas:GetServiceQuota`, … */
  source: string;
  milliseconds: number;
}
