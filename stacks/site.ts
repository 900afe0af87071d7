/** What every part of a deployment on AWS needs to know: the environment, and the one provider and tags for all of it. */
import * as aws from "@pulumi/aws";
import type { DeploymentTimeout, WaitedOn } from "../sizing/timeouts";
import { assumedRoles } from "./awsConfiguration";
import { environmentTag } from "./environmentTag";
import type { AwsEnvironment, Environment } from "./environmentTypes";
import { timeoutsOf } from "./timeouts";

export interface Site {
  environment: Environment;
  /** The AWS half of `environment`. */
  plan: AwsEnvironment;
  provider: aws.Provider;
  /** On every AWS resource that takes tags. */
  tags: Record<string, string>;
  timeouts: Record<WaitedOn, DeploymentTimeout>;
}

export function site(environment: Environment, plan: AwsEnvironment): Site {
  const tags = { [environmentTag]: environment.name, ...environment.tags };
  return { environment, plan, provider: awsProvider(plan), tags, timeouts: timeoutsOf(environment) };
}

/** One explicit provider for everything of AWS: remote components would otherwise bring a second one, of another version. */
function awsProvider(plan: AwsEnvironment): aws.Provider {
  const assumeRoles = assumedRoles(plan);
  const region = plan.region as aws.Region;
  return new aws.Provider("aws", { ...plan.configuration, region, ...(assumeRoles.length > 0 && { assumeRoles }) });
}
