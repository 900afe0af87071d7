/** What Pulumi, its providers and AWS say when something goes wrong, and what that means. The first rule that matches counts. */
import type { AutomationCause } from "./automationError";

/** What to do about each cause. */
export const advice: Readonly<Record<AutomationCause, string>> = {
  locked:
    "Another operation on this stack runs: wait for its end. Where the one that held the lock is dead: pulumi cancel, then the operation again. Never while it lives.",
  "missing-configuration": "Set what is missing: `problems` names each key, `original` what Pulumi itself misses (passphrase, region).",
  "invalid-configuration": "Change what `problems` names; each says how.",
  "no-capacity":
    "AWS has no such instances in this zone now. Deploy again later, which goes on where it stopped; or take another zone (availabilityZone), which moves the file system too; or a reservation (capacity).",
  quota: "The account's limit is reached. Ask for more in Service Quotas, or free what is used; then deploy again.",
  "unreachable-cluster":
    "The Kubernetes API does not answer from here: put this machine's address into cluster.publicAccessCidrs, or open the VPN; then the operation again. To destroy a cluster of the stack's own without it: PULUMI_K8S_DELETE_UNREACHABLE=true.",
  "expired-credentials": "Sign in again (aws sso login), or renew the token; then the operation again: it goes on where it stopped.",
  "no-credentials": "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, among environmentVariables.",
  protected: "Deploy with protect: false first (pulumi config set protect false; pulumi up), then destroy (pulumi destroy).",
  cancelled: "The stack is consistent and unlocked: deploy goes on where it stopped, destroy removes what is there.",
  "stuck-release":
    "An earlier installation of the Helm release was interrupted: helm -n <namespace> history <release>, helm -n <namespace> rollback <release>, then deploy again.",
  unknown: "Read `original`.",
};

const errorRules: readonly (readonly [AutomationCause, RegExp])[] = [
  // Backends of one's own, and Pulumi Cloud.
  ["locked", /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/],
  ["protected", /cannot be deleted[\s\S]{0,20}because it is protected|marked for protection|deletion protection/i],
  // Before the cluster: without credentials nobody gets a token for it, and the provider then calls it unreachable.
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
  // RequestLimitExceeded is a throttled call.
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

/** What a text means; `unknown` where no rule knows it. */
export function causeOf(text: string): AutomationCause {
  return errorRules.find(([, pattern]) => pattern.test(text))?.[0] ?? "unknown";
}
