/** Who may reach an endpoint, for how long a request may be silent, and which combinations are refused. */
import { checkNameLength } from "../names";
import { problem, type Problem } from "../../sizing/problem";
import { cidrMistake } from "../cidr";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";

/** Who owns the load balancer. */
export const IngressMode = {
  /** Pulumi makes the load balancer; the cluster only registers pods with it. */
  Direct: "direct",
  /** The AWS Load Balancer Controller makes it from an annotated Ingress. */
  Controller: "controller",
} as const;
export type IngressMode = (typeof IngressMode)[keyof typeof IngressMode];

/** Where the load balancer is reachable from. */
export const IngressScheme = {
  /** The VPC and what is connected to it. */
  Internal: "internal",
  /** The internet, from the given ranges, with TLS and an API key. */
  InternetFacing: "internet-facing",
} as const;
export type IngressScheme = (typeof IngressScheme)[keyof typeof IngressScheme];

/** The plain arguments of InferenceIngress. */
export interface InferenceIngressOptions {
  /**
   * Who owns the load balancer. `direct`: Pulumi, so that its address exists before the cluster does and destroying it needs no controller.
   * `controller`: the AWS Load Balancer Controller. A change replaces the load balancer and its address. @default direct
   */
  mode?: IngressMode;
  /**
   * `internal`: only the VPC and connected networks reach it. `internet-facing`: needs a certificate, an API key and `inboundCidrs`.
   * A change replaces the load balancer: some minutes without service. @default internal
   */
  scheme?: IngressScheme;
  /** IPv4 ranges that may connect, for example `10.0.0.0/16`. Whoever is missing times out; the list must not be empty. */
  inboundCidrs: string[];
  /** The engine asks for an API key. An internet-facing endpoint without one is refused. @default false */
  authenticated?: boolean;
  /** AWS refuses to delete the load balancer while this is set; so does `pulumi destroy`, until it is unset and applied. @default false */
  protect?: boolean;
  /**
   * Limits for the load balancer (`direct`) or the Ingress (`controller`, where the controller must remove the load balancer before the
   * Ingress can go). @default the provider's 10m each; in `controller` mode 20m, and 30m to delete
   */
  timeouts?: ResourceTimeouts;
}

/** What is judged: the options, and of wired values only whether they were given, or the value where it is plain. */
export interface Exposure extends InferenceIngressOptions {
  idleTimeoutSeconds?: number;
  drainSeconds?: number;
  certificateGiven: boolean;
  hostnameGiven: boolean;
  hostedZoneGiven: boolean;
  /** Unknown where the list of subnets comes from another resource. */
  subnetCount?: number;
}

const everywhere = "0.0.0.0/0";
/** Attribute limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const longestIdleSeconds = 4000;
/** A target may drain for 3600 s, of which 15 s pass before the engine stops taking requests. */
const longestDrainSeconds = 3585;

export function checkExposure(exposure: Exposure): Problem[] {
  return [
    ...checkChoice("mode", exposure.mode, Object.values(IngressMode), IngressMode.Direct),
    ...checkChoice("scheme", exposure.scheme, Object.values(IngressScheme), IngressScheme.Internal),
    ...checkRange("idleTimeoutSeconds", exposure.idleTimeoutSeconds, 1, longestIdleSeconds),
    ...checkRange("drainSeconds", exposure.drainSeconds, 0, longestDrainSeconds),
    ...exposure.inboundCidrs.flatMap(checkCidr),
    ...checkSubnets(exposure.subnetCount),
    ...checkHostname(exposure),
    ...timeoutProblems("timeouts", exposure.timeouts),
    ...(exposure.scheme === IngressScheme.InternetFacing ? checkPublic(exposure) : checkInternal(exposure)),
  ];
}

/** In `controller` mode the controller names the load balancer. */
export function checkName(name: string, mode: IngressMode | undefined): Problem[] {
  if (mode === IngressMode.Controller) return [];
  const problems = checkNameLength("loadBalancer", `${name}-lb`);
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name) && !/^internal-/i.test(name)) return problems;
  const rule = "a load balancer's name has letters, digits and hyphens only and does not begin with a hyphen or with internal-";
  const fix = "Give the component another name.";
  return [...problems, problem({ code: "out-of-range", path: "name", message: `"${name}" is refused by AWS: ${rule}.`, fix })];
}

function checkChoice(key: string, value: string | undefined, allowed: string[], byDefault: string): Problem[] {
  if (value === undefined || allowed.includes(value)) return [];
  const message = `"${value}" is not one of ${allowed.join(", ")}.`;
  return [error("out-of-range", key, message, `Use ${byDefault}, the default.`, byDefault)];
}

function checkRange(key: string, value: number | undefined, least: number, most: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  const nearest = Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : most;
  const message = `${value} is outside what a load balancer takes: a whole number of seconds from ${least} to ${most}.`;
  return [error("out-of-range", key, message, `Use ${nearest}.`, nearest)];
}

function checkCidr(cidr: string, index: number): Problem[] {
  const mistake = cidrMistake(cidr);
  if (!mistake) return [];
  const fix = mistake.network ? `Write ${mistake.network}.` : "Write an IPv4 range; the load balancer has IPv4 addresses only.";
  return [
    error(
      "cidr-invalid",
      `inboundCidrs[${index}]`,
      `"${cidr}" is no range that a security group takes: ${mistake.reason}.`,
      fix,
      mistake.network,
    ),
  ];
}

function checkSubnets(subnetCount: number | undefined): Problem[] {
  if (subnetCount === undefined || subnetCount >= 2) return [];
  const message = `An Application Load Balancer needs subnets in at least 2 zones; ${subnetCount} given.`;
  return [error("missing-value", "subnetIds", message, "Add a subnet in another zone.")];
}

function checkHostname({ mode, certificateGiven, hostnameGiven, hostedZoneGiven }: Exposure): Problem[] {
  const byController = mode === IngressMode.Controller;
  if (byController && hostedZoneGiven) {
    const message = "In controller mode no DNS record and no certificate are made; a hosted zone has no effect.";
    return [
      error("unknown-key", "hostedZoneId", message, "Remove hostedZoneId, or use mode direct.", undefined, { mode: IngressMode.Direct }),
    ];
  }
  if (hostedZoneGiven && !hostnameGiven) {
    return [
      error("missing-value", "hostname", "A hosted zone is given and no name to put into it.", "Set hostname, or remove hostedZoneId."),
    ];
  }
  if (!hostnameGiven || certificateGiven || hostedZoneGiven) return [];
  const message = "A hostname needs a certificate; one is made only where hostedZoneId names its public zone, in mode direct.";
  if (byController) return [error("missing-value", "certificateArn", message, "Set certificateArn.")];
  return [error("missing-value", "hostedZoneId", message, "Set hostedZoneId, or bring a certificate with certificateArn.")];
}

function checkInternal({ inboundCidrs }: Exposure): Problem[] {
  if (inboundCidrs.length > 0) return [];
  return [
    error(
      "missing-value",
      "inboundCidrs",
      "No range may connect, so nobody can.",
      "List the ranges of your clients, for example the VPC's.",
    ),
  ];
}

function checkPublic(exposure: Exposure): Problem[] {
  const { inboundCidrs, authenticated, certificateGiven, hostnameGiven, hostedZoneGiven, mode } = exposure;
  const certified = certificateGiven || (mode !== IngressMode.Controller && hostnameGiven && hostedZoneGiven);
  const stayInternal = { scheme: IngressScheme.Internal };
  const problems: Problem[] = [];
  if (!certified) {
    const message = "An internet-facing endpoint without TLS sends prompts and API keys in clear text.";
    const fix = "Set hostname and hostedZoneId, or certificateArn; or keep the endpoint internal.";
    problems.push(error("public-without-certificate", "certificateArn", message, fix, undefined, stayInternal));
  }
  if (!authenticated) {
    const message = "An internet-facing endpoint whose engine asks for no API key serves whoever finds it, at your GPUs' price.";
    problems.push(
      error("public-without-auth", "scheme", message, "Set an API key, or keep the endpoint internal.", undefined, stayInternal),
    );
  }
  if (inboundCidrs.length === 0) {
    const message = "An internet-facing endpoint needs the ranges that may connect; none are given.";
    problems.push(error("public-without-cidrs", "inboundCidrs", message, "List your clients' public ranges."));
  } else if (inboundCidrs.includes(everywhere)) {
    const message = `${everywhere} lets the whole internet connect; only the API key stands before the engine.`;
    problems.push({
      ...error("public-without-cidrs", "inboundCidrs", message, "List your clients' public ranges instead."),
      severity: "warning",
    });
  }
  return problems;
}

/** `value` is proposed for the option itself; `others` are other options. */
function error(
  code: Problem["code"],
  path: string,
  message: string,
  fix: string,
  value?: string | number,
  others: Record<string, string> = {},
): Problem {
  const own = value === undefined ? [] : [{ path, value }];
  const changes = [...own, ...Object.entries(others).map(([other, proposed]) => ({ path: other, value: proposed }))];
  return problem({ code, path, message, fix, changes });
}
