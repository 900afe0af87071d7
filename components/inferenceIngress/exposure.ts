/** Decides who may reach an endpoint and how long a request may be silent, and refuses combinations that cannot work. */
import { domainRules } from "../../catalog/awsTextRules";
import { checkNameLength } from "../names";
import { isPlaceholder, problem, type Problem } from "../../sizing/problem";
import { checkPlainHttp, isCertified } from "./plainHttp";
import { checkOpenness, checkRangeForms } from "./ranges";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";

/** Who owns the load balancer. */
export const IngressMode = {
  /** Pulumi creates the load balancer; the cluster only registers pods with it. */
  Direct: "direct",
  /** The AWS Load Balancer Controller creates it from an annotated Ingress. */
  Controller: "controller",
} as const;
export type IngressMode = (typeof IngressMode)[keyof typeof IngressMode];

/** From where clients can reach the load balancer. */
export const IngressScheme = {
  /** From the VPC and networks connected to it. */
  Internal: "internal",
  /** From the given ranges of the internet, with TLS and an API key. */
  InternetFacing: "internet-facing",
} as const;
export type IngressScheme = (typeof IngressScheme)[keyof typeof IngressScheme];

/** The plain arguments of InferenceIngress. */
export interface InferenceIngressOptions {
  /**
   * Who owns the load balancer. `direct`: Pulumi; the address exists before the cluster does, and destroying it does not need a controller.
   * `controller`: the AWS Load Balancer Controller. A change replaces the load balancer and its address. @default direct
   */
  mode?: IngressMode;
  /**
   * `internal`: only the VPC and connected networks reach it. `internet-facing`: it needs a certificate, an API key and `inboundCidrs`.
   * A change replaces the load balancer, with some minutes without service. @default internal
   */
  scheme?: IngressScheme;
  /** IPv4 ranges that may connect, for example `10.0.0.0/16`; at least one. Connections from other addresses time out. */
  inboundCidrs: string[];
  /** Whether the engine asks for an API key. An internet-facing endpoint without one is refused. @default false */
  authenticated?: boolean;
  /** AWS refuses to delete the load balancer while this is set. Unset it and run `pulumi up` before `pulumi destroy`. @default false */
  protect?: boolean;
  /**
   * How long Pulumi waits for the load balancer (`direct`) or the Ingress (`controller`; the controller must remove the load balancer
   * before the Ingress can go). @default the provider's 10m each; in `controller` mode 20m, and 30m to delete
   */
  timeouts?: ResourceTimeouts;
}

/** What the checks read: the options and, of wired values, the value if it is plain, else only whether it is given. */
export interface Exposure extends InferenceIngressOptions {
  idleTimeoutSeconds?: number;
  drainSeconds?: number;
  certificateGiven: boolean;
  hostnameGiven: boolean;
  /** Undefined if it comes from another resource. */
  hostname?: string;
  hostedZoneGiven: boolean;
  /** Undefined if the list of subnets comes from another resource. */
  subnetCount?: number;
}

/** Attribute limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const longestIdleSeconds = 4000;
/** A target may drain for 3600 s. The first 15 s pass before the engine stops taking requests. */
const longestDrainSeconds = 3585;

export function checkExposure(exposure: Exposure): Problem[] {
  return [
    ...checkChoice("mode", exposure.mode, Object.values(IngressMode), IngressMode.Direct),
    ...checkChoice("scheme", exposure.scheme, Object.values(IngressScheme), IngressScheme.Internal),
    ...checkRange("idleTimeoutSeconds", exposure.idleTimeoutSeconds, 1, longestIdleSeconds),
    ...checkRange("drainSeconds", exposure.drainSeconds, 0, longestDrainSeconds),
    ...exposure.inboundCidrs.flatMap(checkRangeForms),
    ...checkSubnets(exposure.subnetCount),
    ...checkHostname(exposure),
    ...checkPlainHttp(exposure),
    ...checkDomain(exposure),
    ...timeoutProblems("timeouts", exposure.timeouts),
    ...(exposure.scheme === IngressScheme.InternetFacing ? checkPublic(exposure) : []),
    ...checkOpenness(exposure),
  ];
}

/** In `controller` mode the controller names the load balancer. */
export function checkName(name: string, mode: IngressMode | undefined): Problem[] {
  if (mode === IngressMode.Controller) return [];
  const problems = checkNameLength("loadBalancer", `${name}-lb`);
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name) && !/^internal-/i.test(name)) return problems;
  const rule = "a load balancer's name has only letters, digits and hyphens, and does not begin with a hyphen or with internal-";
  const fix = "Give the component another name.";
  return [...problems, problem({ code: "out-of-range", path: "name", message: `AWS refuses the name "${name}": ${rule}.`, fix })];
}

function checkChoice(key: string, value: string | undefined, allowed: string[], byDefault: string): Problem[] {
  if (value === undefined || allowed.includes(value)) return [];
  const message = `"${value}" is not one of ${allowed.join(", ")}.`;
  return [error("out-of-range", key, message, `Use ${byDefault}, the default.`, byDefault)];
}

function checkRange(key: string, value: number | undefined, least: number, most: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  const nearest = Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : most;
  const message = `${value} is not allowed: a load balancer takes a whole number of seconds from ${least} to ${most}.`;
  return [error("out-of-range", key, message, `Use ${nearest}.`, nearest)];
}

function checkSubnets(subnetCount: number | undefined): Problem[] {
  if (subnetCount === undefined || subnetCount >= 2) return [];
  const message = `An Application Load Balancer needs subnets in at least 2 zones; ${subnetCount} is given.`;
  return [error("missing-value", "subnetIds", message, "Add a subnet in another zone.")];
}

function checkHostname({ mode, certificateGiven, hostnameGiven, hostedZoneGiven }: Exposure): Problem[] {
  const byController = mode === IngressMode.Controller;
  if (byController && hostedZoneGiven) {
    const message = "In controller mode the component does not create a DNS record or a certificate, so a hosted zone has no effect.";
    return [
      error("unknown-key", "hostedZoneId", message, "Remove hostedZoneId, or use mode direct.", undefined, { mode: IngressMode.Direct }),
    ];
  }
  if (hostedZoneGiven && !hostnameGiven) {
    return [error("missing-value", "hostname", "A hosted zone is given, but no hostname for it.", "Set hostname, or remove hostedZoneId.")];
  }
  if (!hostnameGiven || certificateGiven || hostedZoneGiven) return [];
  const message =
    "A hostname needs a certificate. The component creates one only in mode direct, when hostedZoneId names the hostname's public zone.";
  if (byController) return [error("missing-value", "certificateArn", message, "Set certificateArn.")];
  return [error("missing-value", "hostedZoneId", message, "Set hostedZoneId, or set certificateArn to a certificate that you have.")];
}

/** What DNS and ACM take. ACM issues a certificate only for a zone, and only in mode direct. */
function checkDomain({ hostname, mode, certificateGiven, hostedZoneGiven }: Exposure): Problem[] {
  if (hostname === undefined || isPlaceholder(hostname)) return [];
  if (!domainName.test(hostname)) {
    const message = `"${hostname}" is not a DNS name in lower case with at most ${domainRules.longest} characters, and 63 between two dots.`;
    return [error("out-of-range", "hostname", message, "Write a name such as llm.example.com, international names in their xn-- form.")];
  }
  const issued = !certificateGiven && hostedZoneGiven && mode !== IngressMode.Controller;
  const { longestFirstName } = domainRules;
  if (!issued || hostname.length <= longestFirstName) return [];
  const message = `"${hostname}" has ${hostname.length} characters; ACM issues a certificate for a first name of at most ${longestFirstName}.`;
  const fix =
    "Choose a shorter name, or request a certificate with a short first name and this one as its second, and set certificateArn to it.";
  return [error("out-of-range", "hostname", message, fix)];
}
const domainName = new RegExp(`^${domainRules.pattern}$`);

function checkPublic(exposure: Exposure): Problem[] {
  const { authenticated } = exposure;
  const certified = isCertified(exposure);
  const stayInternal = { scheme: IngressScheme.Internal };
  const problems: Problem[] = [];
  if (!certified) {
    const message = "An internet-facing endpoint without TLS sends prompts and API keys in clear text.";
    const fix = "Set hostname and hostedZoneId, or certificateArn; or keep the endpoint internal.";
    problems.push(error("public-without-certificate", "certificateArn", message, fix, undefined, stayInternal));
  }
  if (!authenticated) {
    const message = "An internet-facing endpoint without an API key serves anyone who finds it, and you pay for the GPUs.";
    problems.push(
      error("public-without-auth", "scheme", message, "Set an API key, or keep the endpoint internal.", undefined, stayInternal),
    );
  }
  return problems;
}

/** Proposes `value` for the option itself and `others` for other options. */
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
