/** What an environment is resolved from: the configuration of one stack as its reader found it, and the day. */
import type { Problem } from "../sizing/problem";
import type { AwsConfiguration } from "./environment";

export interface ConfigurationInput {
  /** dev, prod, local or the user's own. */
  stack: string;
  /** Values by key, without namespace; an encrypted value stands as `secretPlaceholder`. */
  values: Record<string, unknown>;
  /** `aws:region`. @default derived from `availabilityZone` */
  region?: string;
  /** The rest of the `aws:` configuration. @default none */
  aws?: AwsConfiguration;
  /** Text of the file that `modelConfigFile` names. */
  modelConfigJson?: string;
  /** Support dates are judged by this day, `YYYY-MM-DD`. */
  today: string;
  /**
   * Capacity blocks are judged by this moment, RFC 3339: one that starts at noon is paid for from noon. @default midnight of `today`, UTC
   */
  now?: string;
  /** Found while the files were read. */
  problems?: Problem[];
}
