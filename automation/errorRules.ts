/** What the errors of Pulumi, its providers and AWS mean, and what to do about them. The first rule that matches applies. */
import { configSet, shellCommand } from "../sizing/shellCommand";
import type { AutomationCause } from "./automationError";

/** What to do about a cause, with commands for this stack. */
export const adviceFor = (cause: AutomationCause, stackName: string): string =>
  cause === "locked"
    ? `Another operation on this stack is running: wait until it ends. If the process that held the lock is dead, run ${shellCommand("pulumi", "cancel", "-s", stackName)}, then repeat the operation. Do not cancel while the process is alive.`
    : cause === "protected"
      ? `Deploy with protect: false first (${shellCommand(...configSet(stackName, "protect", false))}; ${shellCommand("pulumi", "up", "-s", stackName)}), then destroy (${shellCommand("pulumi", "destroy", "-s", stackName)}).`
      : advice[cause];

const advice: Readonly<Record<Exclude<AutomationCause, "locked" | "protected">, string>> = {
  "no-pulumi-cli":
    "Install the Pulumi CLI (https://www.pulumi.com/docs/install/) on the machine that runs the operation, on PATH of the service or in a folder that pulumi.root names (<root>/bin/pulumi); then repeat the operation. Nothing was written or started.",
  "missing-configuration":
    "Set what is missing: `problems` names each key, `original` names what Pulumi itself lacks (passphrase, region).",
  "invalid-configuration": "Change the values that `problems` names; each problem says how.",
  "no-capacity":
    "AWS has no such instances in this zone now. Deploy again later, which continues where it stopped; or take another zone (availabilityZone), which also moves the file system; or use a reservation (capacity).",
  quota: "The account has reached its limit. Request a higher quota in Service Quotas, or free what is in use; then deploy again.",
  "unreachable-cluster":
    "The Kubernetes API does not answer this machine: add its address to cluster.publicAccessCidrs, or connect to the VPN; then repeat the operation. To destroy the stack's own cluster without reaching it, set PULUMI_K8S_DELETE_UNREACHABLE=true.",
  "expired-credentials": "Sign in again (aws sso login), or renew the token; then repeat the operation: it continues where it stopped.",
  "no-credentials": "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in environmentVariables.",
  cancelled: "The stack is consistent and unlocked: deploy continues where it stopped, destroy removes what exists.",
  "stuck-release":
    "An earlier installation of the Helm release was interrupted: run helm -n <namespace> history <release> and helm -n <namespace> rollback <release>, then deploy again.",
  unknown: "Read `original`.",
};

const errorRules: readonly (readonly [AutomationCause, RegExp])[] = [
  // The first two are our own words; the others are the SDK's about a CLI that is too old.
  [
    "no-pulumi-cli",
    /There is no Pulumi CLI|The Pulumi CLI \S+ is \S+; install|Minimum version requirement failed\. The minimum CLI version|Major version mismatch\. You are using Pulumi CLI/,
  ],
  // Self-managed backends, and Pulumi Cloud.
  ["locked", /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/],
  ["protected", /cannot be deleted[\s\S]{0,20}because it is protected|marked for protection|deletion protection/i],
  // Before the cluster's rule: without credentials the provider gets no token for the cluster and reports it as unreachable.
  [
    "expired-credentials",
    /\bExpiredToken|\bRequestExpired|TokenRefreshRequired|SSO session [^\n]*expired|token (has|is) expired|token included in the request is expired/i,
  ],
  [
    "no-credentials",
    /No valid credential sources|no AWS credentials|Unable to locate credentials|NoCredentialProviders|failed to refresh cached credentials|Could not load credentials|Invalid credentials configured|InvalidClientTokenId|failed to get shared config profile/i,
  ],
  [
    "no-capacity",
    /InsufficientInstanceCapacity|InsufficientHostCapacity|InsufficientCapacity|ReservationCapacityExceeded|UnfulfillableCapacity|sufficient \S+ capacity/,
  ],
  // RequestLimitExceeded means a throttled call.
  ["quota", /\b(?!Request)\w*LimitExceeded\b|ServiceQuotaExceeded|MaxSpotInstanceCountExceeded/],
  [
    "stuck-release",
    /another operation \(install\/upgrade\/rollback\) is in progress|cannot re-use a name that is still in use|\bpending-(install|upgrade|rollback)\b/,
  ],
  ["unreachable-cluster", /Kubernetes cluster is unreachable|Unable to connect to the server|cluster unreachable/i],
  [
    "missing-configuration",
    /Missing required configuration variable|passphrase must be set|no stack (named|selected)|could not determine current stack/,
  ],
  ["invalid-configuration", /cannot be deployed as configured|incorrect passphrase|invalid configuration key/],
  ["cancelled", /update cancell?ed|operation cancell?ed/i],
];

/** The cause that a text names; `unknown` when no rule matches. */
export function causeOf(text: string): AutomationCause {
  return errorRules.find(([, pattern]) => pattern.test(text))?.[0] ?? "unknown";
}
