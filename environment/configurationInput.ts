/** The input of an environment: the configuration of one stack, as read from its source, and the day. */
import type { Problem } from "../sizing/problem";
import type { AwsConfiguration } from "./environment";

export interface ConfigurationInput {
  /** dev, prod, local or the user's own. */
  stack: string;
  /** How commands name the stack, with its organisation if that was given: `org/dev`. @default `stack` */
  reference?: string;
  /** Values by key, without namespace; an encrypted value is replaced by `secretPlaceholder`. */
  values: Record<string, unknown>;
  /** `aws:region`. @default derived from `availabilityZone` */
  region?: string;
  /** The rest of the `aws:` configuration. @default none */
  aws?: AwsConfiguration;
  /** Keys of `aws` whose values are stored encrypted. @default those whose value is `secretPlaceholder` */
  awsEncrypted?: readonly string[];
  /** Name of the defaults that the running stack was made with (`readMadeWith` of stacks). @default a new stack: the newest */
  madeWith?: string;
  /** Text of the file that `modelConfigFile` names. */
  modelConfigJson?: string;
  /** The day for checks of support dates, `YYYY-MM-DD`. */
  today: string;
  /**
   * The moment for checks of capacity blocks, RFC 3339: a block that starts at noon is billed from noon. @default midnight of `today`, UTC
   */
  now?: string;
  /** Problems that the reader of the files found. */
  problems?: Problem[];
}

/** What commands of a message write after `-s`. */
export const referenceOf = ({ stack, reference = stack }: Pick<ConfigurationInput, "stack" | "reference">): string => reference;
