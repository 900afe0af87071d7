/**
 * Which principal acts, in a form that the provider, the token for Kubernetes and the preflight share. What one of the three cannot express
 * is refused by awsIdentityRules.ts.
 */
import { holdsCredentials } from "./awsForm";
import { assumedRoles, type AssumedRole } from "./awsConfiguration";
import type { AwsEnvironment } from "./environment";
import { given } from "../sizing/givenKeys";

export interface AwsIdentity {
  region: string;
  /** The first credentials. */
  base: AwsBase;
  /** Assumed one after the other. */
  roles: readonly AssumedRole[];
  /** Files that hold the profiles. @default those of the environment variables, else in ~/.aws */
  configFile?: string;
  credentialsFile?: string;
  way: AwsWay;
  /** A part of it is secret, so what is made from it is secret as well. */
  secret: boolean;
}

/** `environment`: environment variables, the default profile, or the machine, by the rules of AWS's SDKs. */
export type AwsBase =
  | { kind: "environment" }
  | { kind: "profile"; profile: string }
  | { kind: "keys"; accessKey: string; secretKey: string; token?: string }
  | ({ kind: "webIdentity"; webIdentityTokenFile: string } & AssumedRole);

/** From which server, and on which way to it, credentials come. */
export interface AwsWay {
  /** Region of the STS that gives a role. @default the stack's */
  stsRegion?: string;
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
  insecure?: boolean;
  customCaBundle?: string;
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
  /** Addresses that replace AWS's, by the provider's name of the service. */
  endpoints: Readonly<Record<string, string>>;
}

/** What `AwsConfiguration` holds after its form was checked. */
interface CheckedConfiguration extends Omit<AwsWay, "endpoints"> {
  profile?: string;
  accessKey?: string;
  secretKey?: string;
  token?: string;
  assumeRoleWithWebIdentity?: AssumedRole & { webIdentityTokenFile: string };
  sharedConfigFiles?: string[];
  sharedCredentialsFiles?: string[];
  endpoints?: Record<string, string>[];
}

export type IdentitySettings = Pick<AwsEnvironment, "region" | "configuration" | "cluster" | "encryptedKeys">;

export function awsIdentityOf({ region, configuration, cluster, encryptedKeys }: IdentitySettings): AwsIdentity {
  const settings = configuration as CheckedConfiguration;
  const way = given(
    settings,
    ...(["stsRegion", "useFipsEndpoint", "useDualstackEndpoint", "insecure"] as const),
    ...(["customCaBundle", "httpProxy", "httpsProxy", "noProxy"] as const),
  );
  const [configFile, credentialsFile] = [settings.sharedConfigFiles?.[0], settings.sharedCredentialsFiles?.[0]];
  const proxies = [settings.httpProxy, settings.httpsProxy];
  const base = baseOf(settings);
  return {
    region,
    base,
    roles: assumedRoles({ configuration, cluster }),
    ...given({ configFile, credentialsFile }, "configFile", "credentialsFile"),
    way: {
      ...way,
      endpoints: Array.isArray(settings.endpoints) ? (Object.assign({}, ...settings.endpoints) as Record<string, string>) : {},
    },
    secret: base.kind === "keys" || encryptedKeys.length > 0 || proxies.some((proxy) => proxy !== undefined && holdsCredentials(proxy)),
  };
}

function baseOf({ profile, accessKey, secretKey, token, assumeRoleWithWebIdentity }: CheckedConfiguration): AwsBase {
  if (typeof assumeRoleWithWebIdentity === "object") return { kind: "webIdentity", ...assumeRoleWithWebIdentity };
  if (accessKey !== undefined && secretKey !== undefined) return { kind: "keys", accessKey, secretKey, ...given({ token }, "token") };
  return profile === undefined ? { kind: "environment" } : { kind: "profile", profile };
}

/** The role that calls AWS in the end; undefined if no key of the configuration names one. */
export function lastRoleOf(settings: IdentitySettings): string | undefined {
  const { base, roles } = awsIdentityOf(settings);
  return roles.at(-1)?.roleArn ?? (base.kind === "webIdentity" ? base.roleArn : undefined);
}

/** One role with nothing but its ARN, assumed at the region's own STS: what an option `--role-arn` can say. */
export const isPlainRole = (role: AssumedRole): boolean =>
  Object.entries(role).every(([key, value]) => key === "roleArn" || value === undefined);

/** `1h30m` in whole seconds. */
export function secondsOf(duration: string): number {
  const unitSeconds: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
  const parts = duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g);
  return Math.round([...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? "s"] ?? 0), 0));
}
