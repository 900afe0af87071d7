/** What the caller requests and allows: arguments and environment variables. */
import { UsageError } from "../../plan/setting";

export interface Request {
  dryRun: boolean;
  region: string;
  availabilityZone: string;
  /** The range that may reach the Kubernetes API: the machine on which the lane runs. */
  publicAccessCidr: string;
  /** True only for `VLLM_EKS_AWS=yes`, spelt exactly like this. */
  allowed: boolean;
  /** The most that the run may cost, USD; undefined when it was not given or is not an amount. */
  maximumUsd: number | undefined;
  /** Variables that were not given; the values above are stand-ins for them. */
  missing: string[];
}

export const variables = {
  yes: "VLLM_EKS_AWS",
  maximumUsd: "VLLM_EKS_AWS_MAX_USD",
  region: "VLLM_EKS_AWS_REGION",
  availabilityZone: "VLLM_EKS_AWS_ZONE",
  publicAccessCidr: "VLLM_EKS_AWS_CIDR",
} as const;

/**
 * They show the price and the commands; a real run never uses them. The range is one of documentation (RFC 5737), which `up` refuses too.
 */
const standIns = { region: "us-west-2", availabilityZone: "us-west-2a", publicAccessCidr: "198.51.100.7/32" };

export function readRequest(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Request {
  const unknown = argv.filter((argument) => argument !== "--dry-run");
  if (unknown.length > 0) throw new UsageError(`test:aws takes --dry-run and nothing else; given ${unknown.join(" ")}.`);
  const places = Object.keys(standIns) as (keyof typeof standIns)[];
  const given = (place: keyof typeof standIns) => environment[variables[place]]?.trim() || undefined;
  const amount = environment[variables.maximumUsd]?.trim() ?? "";
  return {
    dryRun: argv.includes("--dry-run"),
    region: given("region") ?? standIns.region,
    availabilityZone: given("availabilityZone") ?? standIns.availabilityZone,
    publicAccessCidr: given("publicAccessCidr") ?? standIns.publicAccessCidr,
    allowed: environment[variables.yes] === "yes",
    maximumUsd: /^\d+(\.\d+)?$/.test(amount) ? Number(amount) : undefined,
    missing: places.filter((place) => given(place) === undefined).map((place) => variables[place]),
  };
}
