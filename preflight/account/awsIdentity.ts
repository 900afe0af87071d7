/** Whom the provider of an environment calls AWS as, for a second caller beside it. */
import { assumedRoles } from "../../environment/awsConfiguration";
import type { AwsEnvironment } from "../../environment/environment";
import type { AwsIdentitySettings } from "./credentials";

/** `duration` is written for people there (`1h30m`) and in seconds here; the preflight is done long before either. */
export function awsIdentity(aws: AwsEnvironment): AwsIdentitySettings {
  const { profile, accessKey, secretKey, token } = aws.configuration as Partial<
    Record<"profile" | "accessKey" | "secretKey" | "token", string>
  >;
  const assumeRoles = assumedRoles(aws).map(({ duration: _duration, ...role }) => role);
  return {
    region: aws.region,
    ...(profile !== undefined && { profile }),
    ...(accessKey !== undefined && { accessKey }),
    ...(secretKey !== undefined && { secretKey }),
    ...(token !== undefined && { token }),
    assumeRoles,
  };
}
