/** What every part of a deployment on AWS needs to know: the environment, and the one provider and tags for all of it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentTimeout, WaitedOn } from "../../sizing/costAndTime/timeouts";
import { assumedRoles } from "../../environment/awsConfiguration";
import { environmentTag, type AwsEnvironment, type Environment } from "../../environment/environment";
import { findSecrets } from "../../environment/masking";
import { timeoutsOf } from "../../environment/timeouts";

export interface Site {
  environment: Environment;
  /** The AWS half of `environment`. */
  settings: AwsEnvironment;
  provider: aws.Provider;
  /** On every AWS resource that takes tags. */
  tags: Record<string, string>;
  timeouts: Record<WaitedOn, DeploymentTimeout>;
}

export function createSite(environment: Environment, settings: AwsEnvironment): Site {
  const tags = { [environmentTag]: environment.name, ...environment.tags };
  return { environment, settings, provider: createAwsProvider(settings), tags, timeouts: timeoutsOf(environment) };
}

/**
 * One explicit provider for all AWS resources: otherwise remote components would bring a second one, of another version. What is encrypted
 * in the stack file stays so in the state, and so do credentials: the provider's own list of secrets lacks a proxy with a password.
 */
function createAwsProvider(settings: AwsEnvironment): aws.Provider {
  const { configuration, encryptedKeys } = settings;
  const assumeRoles = assumedRoles(settings);
  const region = settings.region as aws.Region;
  const given = { ...configuration, ...(assumeRoles.length > 0 && { assumeRoles }) };
  const args = Object.entries(given).map(
    ([key, value]) =>
      [key, encryptedKeys.includes(key) || findSecrets(value, `aws:${key}`).length > 0 ? pulumi.secret(value) : value] as const,
  );
  return new aws.Provider("aws", { ...Object.fromEntries(args), region });
}
